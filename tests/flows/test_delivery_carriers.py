"""A large outbox is carried by processes beside: one clerk, and no mail lost with any of them."""

import sys
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Event

import pytest

from flows import carrier_processes, carriers
from flows.delivery import deliver
from flows.limits import MailLimits
from models.message import MessageState
from tests.forked import end_of, interrupt
from tests.killing import LEASE_IS_OVER, delivering, kill_again_and_again
from tests.outboxes import NOON, crowd, fill, messages, states, to
from tests.smtp_peers import answers, peer

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def kept() -> Iterator[None]:
    """As between two deliveries of one process."""
    yield
    carrier_processes.end_all()


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """On three processors, and where twenty mails are many."""
    monkeypatch.setattr(carriers, "MANY", 20)
    monkeypatch.setattr(carriers, "_processors", lambda: 3)


@pytest.fixture
def at_hand(kept, many) -> list[carrier_processes.Process]:
    """Two carriers that are ready: those of the test before, and for each that it killed a new
    one."""
    carrier_processes.prepare(2)
    return list(carrier_processes._idle)


@pytest.fixture
def none_at_hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(carrier_processes, "_idle", [])
    yield
    carrier_processes.end_all()


def doubtful(office) -> list[str]:
    return [m.to_address for m in messages(office) if m.possible_duplicate]


def holds(process: carrier_processes.Process, port: int) -> bool:
    """Whether it has the connection that leaves this machine by this port."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{line[9]}]" for line in lines if line[1].endswith(f":{port:04X}")}
    handles = Path(f"/proc/{process.running.pid}/fd").iterdir()
    return any(str(handle.readlink()) in sockets for handle in handles)


def test_carriers_send_each_mail_once_and_are_kept_for_the_next_delivery(office, cast, at_hand):
    fill(office, *crowd(120))
    told: list[str] = []
    with peer() as relay:
        delivered = deliver(to(relay, office), now=NOON, workers=4, done=told.append)

    assert (delivered.sent, delivered.waiting, delivered.unknown) == (120, 0, 0)
    assert sorted(relay.to()) == sorted(told) == sorted(crowd(120))
    assert states(office) == {MessageState.SENT: 120}
    assert {m.lease_owner for m in messages(office)} == {None}
    pids = [p.running.pid for p in at_hand]
    assert sorted(p.running.pid for p in carrier_processes._idle) == sorted(pids)
    loaded = "".join(Path(f"/proc/{pid}/maps").read_text() for pid in pids)
    assert "_ssl" in loaded
    assert "pydantic" not in loaded, "they have no tables, which cost fifty megabytes"


def test_a_small_outbox_asks_no_other_process(office, cast, none_at_hand):
    fill(office, *crowd(60))
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON, workers=8).sent == 60

    assert carrier_processes._idle == []


def test_where_no_process_can_be_started_the_delivery_sends_by_itself(
    office, cast, many, none_at_hand, monkeypatch, tmp_path
):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "gone"))
    fill(office, *crowd(40))
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON, workers=4).sent == 40


def test_a_carrier_imports_nothing_from_the_folder_where_it_is_started(monkeypatch, tmp_path):
    (tmp_path / "flows.py").write_text("raise SystemExit('foreign')")
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if entry])
    monkeypatch.chdir(tmp_path)
    process = carrier_processes.Process.start()
    process.load()
    process.end()

    assert process.loaded


def test_until_carriers_are_ready_the_delivery_sends_by_itself(office, cast, many, none_at_hand):
    fill(office, *crowd(40))
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON, workers=4).sent == 40

    assert sorted(relay.to()) == sorted(crowd(40))


def test_what_a_killed_carrier_had_in_hand_is_in_doubt_and_the_others_go_on(office, cast, at_hand):
    fill(office, *crowd(200))

    def kill(verb: str, argument: str) -> None:
        if verb == "." and len(relay.mails) == 30:
            sending = next(one for one in at_hand if holds(one, relay.asked_from))
            sending.running.kill()
            sending.running.wait()

    with peer(kill) as relay:
        first = deliver(to(relay, office), now=NOON, workers=4)
        in_doubt = doubtful(office)
        assert 1 <= len(in_doubt) <= 2, "one for each of its connections"
        assert (first.sent, first.waiting) == (200 - len(in_doubt), len(in_doubt))
        assert {m.lease_owner for m in messages(office)} == {None}
        last = deliver(to(relay, office), now=NOON + LEASE_IS_OVER, workers=4)

    assert (last.sent, last.waiting) == (len(in_doubt), 0)
    assert sorted(set(relay.to())) == sorted(crowd(200))
    assert len(set(relay.mails)) == 200, "a duplicate is the same bytes"
    assert len(relay.mails) <= 200 + len(in_doubt)


def test_where_all_carriers_are_killed_the_delivery_sends_the_rest_by_itself(office, cast, at_hand):
    fill(office, *crowd(120))

    def kill(verb: str, argument: str) -> None:
        if verb == "." and len(relay.mails) == 30:
            for process in at_hand:
                process.running.kill()

    with peer(kill) as relay:
        first = deliver(to(relay, office), now=NOON, workers=4)

    assert first.sent + len(doubtful(office)) == 120
    assert 1 <= len(doubtful(office)) <= 4


def test_who_is_told_to_stop_finishes_what_is_in_flight(office, cast, at_hand):
    fill(office, *crowd(120))
    stopping = Event()

    def stop(verb: str, argument: str) -> None:
        if verb == "." and len(relay.mails) == 30:
            stopping.set()

    with peer(stop) as relay:
        delivered = deliver(to(relay, office), now=NOON, workers=4, stopping=stopping)

    assert 30 <= delivered.sent == len(relay.mails) < 120
    assert states(office) == {
        MessageState.SENT: len(relay.mails),
        MessageState.QUEUED: 120 - len(relay.mails),
    }
    assert doubtful(office) == []
    assert {m.lease_owner for m in messages(office)} == {None}


def test_carriers_share_one_limit(office, cast, at_hand):
    fill(office, *crowd(60))
    with peer() as relay:
        limited = replace(
            to(relay, office), mail_limits=MailLimits({"*": 25, "dinghai.example": 23})
        )
        assert deliver(limited, now=NOON, workers=4).sent == 23
        assert deliver(limited, now=NOON + 1.5 * MINUTE, workers=4).sent == 23

    assert len(relay.mails) == 46


def test_a_relay_that_will_not_have_us_costs_carried_mail_nothing(office, cast, at_hand):
    fill(office, *crowd(60))
    with peer(answers(MAIL="421 closing down")) as relay:
        first = deliver(to(relay, office), now=NOON, workers=4)
        assert (first.sent, first.failed, first.waiting) == (0, 0, 60)
        assert "421 closing down" in first.why.said("en")
        assert {m.attempts for m in messages(office)} == {0}
        relay.script = lambda verb, argument: None
        assert deliver(to(relay, office), now=NOON + 20 * MINUTE, workers=4).sent == 60 + 1

    assert sorted(relay.to()) == sorted([*crowd(60), "olga@dinghai.example"])  # told of it once


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_and_no_carrier_left_when_their_delivery_is_killed(
    office, cast, database_url, seed
):
    kill_again_and_again(office, database_url, mails=60, kills=2, workers=4, seed=seed, carried=1)


def test_a_second_ctrl_c_leaves_what_carriers_have_in_hand_as_perhaps_sent(
    office, cast, database_url
):
    fill(office, *crowd(60))
    child: Future[BaseProcess] = Future()  # known later, perhaps, than its first mail

    def stop(verb: str, argument: str) -> bytes | None:
        if verb != "." or len(relay.mails) > 1:
            return None
        interrupt(child.result(60))
        return b"250-and the rest never comes"

    with peer(stop) as relay:
        child.set_result(delivering(office, database_url, relay, NOON, 4, carried=1))
        assert end_of(child.result()) not in (0, None)
        relay.script = lambda verb, argument: None
        assert relay.to()[0] in doubtful(office)
        assert {m.lease_owner for m in messages(office)} == {None}
        deliver(to(relay, office), now=NOON + LEASE_IS_OVER)

    assert states(office) == {MessageState.SENT: 60}
    assert len(set(relay.mails)) == 60
