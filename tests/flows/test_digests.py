"""Digests: one per person and night, frozen, and replaced while nobody has tried to send them."""

from datetime import date, timedelta

import pytest
from sqlmodel import col

from flows.digests import SPELT
from flows.replies import acknowledge, answer
from models import Absence, Message, MessageItem, Notice, Official, Post, ReplyLink
from models.message import MessageState
from models.organisation import PostKind
from tests.conftest import Cast
from tests.kept import add, digests, edit, extend, notices, play, reply, rows

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)
NEXT = DAY + timedelta(days=1)
LONG_AGO = date(2022, 5, 13)  # red by now: four people are told


def test_one_person_gets_one_digest_whatever_the_number_of_tasks(office, cast: Cast):
    for n in range(3):
        cast.task(f"甲-{n}", DUE)
    cast.task("乙-1", LONG_AGO)
    cast.task("丙-1", date(2022, 7, 22))  # still green: a reminder

    result = play(office, DAY)

    assert result["recipients"] == 4
    [alice] = digests(office, cast.alice)
    assert all(number in alice.body.text for number in ("甲-0", "甲-1", "甲-2", "乙-1", "丙-1"))
    [carol] = digests(office, cast.carol)
    assert "乙-1" in carol.body.text
    assert "甲-0" not in carol.body.text


def test_every_warning_has_a_link_and_the_digest_has_one_more(office, cast: Cast):
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE)

    play(office, DAY)

    links = rows(office, ReplyLink)
    assert sorted(link.receipt_id or 0 for link in links) == [0, 1, 2]
    [mail] = digests(office)
    for link in links:
        assert f"@@link:{link.salt}@@" in mail.body.text
        assert f"@@link:{link.salt}@@" in mail.body.html
        assert link.expires_at is None  # it begins to run when the mail is sent


@pytest.mark.parametrize(("due_on", "urgent"), [(DUE, False), (LONG_AGO, True)])
def test_a_digest_that_holds_red_is_urgent(office, cast: Cast, due_on: date, urgent: bool):
    cast.task("甲-1", due_on)
    cast.task("甲-2", date(2022, 7, 22))

    play(office, DAY)

    assert {mail.urgent for mail in digests(office)} == {urgent}


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_restricted_task_shows_number_colour_and_dates_alone(office, cast: Cast, language: str):
    edit(office, Official, cast.alice, language=language)
    cast.task("甲-1", DUE, title="某某挪用资金", restricted=True)
    cast.task("乙-1", date(2022, 7, 22), title="某某收受礼金", restricted=True)

    play(office, DAY)

    [mail] = digests(office, cast.alice)
    for part in (mail.subject, mail.body.text, mail.body.html):
        assert "某某" not in part
        assert "区教育局" not in part
    assert "甲-1" in mail.body.text
    assert "乙-1" in mail.body.text


def test_an_official_who_reads_english_gets_english(office, cast: Cast):
    edit(office, Official, cast.carol, language="en")
    cast.task("甲-1", LONG_AGO)

    play(office, DAY)

    [english], [chinese] = digests(office, cast.carol), digests(office, cast.alice)
    assert "Please acknowledge by 15 July 2022" in english.body.text
    assert "You receive this as supervising leader" in english.body.html
    assert "请在2022年7月15日（含）前签收" in chinese.body.text
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in english.subject)


def test_a_deadline_on_a_day_off_shows_the_day_that_it_counts_as(office, cast: Cast):
    edit(office, Official, cast.carol, language="en")
    cast.task("甲-1", date(2022, 5, 14))  # a Saturday
    cast.task("乙-1", DUE)

    play(office, DAY)

    [chinese], [english] = digests(office, cast.alice), digests(office, cast.carol)
    for body in (chinese.body.text, chinese.body.html):
        assert "2022年5月14日（顺延至2022年5月16日）" in body
        assert "超期 59 天" in body
        assert body.count("顺延至") == 1
    for body in (english.body.text, english.body.html):
        assert "14 May 2022 (counts as 16 May 2022)" in body


def test_a_warning_says_from_which_colour_it_came_and_by_which_clause(office, cast: Cast):
    edit(office, Official, cast.carol, language="en")
    cast.task("甲-1", DUE)
    play(office, DAY)
    [first] = digests(office, cast.alice)

    play(office, date(2022, 7, 20))

    [carol] = digests(office, cast.carol)
    alice = digests(office, cast.alice)[-1]
    for body in (first.body.text, first.body.html):
        assert "“截止日后 1 天”已到，由绿色升为蓝色。" in body
    assert "“蓝色预警单答复期限后 1 天”已到，由蓝色升为黄色。" in alice.body.text
    assert "From blue to yellow, 1 day after the blue notice's day of answer." in carol.body.text


def test_a_deputy_reads_for_whom_the_mail_is(office, cast: Cast):
    add(office, Absence(official_id=cast.alice, deputy_id=cast.bob))
    cast.task("甲-1", DUE)

    play(office, DAY)

    [mail] = digests(office)
    assert (mail.official_id, mail.to_address) == (cast.bob, "bob@dinghai.example")
    assert "alice不在岗，由您代理" in mail.body.text


def test_of_a_restricted_matter_a_deputy_s_mail_names_nobody(office, cast: Cast):
    add(office, Absence(official_id=cast.alice, deputy_id=cast.bob))
    cast.task("密-1", DUE, restricted=True)

    play(office, DAY)

    [mail] = digests(office)
    assert mail.official_id == cast.bob
    assert "您以责任人身份收到。" in mail.body.text
    assert not any("alice" in part for part in (mail.subject, mail.body.text, mail.body.html))


def test_a_digest_never_attempted_is_replaced_by_the_next_one_which_takes_its_items_over(
    office, cast: Cast
):
    cast.task("甲-1", DUE)
    play(office, DAY)
    cast.task("乙-1", DAY)

    play(office, NEXT)

    old, new = digests(office, cast.alice)
    assert (old.state, new.state) == (MessageState.SUPERSEDED, MessageState.QUEUED)
    assert old.outcome == "taken over by the digest of 2022-07-15"
    assert "甲-1" in new.body.text
    assert "乙-1" in new.body.text
    items = rows(office, MessageItem, col(MessageItem.message_id) == new.id)
    assert sorted(item.receipt_id for item in items) == [1, 2]


def test_a_digest_that_waits_alone_is_composed_anew_with_what_is_still_owed(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)

    play(office, NEXT)

    old, new = digests(office, cast.alice)
    assert (old.state, new.state) == (MessageState.SUPERSEDED, MessageState.QUEUED)
    assert "甲-1" in new.body.text


@pytest.mark.parametrize("state", [MessageState.SENT, MessageState.DEAD, MessageState.QUEUED])
def test_a_digest_that_was_attempted_stays_as_it_is(office, cast: Cast, state: MessageState):
    cast.task("甲-1", DUE)
    play(office, DAY)
    [first] = digests(office)
    sent_at = first.composed_at if state == MessageState.SENT else None
    edit(office, Message, first.id, attempts=1, state=state, sent_at=sent_at)

    result = play(office, NEXT)

    assert result["recipients"] == 0
    assert [m.state for m in digests(office, cast.alice)] == [state]


def test_what_was_settled_meanwhile_is_not_taken_over(office, cast: Cast):
    for number in ("甲-1", "甲-2", "甲-3", "甲-4"):
        cast.task(number, DUE)
    play(office, DAY)
    reply(office, answer, cast.alice, "甲-1", on=DAY)
    reply(office, acknowledge, cast.alice, "甲-2", on=DAY)  # the answer is still owed
    extend(office, "甲-3", date(2022, 9, 13), on=DAY)

    play(office, NEXT)

    newest = digests(office, cast.alice)[-1].body.text
    assert "甲-1" not in newest
    assert "甲-2" in newest
    assert "甲-3" not in newest
    assert "甲-4" in newest


def test_an_answered_notice_is_owed_by_nobody_who_shared_it(office, cast: Cast):
    """Two hold the post of handler; one of them has answered."""
    add(office, Post(official_id=cast.bob, unit_id=cast.unit, kind=PostKind.HANDLER))
    cast.task("甲-1", DUE, handler_id=None)
    play(office, DAY)
    assert {m.official_id for m in digests(office)} == {cast.alice, cast.bob}
    reply(office, answer, cast.alice, "甲-1", on=DAY)

    assert play(office, NEXT)["recipients"] == 0


def test_a_superseded_notice_gives_way_to_the_higher_one_in_the_same_digest(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)

    play(office, date(2022, 7, 20))

    newest = digests(office, cast.alice)[-1]
    blue, yellow = notices(office, "甲-1")
    assert yellow.number in newest.body.text
    assert blue.number not in newest.body.text
    assert len(rows(office, Notice)) == 2


def test_a_mail_that_would_be_too_long_counts_the_rest(office, cast: Cast):
    for n in range(SPELT + 3):
        cast.task(f"多-{n:03}", DUE)

    play(office, DAY)

    [mail] = digests(office, cast.alice)
    assert mail.subject.startswith(f"【督办】逾 {SPELT} 件")
    assert "另有 3 件未逐一列出" in mail.body.text
    assert len(rows(office, MessageItem)) == SPELT + 3
