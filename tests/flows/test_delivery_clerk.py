"""Connections are served together, and none of them feels it: one act for all that wait."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event
from sqlmodel import col

from flows import sending
from flows.attempts import settle
from flows.clerk import Clerk, take_turn
from flows.database import transaction
from flows.delivery import deliver
from flows.letters import Claim, Ended
from flows.limits import MailLimits
from flows.outbox import Outbox
from flows.wire_content import wire_content
from models import Message, MessageAttempt, Reminder
from models.message import MessageState
from notifications.mailer import Outcome, Report
from tests.conftest import Cast
from tests.kept import digests, edit, play, rows
from tests.outboxes import NOON, THURSDAY, crowd, fill, messages, states, to
from tests.smtp_peers import peer

MINUTE = timedelta(minutes=1)
TAKEN = Report(Outcome.SENT, "final dot: 250 kept")


def claimed(office, most: int) -> tuple[Outbox, list[Claim]]:
    outbox = Outbox(office.engine, "relay:25")
    return outbox, take_turn(office, outbox, [], most, NOON).begun


def test_an_outcome_and_the_next_claim_are_one_commit(office, cast: Cast):
    fill(office, *crowd(60))
    commits: list[object] = []

    def count(connection) -> None:
        if connection.get_execution_options().get("sise_writes"):
            commits.append(connection)

    event.listen(office.engine, "commit", count)
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON, workers=6).sent == 60

    assert len(commits) <= 60 + 2 * 6


def test_no_connection_begins_a_mail_before_its_last_outcome_is_committed(office, cast: Cast):
    fill(office, *crowd(40))
    unsettled: list[int] = []

    def look(verb: str, argument: str) -> None:
        if verb == ".":
            sent = states(office)[MessageState.SENT]
            unsettled.append(len(relay.mails) - 1 - sent)

    with peer(look) as relay:
        deliver(to(relay, office), now=NOON, workers=3)

    assert len(unsettled) == 40
    assert max(unsettled) <= 2, "the others' alone"


def test_no_more_is_claimed_than_connections_ask_for_and_the_oldest_first(office, cast: Cast):
    fill(office, *crowd(10))
    oldest = messages(office)[7]
    edit(office, Message, oldest.id, next_at=NOON - MINUTE)

    _, claims = claimed(office, 3)

    assert [claim.message.id for claim in claims] == [oldest.id, 1, 2]
    assert [m.attempts for m in messages(office)] == [1, 1, 0, 0, 0, 0, 0, 1, 0, 0]


def test_one_that_lost_its_lease_does_not_settle_and_the_others_of_its_turn_do(office, cast: Cast):
    fill(office, *crowd(3))
    outbox, claims = claimed(office, 3)
    lost = claims[1].message.id
    edit(office, Message, lost, lease_owner="another")

    with transaction(office.engine, NOON) as session:
        settled = settle(session, office, outbox, [Ended(one, TAKEN) for one in claims], NOON)

    assert sorted(settled) == [1, 3]
    assert [m.state for m in messages(office)] == ["sent", "queued", "sent"]
    assert messages(office)[1].lease_owner == "another"
    assert [attempt.message_id for attempt in rows(office, MessageAttempt)] == [1, 3]


def test_outcomes_of_all_kinds_are_each_message_s_own(office, cast: Cast):
    fill(office, *crowd(6))
    outbox, claims = claimed(office, 6)
    kinds = (*Outcome, None)

    reports = [Report(kind, "RCPT: 550 5.1.1 said") if kind else None for kind in kinds]
    ended = [Ended(*pair) for pair in zip(claims, reports, strict=True)]
    take_turn(office, outbox, ended, 0, NOON)

    kept = dict(zip(kinds, messages(office), strict=True))
    assert {kind: m.state for kind, m in kept.items() if m.state != MessageState.QUEUED} == {
        Outcome.SENT: MessageState.SENT,
        Outcome.REJECT: MessageState.DEAD,
    }
    assert [m.attempts for m in kept.values()] == [1, 1, 1, 1, 0, 0]
    assert [m.possible_duplicate for m in kept.values()] == [False, False, True, *[False] * 3]
    assert {m.lease_owner for m in kept.values()} == {None}
    assert [a.outcome for a in rows(office, MessageAttempt)] == list(Outcome), (
        "but what was not begun"
    )


def test_a_turn_claims_no_more_than_is_left_of_each_limit(office, cast: Cast):
    at_qq = [f"qq{n}@qq.example" for n in range(10)]
    fill(office, *at_qq, *crowd(10))
    with peer() as relay:
        limited = replace(to(relay, office), mail_limits=MailLimits.parse("*=9,qq.example=3"))
        assert deliver(limited, now=NOON, workers=8).sent == 9

    assert sum(address.endswith("@qq.example") for address in relay.to()) == 3
    assert sum(message.attempts for message in messages(office)) == 9


def test_a_mail_that_cannot_be_looked_at_is_put_off_and_the_others_go(office, cast: Cast, caplog):
    cast.task("丙-1", THURSDAY + timedelta(days=8))  # still green: a reminder to Alice
    cast.task("甲-1", THURSDAY - timedelta(days=1), handler_id=cast.bob)
    play(office, THURSDAY)
    edit(office, Reminder, rows(office, Reminder)[0].id, clock="nobody knows")
    [poison] = [mail.id for mail in digests(office, cast.alice)]
    others = len(messages(office)) - 1
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON, workers=4).sent == others > 0

    [kept] = rows(office, Message, col(Message.id) == poison)
    assert (kept.state, kept.attempts, kept.lease_owner) == (MessageState.QUEUED, 0, None)
    assert kept.next_at >= NOON + 15 * MINUTE
    assert kept.outcome == "it could not be looked at: KeyError"
    assert f"message {poison} could not be looked at" in caplog.text


def test_a_mail_that_cannot_be_put_together_waits_and_the_others_go(
    office, cast: Cast, monkeypatch, caplog
):
    fill(office, *crowd(6))

    def fails_at_the_third(office, message, body, keys) -> bytes:
        return {}["nothing"] if message.id == 3 else wire_content(office, message, body, keys)

    monkeypatch.setattr(sending, "wire_content", fails_at_the_third)
    with peer() as relay:
        delivered = deliver(to(relay, office), now=NOON, workers=3)

    assert (delivered.sent, delivered.waiting) == (5, 1)
    assert messages(office)[2].outcome == "it could not be put together: KeyError"
    assert "message 3 could not be put together" in caplog.text


def test_what_was_claimed_for_a_connection_that_was_told_to_stop_is_given_back(office, cast: Cast):
    fill(office, *crowd(2))
    go_on, clerk = threading.Event(), None

    async def stopped_while_it_waits() -> None:
        nonlocal clerk
        clerk = Clerk(office, Outbox(office.engine, "relay:25"), lambda: NOON)
        busy = asyncio.create_task(clerk.ask(go_on.wait, 60))
        place = clerk.line_up()
        await asyncio.sleep(0.05)  # its turn is under way, behind what the thread is busy with
        clerk.withdraw(place)
        go_on.set()
        await busy
        await clerk.close()

    asyncio.run(stopped_while_it_waits())

    assert [(m.attempts, m.lease_owner) for m in messages(office)] == [(0, None), (0, None)]
    assert rows(office, MessageAttempt) == []
