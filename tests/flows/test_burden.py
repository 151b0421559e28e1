"""The burden of mail is what the outbox really sent, week by week in the office's own zone."""

from datetime import date, time, timedelta

from flows.burden import burden, last_week
from flows.database import reading
from models import Message, MessageBody
from models.message import MessageKind, MessageState
from tests.conftest import SHANGHAI, instant
from tests.kept import add

MONDAY = date(2022, 7, 11)
WEDNESDAY = date(2022, 7, 20)  # the week that is not over counts nowhere


def mail(office, who: int, on: date, at: time = time(8), state=MessageState.SENT) -> None:
    mail.n = getattr(mail, "n", 0) + 1
    sent_at = instant(on, at)
    message = Message(
        kind=MessageKind.OUTCOME,
        official_id=who,
        to_name="x",
        to_address="x@x.example",
        domain="x.example",
        message_id=f"<{mail.n}@x>",
        boundary="b",
        composed_at=sent_at,
        expires_at=sent_at + timedelta(days=2),
        state=state,
        next_at=sent_at,
        sent_at=sent_at if state == MessageState.SENT else None,
        subject="x",
    )
    message.body = MessageBody(text="x", html="x")  # type: ignore[call-arg]  # the message gives the id
    add(office, message)


def test_each_week_has_its_people_their_median_and_who_had_most(office, cast):
    for k in range(9):
        mail(office, cast.alice, MONDAY + timedelta(days=k % 7))
    mail(office, cast.bob, MONDAY, time(0, 0))
    mail(office, cast.bob, MONDAY + timedelta(days=6), time(23, 59))
    mail(office, cast.dora, MONDAY)
    for k in range(7):
        mail(office, cast.hugo, MONDAY + timedelta(days=k))
    mail(office, cast.dora, MONDAY, state=MessageState.DEAD)
    mail(office, cast.bob, MONDAY - timedelta(days=1), time(23, 59))
    mail(office, cast.carol, WEDNESDAY)

    with reading(office.engine) as session:
        found = burden(session, WEDNESDAY, SHANGHAI)
        last = last_week(session, WEDNESDAY, SHANGHAI)

    assert (last.first, last.last) == (MONDAY, date(2022, 7, 17))
    assert (last.mails, last.people, last.median, last.most, last.often) == (19, 4, 4.5, 9, 1)
    assert found.last == last
    assert [(week.mails, week.people) for week in found.weeks[-3:]] == [(0, 0), (1, 1), (19, 4)]
    assert [(one.name, one.mails, one.before) for one in found.most] == [
        *(("alice", 9, 0), ("hugo", 7, 0), ("bob", 2, 1), ("dora", 1, 0)),
    ]


def test_ten_are_named_and_of_an_empty_outbox_nobody(office, cast):
    with reading(office.engine) as session:
        assert burden(session, WEDNESDAY, SHANGHAI).most == []
        assert last_week(session, WEDNESDAY, SHANGHAI).median == 0
