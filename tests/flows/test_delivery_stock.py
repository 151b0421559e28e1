"""What is leased ahead is nobody's attempt: until it begins it can be taken back, or left alone."""

import threading
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from flows import clerk
from flows.clerk import Turn, take_turn
from flows.delivery import deliver
from flows.letters import Claim, Ended
from flows.limits import MailLimits
from flows.outbox import LEASE, Outbox
from models import Message, MessageAttempt, Official
from models.message import MessageState
from notifications.mailer import Outcome, Report
from tests.conftest import Cast
from tests.kept import edit, rows
from tests.outboxes import NOON, crowd, fill, messages, states, to
from tests.smtp_peers import answers, peer

TAKEN = Report(Outcome.SENT, "final dot: 250 kept")


def leased_ahead(office) -> tuple[Outbox, Turn]:
    """One is being sent, three more wait for it."""
    outbox = Outbox(office.engine, "relay:25")
    return outbox, take_turn(office, outbox, [], 1, NOON, ahead=3)


def ids(claims: list[Claim]) -> list[int]:
    return [claim.message.id for claim in claims]


def test_an_attempt_is_counted_when_it_begins_and_not_before(office, cast: Cast):
    fill(office, *crowd(6))
    outbox, turn = leased_ahead(office)

    assert (ids(turn.begun), ids(turn.stock)) == ([1], [2, 3, 4])
    assert [m.attempts for m in messages(office)] == [1, 0, 0, 0, 0, 0]
    assert {m.lease_owner for m in messages(office)[:4]} == {outbox.owner}

    later = NOON + timedelta(seconds=1)
    ended = [Ended(claim, TAKEN) for claim in turn.begun]
    following = take_turn(office, outbox, ended, 2, later, stock=turn.stock)

    assert (ids(following.begun), ids(following.stock)) == ([2, 3], [4])
    assert [m.attempts for m in messages(office)] == [1, 1, 1, 0, 0, 0]
    assert [claim.began_at for claim in following.begun] == [later, later]


def test_a_delivery_leases_more_than_it_sends_and_sends_all_of_it(office, cast: Cast):
    fill(office, *crowd(120))
    ahead: list[int] = []

    def look(verb: str, argument: str) -> None:
        if verb == "MAIL":
            kept = messages(office)
            assert sum(m.attempts for m in kept) <= len(relay.mails) + 2, "one to a connection"
            ahead.append(sum(m.lease_owner is not None and not m.attempts for m in kept))

    with peer(look) as relay:
        assert deliver(to(relay, office), now=NOON, workers=2).sent == 120

    assert max(ahead) > 20
    assert sorted(relay.to()) == sorted(crowd(120))
    assert {(m.attempts, m.lease_owner) for m in messages(office)} == {(1, None)}


def test_of_a_process_that_died_only_what_had_begun_counts_as_tried(office, cast: Cast):
    fill(office, *crowd(4))
    leased_ahead(office)
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON + LEASE / 2).sent == 0
        assert deliver(to(relay, office), now=NOON + 2 * LEASE).sent == 4

    assert [m.possible_duplicate for m in messages(office)] == [True, False, False, False]
    assert [(a.message_id, a.n) for a in rows(office, MessageAttempt) if a.outcome != "sent"] == [
        (1, 1)
    ]
    assert [m.attempts for m in messages(office)] == [2, 1, 1, 1]


def test_what_was_tried_before_and_only_leased_since_is_no_possible_duplicate(office, cast: Cast):
    fill(office, *crowd(2))
    later = NOON + timedelta(days=1)
    with peer(answers(RCPT="450 later")) as relay:
        deliver(to(relay, office), now=NOON)
    take_turn(office, Outbox(office.engine, "relay:25"), [], 1, later, ahead=1)
    with peer() as relay:
        assert deliver(to(relay, office), now=later + 2 * LEASE).sent == 2

    assert sorted(m.possible_duplicate for m in messages(office)) == [False, True]


def test_a_relay_that_refused_us_does_not_hide_the_attempt_of_a_process_that_died(
    office, cast: Cast
):
    fill(office, *crowd(1))
    with peer(answers(MAIL="550 not you")) as relay:
        deliver(to(relay, office), now=NOON)
    take_turn(office, Outbox(office.engine, "relay:25"), [], 1, NOON + timedelta(days=1))
    with peer() as relay:
        deliver(to(relay, office), now=NOON + timedelta(days=2))

    assert [(a.n, a.outcome) for a in rows(office, MessageAttempt)] == [
        (1, "config"),
        (1, "unknown"),
        (2, "sent"),
    ]


def test_what_is_replaced_while_it_is_in_stock_is_not_sent(office, cast: Cast):
    fill(office, *crowd(4))
    outbox, turn = leased_ahead(office)
    edit(office, Message, 3, state=MessageState.SUPERSEDED)

    following = take_turn(office, outbox, [], 2, NOON, stock=turn.stock)

    assert (ids(following.begun), ids(following.stock)) == ([2], [4])
    assert following.more, "the second connection comes again"
    assert messages(office)[2].attempts == 0


def test_when_a_domain_has_too_much_of_us_its_mails_in_stock_stay_here(office, cast: Cast):
    """All were leased while it still took them."""
    fill(office, *crowd(40))
    full = threading.Event()

    def too_much_after_twenty(verb: str, argument: str) -> str | None:
        if len(relay.mails) >= 20:
            full.set()
        return "450 4.7.1 too many" if verb == "RCPT" and full.is_set() else None

    with peer(too_much_after_twenty) as relay:
        deliver(to(relay, office), now=NOON, workers=2)

    kept = messages(office)
    tried = [m for m in kept if m.state == MessageState.QUEUED and m.attempts]
    assert full.is_set()
    assert len(tried) <= 2, "what connections had in hand"
    assert {m.lease_owner for m in kept} == {None}


def test_a_delivery_that_is_stopped_gives_its_stock_back_untried(office, cast: Cast):
    fill(office, *crowd(40))
    stopping = threading.Event()

    def stop_after_twenty(verb: str, argument: str) -> None:
        if verb == "." and len(relay.mails) >= 20:
            stopping.set()

    with peer(stop_after_twenty) as relay:
        sent = deliver(to(relay, office), now=NOON, workers=2, stopping=stopping).sent

    assert 20 <= sent < 25
    assert states(office) == {MessageState.SENT: sent, MessageState.QUEUED: 40 - sent}
    left = [m for m in messages(office) if m.state == MessageState.QUEUED]
    assert {(m.attempts, m.lease_owner) for m in left} == {(0, None)}


def test_stock_that_is_not_fresh_is_looked_at_anew(office, cast: Cast, monkeypatch):
    """An address is corrected while its mail is in stock."""
    monkeypatch.setattr(clerk, "FRESH", timedelta(0))
    fill(office, *crowd(30))
    last = messages(office)[29]

    def correct_the_last(verb: str, argument: str) -> None:
        if verb == "." and len(relay.mails) == 20:
            edit(office, Official, last.official_id, email="new@dinghai.example")

    with peer(correct_the_last) as relay:
        assert deliver(to(relay, office), now=NOON, workers=2).sent == 30

    assert "new@dinghai.example" in relay.to()
    assert last.to_address not in relay.to()


def test_stock_that_could_not_be_given_back_is_not_forgotten(office, cast: Cast, monkeypatch):
    """The database fails just when a turn would give it back."""
    monkeypatch.setattr(clerk, "FRESH", timedelta(0))
    fill(office, *crowd(40))
    failed: list[bool] = []

    def fail_once(_connection, _cursor, statement: str, *_rest) -> None:
        said = statement.partition(" WHERE ")[0]
        if said.startswith("UPDATE message SET attempts=") and "lease_owner" in said and not failed:
            failed.append(True)
            raise OperationalError(said, {}, Exception("the database went away"))

    event.listen(office.engine, "before_cursor_execute", fail_once)
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON, workers=2).sent == 40

    assert failed
    assert sorted(relay.to()) == sorted(crowd(40))
    assert {(m.attempts, m.lease_owner) for m in messages(office)} == {(1, None)}


def test_nothing_is_leased_ahead_where_a_limit_counts_it_as_sent(office, cast: Cast):
    fill(office, *crowd(30))
    ahead: list[int] = []

    def look(verb: str, argument: str) -> None:
        if verb == "MAIL":
            ahead.append(sum(m.lease_owner is not None for m in messages(office)))

    with peer(look) as relay:
        limited = replace(to(relay, office), mail_limits=MailLimits.parse("*=1000"))
        assert deliver(limited, now=NOON, workers=2).sent == 30

    assert max(ahead) <= 2
