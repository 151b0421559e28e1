"""Relays that others wrote, from Debian's package postfix: smtp-sink, and Postfix itself."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep

from benchmarks.ports import free_port

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
PATIENCE = 60.0
SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
discard unix - - n - - discard
postlog unix-dgram n - n - 1 postlogd
"""
# Strict wherever it can be: what it takes, every relay takes.
SETTINGS = """\
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/log
maillog_file_prefixes = {home}
myhostname = relay.example
mydestination =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
default_transport = discard:
smtpd_peername_lookup = no
strict_rfc821_envelopes = yes
strict_7bit_headers = yes
strict_8bitmime = yes
strict_mime_encoding_domain = yes
smtpd_discard_ehlo_keywords = 8bitmime, smtputf8
"""


def found(program: str) -> str | None:
    return shutil.which(program, path=PATH)


def needs_sink() -> None:
    if not found("smtp-sink"):
        raise SystemExit("smtp-sink is missing: install the package postfix")


@contextmanager
def smtp_sink(kept: Path | None = None) -> Iterator[str]:
    """It takes everything; what it takes is appended to the file `kept`. Yields its URL."""
    command = [found("smtp-sink") or "smtp-sink"]
    command += ["-u", "root"] if os.geteuid() == 0 else []
    command += ["-D", str(kept)] if kept else []
    with free_port() as port:
        at = f"127.0.0.1:{port}"
        process = subprocess.Popen([*command, at, "128"], stderr=subprocess.DEVNULL)
        try:
            _await_greeting(port)
            yield f"smtp://{at}"
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextmanager
def postfix() -> Iterator[str]:
    """A Postfix of its own that keeps each mail on disk and then throws it away. As root only."""
    with TemporaryDirectory(prefix="sise-postfix-") as folder, free_port() as port:
        home = Path(folder)
        settings = home / "settings"
        home.chmod(0o755)  # its processes are not root
        for part in (settings, home / "queue", home / "data"):
            part.mkdir()
        shutil.chown(home / "data", "postfix")
        (settings / "main.cf").write_text(SETTINGS.format(home=home), encoding="ascii")
        (settings / "master.cf").write_text(SERVICES.format(port=port), encoding="ascii")
        _postfix(settings, "start")
        try:
            _await_greeting(port)
            yield f"smtp://127.0.0.1:{port}"
        finally:
            _postfix(settings, "stop")


def _postfix(settings: Path, what: str) -> None:
    subprocess.run(
        [found("postfix") or "postfix", "-c", str(settings), what],
        env=os.environ | {"PATH": PATH},
        capture_output=True,
        check=True,
    )


def _await_greeting(port: int) -> None:
    until = monotonic() + PATIENCE
    while monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as one:
            if one.recv(3) == b"220":
                one.sendall(b"QUIT\r\n")
                return
        sleep(0.01)
    raise RuntimeError(f"nothing greets on port {port}")
