"""Promise: what somebody of the public says is answered in time or turns blue, yellow and red; its
words stay with the office, and those of a report of wrongdoing do not stay at all."""

from datetime import date, timedelta

import pytest
from sqlalchemy import inspect, text, true
from sqlmodel import select

from flows.database import reading, transaction
from flows.feedback.dealing import answer, link, pass_on, to_discipline
from flows.feedback.receiving import NotTaken, receive
from flows.feedback.standing import FeedbackState, counts, feedback_rows, of_reference
from flows.working_days import load_calendar
from models import Feedback, MessageBody, Post
from models.decision import Verdict
from models.feedback import Channel
from models.migrations import WORDS as INDEXES
from models.organisation import PostKind
from models.proof import Assurance
from models.refusal import Refusal
from models.warning import Colour
from tests.conftest import instant
from tests.kept import add, colour, play, rows, wind
from tests.petitions import load_kind
from tests.sign_offs import Bench

ON = date(2022, 7, 1)  # due on Saturday 16 July, so on Monday
NUMBER = "社监-2022-001"
WORDS, WHO = "暗记：某处施工至今未停", "暗记电话"


@pytest.fixture
def bench(office, cast, bench) -> Bench:
    """Mallory heads the office's unit; Hugo is above both."""
    load_kind(office, "feedback")
    top = rows(office, Post, Post.official_id == cast.olga)[0].unit_id
    add(office, Post(official_id=cast.mallory, unit_id=top, kind=PostKind.UNIT_HEAD))
    return bench


def say(office, on: date = ON, words: str = WORDS, channel: Channel = Channel.WEB) -> str:
    with transaction(office.engine, instant(on)) as session:
        taken = receive(
            session,
            words,
            channel=channel,
            contact=WHO,
            on=on,
            now=instant(on),
            calendar=load_calendar(session),
        )
        return taken.reference


def deal(bench: Bench, on: date, deed, *said, **more) -> None:
    actor = bench.actor(bench.cast.olga, on, Assurance.SESSION)
    with transaction(bench.office.engine, actor.now) as session:
        deed(session, session.get_one(Feedback, 1), actor, *said, **more)


def answered(bench: Bench, on: date, words: str = "已责令停工。") -> None:
    with reading(bench.office.engine) as session:
        calendar = load_calendar(session)
    deal(bench, on, answer, words, calendar=calendar)


def signed_off(bench: Bench, on: date) -> None:
    for who in (bench.cast.mallory, bench.cast.hugo):
        bench.decide(NUMBER, who, Verdict.APPROVE, on)


def stands(office, reference: str):
    with reading(office.engine) as session:
        return of_reference(session, reference)


def test_nobody_answers_and_it_turns_blue_yellow_and_red(office, bench):
    say(office)
    play(office, date(2022, 7, 18))
    assert colour(office, NUMBER) == Colour.GREEN
    play(office, date(2022, 7, 19))
    assert colour(office, NUMBER) == Colour.BLUE
    wind(office, date(2022, 7, 20), date(2022, 7, 23))  # three working days to answer the notice
    assert colour(office, NUMBER) == Colour.YELLOW
    wind(office, date(2022, 7, 24), date(2022, 7, 28))
    assert colour(office, NUMBER) == Colour.RED

    with reading(office.engine) as session:
        bodies = session.exec(select(MessageBody)).all()
    assert any(NUMBER in body.text for body in bodies)
    for body in bodies:
        assert "暗记" not in body.text + body.html


def test_it_is_answered_late_and_that_is_counted(office, bench):
    reference = say(office)
    wind(office, date(2022, 7, 16), date(2022, 7, 20))
    answered(bench, date(2022, 7, 20))
    assert stands(office, reference).state == FeedbackState.IN_HAND  # nobody has signed it off
    signed_off(bench, date(2022, 7, 21))

    found = stands(office, reference)
    assert (found.state, found.feedback.reply) == (FeedbackState.ANSWERED, "已责令停工。")
    assert colour(office, NUMBER) == Colour.GREEN
    with reading(office.engine) as session:
        kept, calendar = feedback_rows(session, true()), load_calendar(session)
    assert counts(kept)[FeedbackState.ANSWERED] == 1
    assert [row.in_time(calendar) for row in kept] == [False]


def test_on_the_monday_after_a_saturday_it_is_in_time(office, bench):
    reference = say(office)
    answered(bench, date(2022, 7, 15))
    signed_off(bench, date(2022, 7, 18))
    with reading(office.engine) as session:
        assert stands(office, reference).in_time(load_calendar(session))


def test_of_a_report_of_wrongdoing_number_and_date_stay(office, bench):
    reference = say(office)
    deal(bench, ON + timedelta(days=1), to_discipline)

    found = stands(office, reference)
    assert found.state == FeedbackState.DISCIPLINE
    assert (found.task.number, found.feedback.received_on) == (NUMBER, ON)
    with office.engine.connect() as connection:  # nowhere in the database
        for table in set(inspect(office.engine).get_table_names()) - set(INDEXES):
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                assert "暗记" not in str(row), table
                octets = b"".join(one for one in row if isinstance(one, bytes))
                assert "暗记".encode() not in octets, table
    with pytest.raises(Refusal, match="not dealt with here"):
        answered(bench, ON + timedelta(days=2))


def test_what_is_passed_on_ends_here_and_says_to_whom(office, bench):
    reference = say(office, channel=Channel.TELEPHONE)
    with pytest.raises(Refusal, match="to whom"):
        deal(bench, ON, pass_on, " ", reason="属信访事项")
    deal(bench, ON, pass_on, "区信访局", reason="属信访事项")
    found = stands(office, reference)
    assert (found.state, found.feedback.passed_to) == (FeedbackState.PASSED_ON, "区信访局")
    play(office, date(2022, 8, 31))
    assert colour(office, NUMBER) == Colour.GREEN


def test_it_is_linked_to_a_finding_and_never_to_a_lead(office, bench):
    bench.task("甲-1", date(2022, 9, 1))
    bench.task("密-1", date(2022, 9, 1), restricted=True)
    say(office)
    deal(bench, ON, link, "甲-1")
    with pytest.raises(Refusal, match="restricted"):
        deal(bench, ON, link, "密-1")
    assert rows(office, Feedback)[0].finding_id is not None


def test_whoever_is_not_the_office_does_nothing_with_it(office, bench):
    say(office)
    actor = bench.actor(bench.cast.alice, ON, Assurance.SESSION)
    with (
        pytest.raises(Refusal),
        transaction(office.engine, actor.now) as session,
    ):
        to_discipline(session, session.get_one(Feedback, 1), actor)
    assert rows(office, Feedback)[0].words == WORDS


def test_each_has_a_number_of_its_year_and_a_reference_of_its_own(office, bench):
    first, second = say(office), say(office)
    third = say(office, date(2023, 1, 3))
    assert len({first, second, third}) == 3
    assert stands(office, second).task.number == "社监-2022-002"
    assert stands(office, third).task.number == "社监-2023-001"
    assert stands(office, f" {first[:4]} {first[4:].lower()}").feedback.id == 1
    assert stands(office, "社监-2022-001") is None


def test_nothing_is_taken_that_says_nothing_or_too_much(office, bench):
    for words in ("", "  \n", "字" * 2001):
        with pytest.raises(NotTaken):
            say(office, words=words)
    assert rows(office, Feedback) == []


def test_a_number_that_the_ledger_gave_away_turns_nobody_away(office, bench, cast):
    cast.task(NUMBER, ON, title="由台账登记")
    first, second = say(office), say(office)
    assert [stands(office, one).task.number for one in (first, second)] == [
        "社监-2022-002",
        "社监-2022-003",
    ]
