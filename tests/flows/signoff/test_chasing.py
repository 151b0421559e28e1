"""催办: whoever owes a decision hears of it when it is due, and then the level above."""

from datetime import date, timedelta

import pytest
from sqlmodel import col

from models import Chase, Message, MessageItem, Post, Referral, ReplyLink
from models.decision import Verdict
from models.message import MessageKind, MessageState
from models.organisation import PostKind
from models.warning import Colour
from tests.conftest import Cast
from tests.kept import add, colour, digests, edit, play, rows, wind
from tests.played import as_played
from tests.sign_offs import Bench
from tests.tellings import referrals, send, tell_at

DUE, APPLIED = date(2022, 7, 13), date(2022, 7, 15)
LAST = date(2022, 7, 20)  # three working days to decide
LATE = LAST + timedelta(days=1)


def chases(bench: Bench) -> list[tuple[date, int, bool]]:
    return [(row.on, row.official_id, row.superior) for row in rows(bench.office, Chase)]


@pytest.fixture
def asked(bench: Bench) -> Bench:

    def ask() -> None:
        bench.task("甲-1", DUE)
        play(bench.office, date(2022, 7, 14))
        bench.apply("甲-1", APPLIED)
        tell_at(bench.office, APPLIED)
        send(bench.office, APPLIED)

    as_played(bench.office.engine, "somebody who is asked", ask)
    return bench


def test_the_reviewer_is_reminded_on_the_day_and_the_level_above_after_it(asked: Bench):
    dora, olga = asked.cast.dora, asked.cast.olga
    wind(asked.office, date(2022, 7, 16), LAST - timedelta(days=1))
    assert chases(asked) == []

    play(asked.office, LAST)
    assert chases(asked) == [(LAST, dora, False)]

    play(asked.office, LATE)
    assert chases(asked)[1:] == [(LATE, dora, False), (LATE, olga, True)]

    again = [date(2022, 7, 28), date(2022, 8, 4)]
    wind(asked.office, LATE + timedelta(days=1), LATE + timedelta(days=1))
    for week in again:  # and neither on the day before it nor on the day after
        wind(asked.office, week - timedelta(days=1), week + timedelta(days=1))
    assert chases(asked)[3:] == [
        (on, who, above) for on in again for who, above in ((dora, False), (olga, True))
    ]
    assert colour(asked.office, "甲-1") == Colour.BLUE  # the handler's holds meanwhile


def test_a_chase_is_a_section_of_the_ordinary_digest_with_a_link_to_the_decision(asked: Bench):
    play(asked.office, LAST)

    [mail] = digests(asked.office, asked.cast.dora)
    assert mail.subject == "【督办】1 件审核事项待您决定（2022年7月20日）"
    assert "待您决定（1 件）" in mail.body.text
    assert "请作出决定，今日到期（期限2022年7月20日）。" in mail.body.text
    links = rows(asked.office, ReplyLink, col(ReplyLink.message_id) == mail.id)
    [referral] = rows(asked.office, Referral)
    assert {link.referral_id for link in links} == {referral.id, None}
    assert all(f"@@link:{link.salt}@@" in mail.body.text for link in links)


def test_the_level_above_reads_who_owes_it_and_since_when(asked: Bench):
    wind(asked.office, LAST, LATE)

    [mail] = digests(asked.office, asked.cast.olga)
    assert "下级审核超期" in mail.body.text
    assert "应由dora在2022年7月20日（含）前决定，超期 1 天，请予督促。" in mail.body.text


def test_chases_stand_above_the_warnings_of_the_same_digest(asked: Bench):
    asked.cast.task("乙-1", date(2022, 6, 20), handler_id=asked.cast.dora)

    play(asked.office, LAST)

    [mail] = digests(asked.office, asked.cast.dora)
    assert mail.body.text.index("待您决定") < mail.body.text.index("需要办理")
    assert mail.subject.endswith("，另有催办 1 件（2022年7月20日）")


def test_a_decision_ends_it_even_in_a_digest_that_waits(asked: Bench):
    play(asked.office, LAST)
    asked.decide("甲-1", asked.cast.dora, Verdict.APPROVE, LAST)

    assert "dora@dinghai.example" not in send(asked.office, LAST)

    [mail] = digests(asked.office, asked.cast.dora)
    assert (mail.state, mail.outcome) == ("skipped", "nothing in it was still owed: decided")
    assert [(on, who) for on, who, _ in chases(asked)] == [(LAST, asked.cast.dora)]


def test_a_line_that_was_decided_leaves_the_rest_of_the_digest(asked: Bench):
    asked.task("甲-2", DUE)
    asked.apply("甲-2", APPLIED)
    play(asked.office, LAST)
    asked.decide("甲-1", asked.cast.dora, Verdict.APPROVE, LAST)

    said = send(asked.office, LAST)["dora@dinghai.example"]

    assert "待您决定（1 件）" in said
    assert ("甲-1" in said, "甲-2" in said) == (False, True)


def test_a_chase_that_was_never_sent_is_said_once_by_the_next_digest(asked: Bench):
    wind(asked.office, LAST, LATE)

    old, new = digests(asked.office, asked.cast.dora)
    assert (old.state, new.state) == (MessageState.SUPERSEDED, MessageState.QUEUED)
    assert new.body.text.count("甲-1 的问题") == 1
    assert "超期 1 天" in new.body.text


def test_a_night_that_is_run_again_chases_nobody_again(asked: Bench):
    play(asked.office, LATE)

    play(asked.office, LATE)

    assert len(chases(asked)) == 2


def test_after_missed_nights_both_are_chased_at_once(asked: Bench):
    play(asked.office, date(2022, 8, 1))

    assert [superior for _, _, superior in chases(asked)] == [False, True]


def test_whoever_applied_is_not_the_level_above(bench: Bench):
    bench.task("甲-1", DUE, handler_id=bench.cast.olga)
    bench.apply("甲-1", APPLIED, who=bench.cast.olga)

    wind(bench.office, LAST, LATE)

    assert [(who, above) for _, who, above in chases(bench) if above] == [(bench.cast.hugo, True)]


def test_a_mail_that_was_refused_is_told_the_level_above_at_once(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    tell_at(bench.office, APPLIED)
    [mail] = referrals(bench.office)
    edit(bench.office, Message, mail.id, state=MessageState.DEAD, attempts=1)

    result = play(bench.office, date(2022, 7, 16))

    assert chases(bench) == [(date(2022, 7, 16), bench.cast.olga, True)]
    [said] = digests(bench.office, bench.cast.olga)
    assert "发给dora的送审邮件被拒收" in said.body.text
    assert result["unresolved"] == 1
    [summary] = rows(bench.office, Message, col(Message.kind) == MessageKind.SUMMARY)
    assert "甲-1：送审邮件被拒收" in summary.body.text


def test_two_who_are_asked_the_same_are_one_matter_to_the_level_above(bench: Bench, cast: Cast):
    add(
        bench.office,
        Post(official_id=cast.mallory, unit_id=cast.unit, kind=PostKind.UNIT_HEAD),
    )
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)

    play(bench.office, LATE)

    above = [row for row in rows(bench.office, Chase) if row.superior]
    items = rows(bench.office, MessageItem, col(MessageItem.chase_id).is_not(None))
    assert (len(above), len(items)) == (1, 3)
