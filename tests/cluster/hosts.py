"""Hosts on one machine: network namespaces on a bridge, each with an address of its own."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

HERE = "10.83.0.1"  # the bridge's own address: whoever watches, and the relay
ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


class NotHere(Exception):
    """This machine allows no network namespaces."""


def ip(*words: str) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotHere(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


@dataclass(frozen=True)
class Host:
    name: str
    address: str

    @property
    def wire(self) -> str:
        """Its end on the bridge."""
        return f"{self.name}.0"

    def start(
        self, *command: str, log: Path, environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes]:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as said:
            return subprocess.Popen(
                ["ip", "netns", "exec", self.name, *command],
                env={**ENVIRONMENT, **environment},
                cwd=log.parent,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def kill(self) -> None:
        """The power goes: every process at once, by SIGKILL."""
        for process in ip("netns", "pids", self.name).split():
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)

    def cut_off(self) -> None:
        ip("link", "set", self.wire, "down")

    def back(self) -> None:
        ip("link", "set", self.wire, "up")


@contextmanager
def hosts(*names: str) -> Iterator[list[Host]]:
    """So many hosts on a bridge. Raises NotHere."""
    if os.geteuid() or not shutil.which("ip"):
        raise NotHere("it takes root, and the command ip (Debian: iproute2)")
    bridge, made = f"sise{os.getpid()}", []
    try:
        ip("link", "add", bridge, "type", "bridge")
        ip("addr", "add", f"{HERE}/24", "dev", bridge)
        ip("link", "set", bridge, "up")
        for n, name in enumerate(names, 2):
            made.append(Host(f"{name}{os.getpid()}", f"10.83.0.{n}"))
            _connect(made[-1], bridge)
        yield made
    finally:
        for host in made:
            with suppress(NotHere):
                host.kill()
            with suppress(NotHere):
                ip("netns", "del", host.name)
        with suppress(NotHere):
            ip("link", "del", bridge)


def _connect(host: Host, bridge: str) -> None:
    ip("netns", "add", host.name)
    ip("link", "add", host.wire, "type", "veth", "peer", "name", "eth0", "netns", host.name)
    ip("link", "set", host.wire, "master", bridge, "up")
    for inside in ("lo up", "eth0 up"):
        ip("-n", host.name, "link", "set", *inside.split())
    ip("-n", host.name, "addr", "add", f"{host.address}/24", "dev", "eth0")
