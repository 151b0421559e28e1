"""A mail is looked at once more before its first attempt: what was settled is left out."""

from dataclasses import replace
from datetime import date, time, timedelta
from email import message_from_bytes

import pytest
from sqlmodel import col, select

from flows.database import transaction
from flows.delivery import deliver
from flows.moves import move_colour, move_notice, move_task
from flows.replies import acknowledge, answer
from models import Message, MessageItem, Notice, Official, ReplyLink, Task
from models.message import MessageState
from models.warning import Colour
from tests.conftest import Cast, instant
from tests.kept import digests, edit, extend, play, reply, rows, told
from tests.outboxes import NOON, to
from tests.smtp_peers import DROP, answers, peer

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)
LONG_AGO = date(2022, 5, 13)


def dropped(office, message: Message) -> list[str]:
    items = rows(office, MessageItem, col(MessageItem.message_id) == message.id)
    return [item.dropped for item in items]


def send(office, at=NOON) -> list[tuple[str, bytes]]:
    with peer() as relay:
        deliver(to(relay, office), now=at)
    return relay.mails


def to_alice(mails: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    [raw] = [raw for recipient, raw in mails if recipient.startswith("alice")]
    [text, _] = message_from_bytes(raw).get_payload()
    return text.get_payload(decode=True).decode(), raw


def withdraw(office, number: str) -> None:
    with transaction(office.engine, NOON) as session:
        task = session.exec(select(Task).where(Task.number == number)).one()
        [notice] = session.exec(select(Notice).where(Notice.task_id == task.id))
        move_notice(session, notice, "lift", on=DAY, now=NOON, reason="并案")
        move_colour(session, task, "lift", Colour.GREEN, on=DAY, now=NOON, reason="并案")
        move_task(session, task, "withdraw", on=DAY, now=NOON, reason="并案")


def test_each_line_is_dropped_for_its_own_reason_and_the_rest_goes(office, cast: Cast):
    for n in range(1, 6):
        cast.task(f"甲-{n}", DUE)
    cast.task("丙-1", date(2022, 7, 22))  # still green: a reminder
    play(office, DAY)
    reply(office, answer, cast.alice, "甲-1", on=DAY)
    reply(office, acknowledge, cast.alice, "甲-2", on=DAY)  # the answer is still owed
    extend(office, "甲-3", date(2022, 9, 13), on=DAY)
    withdraw(office, "甲-4")
    extend(office, "丙-1", date(2022, 9, 22), on=DAY)
    [before] = digests(office, cast.alice)

    text, raw = to_alice(send(office))

    assert [number in text for number in ("甲-1", "甲-2", "甲-3", "甲-4", "甲-5", "丙-1")] == [
        *(False, True, False, False, True, False)
    ]
    [after] = digests(office, cast.alice)
    assert dropped(office, after) == ["answered", "", "lifted", "withdrawn", "", "not_due"]
    assert "2 件" in after.subject
    for name in ("message_id", "boundary", "composed_at"):
        assert getattr(after, name) == getattr(before, name)
    links = rows(office, ReplyLink, col(ReplyLink.message_id) == after.id)
    kept = [link for link in links if f"@@link:{link.salt}@@" in after.body.text]
    assert all(f"@@link:{link.salt}@@" in before.body.text for link in kept)
    assert len(kept) == 3
    assert before.message_id.encode() in raw


def test_nothing_left_is_skipped_with_the_reason(office, cast: Cast):
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE)
    play(office, DAY)
    reply(office, answer, cast.alice, "甲-1", on=DAY)
    extend(office, "甲-2", date(2022, 9, 13), on=DAY)

    send(office)

    [mail] = digests(office, cast.alice)
    assert mail.state == MessageState.SKIPPED
    assert mail.outcome == "nothing in it was still owed: answered, lifted"


def test_a_supervisor_who_acknowledged_meanwhile_is_not_asked_again(office, cast: Cast):
    cast.task("乙-1", LONG_AGO)
    play(office, DAY)
    reply(office, acknowledge, cast.carol, "乙-1", on=DAY)

    send(office)

    assert digests(office, cast.carol)[0].outcome.endswith(": acknowledged")


def test_what_was_reassigned_goes_to_whoever_handles_it_now(office, cast: Cast):
    task = cast.task("甲-1", DUE)
    cast.task("甲-2", DUE)
    play(office, DAY)
    edit(office, Task, task.id, handler_id=cast.bob)

    mails = send(office)

    text, _ = to_alice(mails)
    assert ("甲-1" in text, "甲-2" in text) == (False, True)
    assert dropped(office, digests(office, cast.alice)[0]) == ["reassigned", ""]
    assert told(office, "甲-1") == [("alice", "handler", "act"), ("bob", "handler", "act")]
    assert "bob@dinghai.example" in [recipient for recipient, _ in mails]
    assert "甲-1" in digests(office, cast.bob)[0].body.text


def test_after_the_first_attempt_it_is_the_same_bytes_always(office, cast: Cast):
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE)
    play(office, DAY)
    with peer(answers(dot=DROP)) as losing:
        deliver(to(losing, office), now=NOON)
    reply(office, answer, cast.alice, "甲-1", on=DAY)

    again = send(office, at=NOON + timedelta(hours=1))

    assert sorted(again) == sorted(losing.mails)


def test_an_address_corrected_before_the_first_attempt_is_the_one_that_is_used(office, cast):
    cast.task("甲-1", DUE)
    play(office, DAY)
    edit(office, Official, cast.alice, email="alice@new.example")

    assert "alice@new.example" in [recipient for recipient, _ in send(office)]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_what_is_said_anew_is_said_in_the_reader_s_language(office, cast: Cast, language: str):
    edit(office, Official, cast.alice, language=language)
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE)
    play(office, DAY)
    reply(office, answer, cast.alice, "甲-1", on=DAY)

    text, _ = to_alice(send(replace(office, language="zh-CN"), instant(DAY, time(13))))

    assert ("同志" in text) == (language == "zh-CN")
    assert "甲-2" in text
