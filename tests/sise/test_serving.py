"""`sise serve` is stopped by a person (Ctrl-C) or by the system (SIGTERM)."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest

from benchmarks.ports import free_port
from flows.carriers import MANY
from flows.database import open_engine
from models.message import MessageState
from tests.conftest import office_on
from tests.outboxes import crowd, fill, messages, states
from tests.sise.conftest import Sise
from tests.smtp_peers import Peer, peer

SERVE = """
import gc
gc.disable()
import sys
from datetime import timedelta
from sise.__main__ import main
from sise.commands import serving

serving.DELIVER_EVERY = timedelta(milliseconds=100)
sys.argv = ["sise", "serve", "--port", sys.argv[1]]
main()
"""
BETWEEN = 0.02  # seconds
PATIENCE = 180  # seconds; it takes some of a processor to start
ROOT = Path(__file__).parent.parent.parent


def serving(relay: Peer, port: int) -> subprocess.Popen[bytes]:
    said = {"SISE_SMTP_URL": relay.url, "SISE_MAIL_HOURS": "always", "SISE_NIGHT_AT": "off"}
    return subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port)],
        cwd=ROOT,
        env={**os.environ, **said},
        stderr=subprocess.PIPE,
    )


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: Callable[[], object], child: subprocess.Popen[bytes]) -> None:
    """Between two looks it waits for the child's end, which would be too early: a look that
    follows at once takes the processor from what is waited for."""
    end = monotonic() + PATIENCE
    while monotonic() < end:
        if true():
            return
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"it ended with {child.wait(BETWEEN)}")
    raise AssertionError(f"not in {PATIENCE} seconds")


def test_where_it_serves_is_told_as_json_once_it_does(ready: Sise) -> None:
    """With no relay, so that mail is caught: a program that started it reads where."""
    off = {**os.environ, "SISE_NIGHT_AT": "off"}
    with free_port() as port:
        command = [sys.executable, "-m", "sise", "serve", "--json", "--port", str(port)]
        with subprocess.Popen(command, cwd=ROOT, env=off, stdout=subprocess.PIPE) as child:
            assert child.stdout
            said = b""
            while not said.endswith(b"\n}\n") and (line := child.stdout.readline()):
                said += line
            is_there = listens(port)
            child.send_signal(signal.SIGTERM)

    address = f"http://127.0.0.1:{port}"
    assert json.loads(said) == {"url": address, "mailbox": f"{address}/mailbox"}
    assert is_there
    assert child.returncode == 0


FORM = (
    b"POST /login HTTP/1.1\r\nHost: sise\r\nContent-Length: 99\r\nExpect: 100-continue\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\n"
)


def test_no_mail_begins_from_the_signal_on_though_a_form_is_waited_for(
    ready: Sise, tmp_path: Path
) -> None:
    office = office_on(open_engine(f"sqlite:///{tmp_path}/home/sise.db"), tmp_path)
    fill(office, *crowd(100))
    child: list[subprocess.Popen[bytes]] = []
    slow: list[socket.socket] = []

    def stop_in_the_first(verb: str, argument: str) -> str | None:
        if verb == "." and len(relay.mails) == 1:
            until(lambda: listens(port), child[0])
            slow.append(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            slow[0].sendall(FORM)
            assert slow[0].recv(1024).startswith(b"HTTP/1.1 100")
            child[0].send_signal(signal.SIGTERM)
            until(lambda: not listens(port), child[0])
        return None

    with free_port() as port, peer(stop_in_the_first) as relay:
        child.append(serving(relay, port))
        until(lambda: relay.verbs().count("QUIT") == relay.connections > 0, child[0])
        slow[0].close()
        child[0].communicate(timeout=PATIENCE)
    office.engine.dispose()

    assert child[0].returncode == 0
    assert states(office)[MessageState.SENT] == len(relay.mails) < 100


@pytest.mark.parametrize(("stop", "owed"), [(signal.SIGTERM, MANY + 200), (signal.SIGINT, 100)])
def test_what_is_stopped_ends_after_the_mail_in_hand(
    ready: Sise, tmp_path: Path, stop: signal.Signals, owed: int
):
    """By itself, and while processes that carry its mail are starting."""
    office = office_on(open_engine(f"sqlite:///{tmp_path}/home/sise.db"), tmp_path)
    fill(office, *crowd(owed))
    child: list[subprocess.Popen[bytes]] = []

    def stop_in_the_first(verb: str, argument: str) -> str | None:
        if verb == "." and len(relay.mails) == 1:
            until(lambda: listens(port), child[0])
            child[0].send_signal(stop)
            until(lambda: not listens(port), child[0])
        return None

    with free_port() as port, peer(stop_in_the_first) as relay:
        child.append(serving(relay, port))
        _, said = child[0].communicate(timeout=PATIENCE)
    office.engine.dispose()

    assert (child[0].returncode, b"Traceback" in said) == (0, False), said.decode()
    assert states(office)[MessageState.SENT] == len(relay.mails) < owed
    assert not [m for m in messages(office) if m.lease_owner or m.possible_duplicate]
