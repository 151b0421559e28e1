"""The processes that carry mail: started when a delivery asks for them, and kept for the next."""

import atexit
import logging
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from threading import Lock

# Of what it imports nothing goes, nor is it looked for.
CARRY = "import gc; gc.disable(); from flows.carrier import main; main()"
PATIENCE = 5.0  # seconds that one has to answer, and to end by itself

log = logging.getLogger(__name__)

_idle: list["Process"] = []
_lock = Lock()


@dataclass
class Process:
    running: subprocess.Popen[bytes]
    socket: socket.socket
    loaded: bool = False  # it answers at once

    @classmethod
    def start(cls) -> "Process":
        """Raises OSError where the machine has no room for it."""
        path = os.pathsep.join(folder or os.getcwd() for folder in sys.path)
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                running = subprocess.Popen(
                    # -P: nothing is imported from the folder where somebody happens to be
                    [sys.executable, "-P", "-c", CARRY],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": path},
                    start_new_session=True,  # Ctrl-C is for the delivery
                )
            except OSError:
                ours.close()
                raise
        return cls(running, ours)

    def load(self) -> None:
        """Wait until it answers."""
        if not self.loaded:
            self.socket.setblocking(True)  # a delivery that had it did not wait
            self.loaded = self.socket.recv(1, socket.MSG_PEEK) != b""

    def end(self) -> None:
        """It goes when it has nobody to talk to; one that still loads would first come so far."""
        self.socket.close()
        if not self.loaded:
            self.running.kill()
        try:
            self.running.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()


def lent(most: int) -> list[Process]:
    """As many, or as the machine lets us have: a delivery can do without."""
    with _lock:
        found = [_idle.pop() for _ in range(min(most, len(_idle)))]
    alive = [process for process in found if process.running.poll() is None]
    try:
        while len(alive) < most:
            alive.append(Process.start())
    except OSError as error:
        log.warning("no process could be started to carry mail: %s", error)
    return alive


def give_back(process: Process) -> None:
    with _lock:
        _idle.append(process)


def prepare(most: int) -> None:
    """So many are at hand when this returns: for whoever cannot wait, or does not measure that."""
    for process in lent(most):
        process.load()
        give_back(process)


@atexit.register
def end_all() -> None:
    with _lock:
        while _idle:
            _idle.pop().end()
