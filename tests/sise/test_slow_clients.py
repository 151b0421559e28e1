"""Whoever begins a request and does not go on is in nobody's way, and not for ever."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.ports import free_port
from tests.sise.test_serving import PATIENCE, ROOT, listens, until

SERVE = """
import gc
gc.disable()
import sys
import threading
import h11
from sise.__main__ import main
from sise.commands import serving
from web import slow_clients

serving.ANSWERED_WITHIN = 1

def heed():
    for line in sys.stdin:
        most, idle, body = line.split()
        slow_clients.MOST = int(most)
        slow_clients.WITHIN |= {h11.IDLE: float(idle), h11.SEND_BODY: float(body)}
        print(line, end="", file=sys.stderr, flush=True)

threading.Thread(target=heed, daemon=True).start()
sys.argv = ["sise", "serve", "--port", sys.argv[1]]
main()
"""
ASKED = b"GET /login HTTP/1.1\r\nHost: sise\r\nConnection: close\r\n\r\n"
BEGUN = {
    "nothing": b"",
    "headers": b"GET /login HTTP/1.1\r\nHost: sise\r\nX-A: ",
    "a form": b"POST /login HTTP/1.1\r\nHost: sise\r\nContent-Length: 99\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\naddress=",
}


@dataclass
class Server:
    port: int
    child: subprocess.Popen[str]

    def takes(self, most: int, idle: float = 600, body: float = 600) -> None:
        """From now on: so many connections at once, and so many seconds for what comes before a
        request's body, and for that. Nobody is left of those who came before."""
        self._take(1, 600, 600)
        until(self._answers, self.child)
        self._take(most, idle, body)

    def _take(self, most: int, idle: float, body: float) -> None:
        line = f"{most} {idle} {body}\n"
        self.child.stdin.write(line)
        self.child.stdin.flush()
        assert self.child.stderr.readline() == line

    def _answers(self) -> bool:
        try:
            with begin(self.port, ASKED) as alone:
                return said(alone).startswith(b"HTTP/1.1 200")
        except ConnectionError:
            return False


def begin(port: int, octets: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    with suppress(ConnectionError):  # it took so long to come to this that it was given up
        client.sendall(octets)
    return client


def said(client: socket.socket) -> bytes:
    """All, up to the end of the connection."""
    try:
        return b"".join(iter(lambda: client.recv(65536), b""))
    except ConnectionResetError:
        return b""


@contextmanager
def serving(home: Path, blank: Path) -> Iterator[Server]:
    shutil.copy(blank, home / "sise.db")
    settings = {name: value for name, value in os.environ.items() if name[:5] != "SISE_"}
    with (
        free_port() as port,
        subprocess.Popen(
            [sys.executable, "-c", SERVE, str(port)],
            cwd=ROOT,
            env={**settings, "SISE_HOME": str(home), "SISE_NIGHT_AT": "off"},
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as child,
    ):
        try:
            until(lambda: listens(port), child)
            yield Server(port, child)
        finally:
            child.kill()


@pytest.fixture(scope="module")
def running(
    tmp_path_factory: pytest.TempPathFactory, blank_sqlite: Path
) -> Iterator[Callable[[], Server]]:
    """One after the other: each until a test has stopped it."""
    begun: list[Server] = []
    with ExitStack() as all_of_them:

        def one_that_runs() -> Server:
            if not begun or begun[-1].child.poll() is not None:
                home = tmp_path_factory.mktemp("home")
                begun.append(all_of_them.enter_context(serving(home, blank_sqlite)))
            return begun[-1]

        yield one_that_runs


@pytest.fixture
def server(running: Callable[[], Server], request: pytest.FixtureRequest) -> Server:
    """Parameters: those of `takes`."""
    server = running()
    server.takes(*request.param)
    return server


@pytest.mark.parametrize("server", [(800,)], indirect=True)
def test_two_hundred_who_do_not_go_on_keep_nobody_waiting(server: Server):
    with ExitStack() as slow:
        for n in range(200):
            slow.enter_context(begin(server.port, [*BEGUN.values()][n % len(BEGUN)]))
        with begin(server.port, ASKED) as client:
            assert said(client).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("server", [(800, 0.5, 0.5)], indirect=True)
def test_a_request_that_does_not_come_in_its_time_is_given_up(server: Server):
    with ExitStack() as slow:
        clients = [slow.enter_context(begin(server.port, octets)) for octets in BEGUN.values()]
        for client in clients:
            assert not said(client).startswith(b"HTTP/1.1 200")
    server.takes(800)
    with begin(server.port, ASKED) as client:
        assert said(client).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("server", [(800, 600, 0.5)], indirect=True)
def test_a_request_that_came_behind_another_is_given_up_too(server: Server):
    whole = b"GET /login HTTP/1.1\r\nHost: sise\r\n\r\n"
    with begin(server.port, whole + BEGUN["a form"]) as client:
        assert said(client).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("server", [(20,)], indirect=True)
def test_no_more_connections_than_there_are_files_for(server: Server):
    with ExitStack() as slow:
        for _ in range(20):
            slow.enter_context(begin(server.port, BEGUN["headers"]))
        with begin(server.port, b"") as one_more:
            assert said(one_more) == b""


@pytest.mark.parametrize("server", [(800,)], indirect=True)
def test_whoever_is_still_sending_does_not_hold_up_the_end(server: Server):
    with begin(server.port, BEGUN["a form"]):
        with begin(server.port, ASKED) as another:
            assert said(another).startswith(b"HTTP/1.1 200"), "so the form has begun, too"
        server.child.send_signal(signal.SIGTERM)
        assert server.child.wait(PATIENCE) == 0
