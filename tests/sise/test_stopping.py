"""`sise deliver` as a process that is asked to stop in the middle of a mail."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from flows.database import open_engine
from tests.conftest import office_on
from tests.outboxes import crowd, fill, messages
from tests.sise.conftest import Sise
from tests.sise.test_serving import PATIENCE
from tests.smtp_peers import Peer, peer

ROOT = Path(__file__).parent.parent.parent


class Slow:
    """A relay that thinks about the first final dot until the test lets it answer."""

    def __init__(self) -> None:
        self.thinking, self.answer = threading.Event(), threading.Event()

    def __call__(self, verb: str, argument: str) -> None:
        if verb == "." and not self.thinking.is_set():
            self.thinking.set()
            assert self.answer.wait(PATIENCE)


@contextmanager
def started(*words: str, home: Path, relay: Peer, **settings: str) -> Iterator[subprocess.Popen]:
    environment = {name: value for name, value in os.environ.items() if name[:5] != "SISE_"}
    environment |= {
        "SISE_HOME": str(home),
        "SISE_SMTP_URL": relay.url,
        "SISE_MAIL_HOURS": "always",
        "PYTHONPATH": str(ROOT),
        **settings,
    }
    process = subprocess.Popen([sys.executable, "-m", "sise", *words], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def home(ready: Sise, tmp_path: Path) -> Path:
    """An office on SQLite whose outbox owes twenty mails."""
    home = tmp_path / "home"
    fill(office_at(home), *crowd(20))
    return home


def office_at(home: Path):
    return office_on(open_engine(f"sqlite:///{home / 'sise.db'}"), home)


@pytest.mark.parametrize(("asked", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_delivery_that_is_stopped_ends_what_is_in_flight_and_says_goodbye(home, asked, code):
    slow = Slow()
    with peer(slow) as relay, started("deliver", home=home, relay=relay) as process:
        assert slow.thinking.wait(PATIENCE)
        process.send_signal(asked)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.3)
        slow.answer.set()
        assert process.wait(PATIENCE) == code

    kept = messages(office_at(home))
    assert sorted(m.to_address for m in kept if m.state == "sent") == sorted(relay.to())
    assert 1 <= len(relay.mails) <= 2, "one for each worker at most"
    assert {(m.lease_owner, m.possible_duplicate) for m in kept} == {(None, False)}
    assert relay.verbs().count("QUIT") == relay.connections


def test_a_delivery_that_waits_for_a_limit_stops_at_once(home):
    sent = threading.Event()
    with (
        peer(lambda verb, _: sent.set() if verb == "QUIT" and relay.mails[4:] else None) as relay,
        started("deliver", home=home, relay=relay, SISE_MAIL_LIMITS="*=5") as process,
    ):
        assert sent.wait(PATIENCE)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 143

    assert len(relay.mails) == 5
