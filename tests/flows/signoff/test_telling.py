"""Who is told what about the sign-off: everybody concerned, once, and nobody who stands aside."""

import re
from datetime import date, time

import pytest
from sqlmodel import col, select

from flows.database import reading
from flows.reply_links import find
from models import (
    Absence,
    Exclusion,
    Message,
    MessageItem,
    Official,
    Post,
    Referral,
    ReplyLink,
    Task,
)
from models.decision import ReferralState, Verdict
from models.message import MessageKind, MessageState
from models.organisation import PostKind
from tests.conftest import instant
from tests.kept import add, edit, play, rows
from tests.sign_offs import Bench
from tests.tellings import alarms, outcomes, referrals, send, tell_at
from web.task_story import story

DUE, APPLIED, NEXT = date(2022, 7, 13), date(2022, 7, 15), date(2022, 7, 18)


def open_referrals(bench: Bench) -> list[Referral]:
    return rows(bench.office, Referral, col(Referral.state) == ReferralState.OPEN)


def test_whoever_is_asked_is_told_with_all_that_a_glance_needs(bench: Bench):
    bench.task("甲-1", DUE, original_due_on=date(2022, 6, 13))
    bench.apply("甲-1", APPLIED)

    assert tell_at(bench.office, APPLIED) == 1

    [mail] = referrals(bench.office)
    assert (mail.official_id, mail.to_address) == (bench.cast.dora, "dora@dinghai.example")
    for body in (mail.body.text, mail.body.html):
        for said in (
            *("甲-1", "甲-1 的问题", "区教育局", "第 1 级（共 4 级）：责任单位审核"),
            *("alice，2022年7月15日", "已完成整改，逐条落实。", "未附佐证材料"),
            *("2022年7月13日（原定2022年6月13日）", "请在2022年7月20日（含）前作出决定"),
            "由您以单位负责人身份决定",
        ):
            assert said in body


def test_a_mail_has_a_link_of_its_own_and_one_for_each_referral(bench: Bench):
    for n in range(3):
        bench.task(f"甲-{n}", DUE)
        bench.apply(f"甲-{n}", APPLIED)
    tell_at(bench.office, APPLIED)

    [mail] = referrals(bench.office)
    links = rows(bench.office, ReplyLink, col(ReplyLink.message_id) == mail.id)
    assert sorted(link.referral_id or 0 for link in links) == [
        0,
        *sorted(referral.id for referral in open_referrals(bench)),
    ]
    for link in links:
        assert f"@@link:{link.salt}@@" in mail.body.text
        assert f"@@link:{link.salt}@@" in mail.body.html
        assert link.official_id == bench.cast.dora


def test_twice_tells_nobody_twice(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    tell_at(bench.office, APPLIED)
    bench.decide("甲-1", bench.cast.dora, Verdict.RETURN, APPLIED, reason="再核实")
    tell_at(bench.office, APPLIED)
    before = rows(bench.office, Message)

    assert tell_at(bench.office, APPLIED) == 0
    play(bench.office, NEXT)

    kinds = (MessageKind.REFERRAL, MessageKind.OUTCOME, MessageKind.ALARM)
    assert rows(bench.office, Message, col(Message.kind).in_(kinds)) == before


def test_what_waits_outside_mail_hours_is_one_mail_however_many_apply(bench: Bench):
    for n in range(6):
        bench.task(f"甲-{n:02}", DUE)
        bench.apply(f"甲-{n:02}", APPLIED)
        tell_at(bench.office, APPLIED, time(20, n))

    [mail] = referrals(bench.office)
    assert mail.subject == "【督办】6 件事项待您决定，最早须在2022年7月20日（含）前办理"
    assert all(f"甲-{n:02}" in mail.body.text for n in range(6))
    superseded = rows(bench.office, Message, col(Message.state) == MessageState.SUPERSEDED)
    assert {message.outcome for message in superseded} == {"taken over by a later mail"}
    assert list(send(bench.office, APPLIED, time(22))) == ["dora@dinghai.example"]


def test_what_was_sent_is_not_said_again_with_what_is_new(bench: Bench):
    for n in (1, 2):
        bench.task(f"甲-{n}", DUE)
        bench.apply(f"甲-{n}", APPLIED)
        tell_at(bench.office, APPLIED)
        said = send(bench.office, APPLIED)

    assert "甲-1" not in said["dora@dinghai.example"]
    assert "甲-2" in said["dora@dinghai.example"]


def test_each_level_is_told_when_it_is_asked(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    told = []
    for who in bench.levels:
        tell_at(bench.office, APPLIED)
        told.append(referrals(bench.office)[-1].official_id)
        bench.decide("甲-1", who, Verdict.APPROVE, APPLIED)

    assert tuple(told) == bench.levels


def test_the_handler_hears_nothing_of_an_approval_before_the_last(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    for who in bench.levels:
        assert outcomes(bench.office) == []
        bench.decide("甲-1", who, Verdict.APPROVE, APPLIED)
        tell_at(bench.office, APPLIED)

    [mail] = outcomes(bench.office)
    assert mail.official_id == bench.cast.alice
    assert mail.subject == "【督办】甲-1 同意销号（2022年7月15日）"
    assert "本事项已销号" in mail.body.text


def test_a_return_tells_the_handler_why_what_is_wanted_and_until_when(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    bench.decide(
        "甲-1",
        bench.cast.dora,
        Verdict.RETURN,
        APPLIED,
        reason="第二条未落实",
        requirement="补充台账",
    )

    tell_at(bench.office, APPLIED)

    [handler], [leader] = (outcomes(bench.office, w) for w in (bench.cast.alice, bench.cast.carol))
    for body in (handler.body.text, handler.body.html):
        for said in (
            *("退回整改", "第二条未落实", "补充台账", "dora，2022年7月15日"),
            "2022年7月22日（原为2022年7月13日）",
            "请按要求继续整改，时限2022年7月22日（含），完成后重新申请销号",
        ):
            assert said in body
    assert "供您知悉，无需操作" in leader.body.text


def test_a_colour_that_a_return_relieved_is_said_with_its_reason(bench: Bench):
    bench.task("甲-1", DUE)
    play(bench.office, date(2022, 7, 14))
    bench.apply("甲-1", APPLIED)
    bench.decide("甲-1", bench.cast.dora, Verdict.RETURN, APPLIED, reason="再核实")

    tell_at(bench.office, APPLIED)

    [mail] = outcomes(bench.office, bench.cast.alice)
    assert "由蓝色降为绿色，因时限已顺延" in mail.body.text


def test_whoever_applied_in_the_handler_s_place_is_told_too(bench: Bench):
    add(bench.office, *_deputy(bench))
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED, who=bench.cast.bob)
    bench.decide("甲-1", bench.cast.dora, Verdict.ASK, APPLIED, reason="请附照片")

    tell_at(bench.office, NEXT)

    assert {mail.official_id for mail in outcomes(bench.office)} == {
        bench.cast.alice,
        bench.cast.bob,
    }
    assert "要求补充：请附照片" in outcomes(bench.office, bench.cast.bob)[0].body.text


def _deputy(bench: Bench):
    return [Absence(official_id=bench.cast.alice, deputy_id=bench.cast.bob, until_on=APPLIED)]


def test_five_returns_outside_mail_hours_are_one_mail(bench: Bench):
    for n in range(5):
        bench.task(f"甲-{n}", DUE)
        bench.apply(f"甲-{n}", APPLIED)
        bench.decide(f"甲-{n}", bench.cast.dora, Verdict.RETURN, APPLIED, reason=f"理由{n}")
        tell_at(bench.office, APPLIED)

    [mail] = outcomes(bench.office, bench.cast.alice)
    assert all(f"理由{n}" in mail.body.text for n in range(5))
    assert mail.subject == "【督办】5 件事项有办理结果（2022年7月15日）"


def test_what_was_decided_before_the_mail_went_is_left_out_of_it(bench: Bench):
    for n in (1, 2):
        bench.task(f"甲-{n}", DUE)
        bench.apply(f"甲-{n}", APPLIED)
    tell_at(bench.office, APPLIED)
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED)

    said = send(bench.office, APPLIED)["dora@dinghai.example"]

    assert ("甲-1" in said, "甲-2" in said) == (False, True)
    [mail] = referrals(bench.office, bench.cast.dora)
    assert [item.dropped for item in _items(bench, mail)] == ["decided", ""]
    assert "1 件事项待您决定" in mail.subject


def test_a_mail_that_asks_for_nothing_any_more_is_skipped(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    tell_at(bench.office, APPLIED)
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED)

    assert send(bench.office, APPLIED) == {}

    [mail] = rows(bench.office, Message)
    assert (mail.state, mail.outcome) == ("skipped", "nothing in it was still owed: decided")


def test_an_outcome_goes_although_the_task_is_closed(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    for who in bench.levels:
        bench.decide("甲-1", who, Verdict.APPROVE, APPLIED)
    tell_at(bench.office, APPLIED)

    assert "同意销号" in send(bench.office, APPLIED)["alice@dinghai.example"]


def _items(bench: Bench, mail: Message) -> list[MessageItem]:
    return rows(bench.office, MessageItem, col(MessageItem.message_id) == mail.id)


def two_reviewers(bench: Bench) -> None:
    """Leo's unit has two heads; both are asked at the second level."""
    add(
        bench.office,
        Post(official_id=bench.cast.mallory, unit_id=bench.lead_unit, kind=PostKind.UNIT_HEAD),
    )


def test_a_colleague_who_was_mailed_and_overtaken_hears_that_nothing_is_left_to_do(bench: Bench):
    two_reviewers(bench)
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED)
    tell_at(bench.office, APPLIED)
    send(bench.office, APPLIED)

    bench.decide("甲-1", bench.leo, Verdict.APPROVE, NEXT)
    tell_at(bench.office, NEXT)

    [mail] = outcomes(bench.office)
    assert mail.official_id == bench.cast.mallory
    assert mail.subject == "【督办】1 件事项无需再审核（2022年7月18日）"
    assert "您无需再办" in mail.body.text


def test_a_colleague_who_was_never_mailed_is_left_in_peace(bench: Bench):
    two_reviewers(bench)
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED)
    tell_at(bench.office, APPLIED)

    bench.decide("甲-1", bench.leo, Verdict.APPROVE, NEXT)
    tell_at(bench.office, NEXT)

    assert outcomes(bench.office) == []
    assert "mallory@dinghai.example" not in send(bench.office, NEXT)


def stand_aside(bench: Bench, who: int, task: Task, **unit: int) -> None:
    named = unit or {"official_id": who}
    facts = {"reason": "亲属", "from_on": DUE, "by_id": bench.cast.olga, "at": instant(DUE)}
    add(bench.office, Exclusion(task_id=task.id, **named, **facts))


def test_whoever_stands_aside_is_never_told(bench: Bench):
    task = bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    bench.decide("甲-1", bench.cast.dora, Verdict.RETURN, APPLIED, reason="再核实")
    for who in (bench.cast.alice, bench.cast.carol):
        stand_aside(bench, who, task)

    tell_at(bench.office, APPLIED)

    assert {mail.official_id for mail in outcomes(bench.office)}.isdisjoint(
        {bench.cast.alice, bench.cast.carol}
    )


@pytest.mark.parametrize("by", ["name", "home unit"])
def test_whoever_stands_aside_before_the_mail_goes_is_not_told(bench: Bench, by: str):
    task = bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    tell_at(bench.office, APPLIED)
    unit = {} if by == "name" else {"unit_id": bench.cast.unit}
    stand_aside(bench, bench.cast.dora, task, **unit)

    assert send(bench.office, APPLIED) == {}

    [mail] = rows(bench.office, Message)
    assert (mail.state, mail.outcome) == ("skipped", "nothing in it was still owed: excluded")


def test_a_warning_is_not_sent_to_whoever_stands_aside_since(bench: Bench):
    task = bench.task("甲-1", DUE)
    bench.task("甲-2", DUE)
    play(bench.office, date(2022, 7, 14))
    stand_aside(bench, bench.cast.alice, task)

    said = send(bench.office, date(2022, 7, 14))["alice@dinghai.example"]

    assert ("甲-1" in said, "甲-2" in said) == (False, True)


def test_the_office_hears_at_once_that_nobody_may_decide_and_once_only(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    [referral] = open_referrals(bench)
    edit(
        bench.office,
        Referral,
        referral.id,
        state=ReferralState.VOID,
        closed_at=instant(APPLIED),
    )

    assert [tell_at(bench.office, APPLIED), tell_at(bench.office, APPLIED)] == [1, 0]

    [mail] = alarms(bench.office)
    assert mail.official_id == bench.cast.olga
    assert mail.subject == "【督办】1 件事项无人可以决定，请指定办理人"
    assert "销号申请无人可以审核" in mail.body.text
    assert "甲-1" in send(bench.office, APPLIED)["olga@dinghai.example"]


def test_it_stands_in_the_night_s_count_and_the_summary_until_somebody_is_asked(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    [referral] = open_referrals(bench)
    closed = {"state": ReferralState.VOID, "closed_at": instant(APPLIED)}
    edit(bench.office, Referral, referral.id, **closed)

    assert play(bench.office, NEXT)["unresolved"] == 1
    edit(bench.office, Referral, referral.id, state=ReferralState.OPEN, closed_at=None)
    assert play(bench.office, date(2022, 7, 19))["unresolved"] == 0

    summaries = rows(bench.office, Message, col(Message.kind) == MessageKind.SUMMARY)
    said = ["甲-1：销号申请无人可以审核" in one.body.text for one in summaries]
    assert said == [True, False]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_a_restricted_matter_leaks_nothing_by_whatever_mail(bench: Bench, language: str):
    for who in rows(bench.office, Official):
        edit(bench.office, Official, who.id, language=language, name=f"读者{who.id}")
    bench.task("甲-1", DUE, title="某某挪用公款", restricted=True)
    bench.apply("甲-1", APPLIED, summary="已逐条落实")
    names = {f"读者{who.id}" for who in rows(bench.office, Official)}
    tell_at(bench.office, APPLIED)
    bench.decide("甲-1", bench.cast.dora, Verdict.ASK, APPLIED, reason="请再核实")
    play(bench.office, date(2022, 7, 20))  # chased
    play(bench.office, date(2022, 7, 21))  # and above
    bench.decide(
        "甲-1", bench.cast.dora, Verdict.RETURN, APPLIED, reason="再核实", requirement="补充台账"
    )
    tell_at(bench.office, date(2022, 7, 21))

    written = rows(bench.office, Message)
    assert {m.kind for m in written} >= {"referral", "outcome", "digest"}
    for mail in written:
        parts = (mail.subject, mail.body.text, mail.body.html)
        for secret in ("挪用", "区教育局", "逐条落实", "再核实", "台账", *names - {mail.to_name}):
            assert not any(secret in part for part in parts), (secret, mail.kind)
        if mail.kind != MessageKind.SUMMARY:
            assert "甲-1" in mail.body.text


def test_the_link_in_the_mail_that_was_sent_is_the_referral_s(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    tell_at(bench.office, APPLIED)
    said = send(bench.office, APPLIED)["dora@dinghai.example"]

    tokens = re.findall(r"/r/([0-9a-f]{32})", said)
    with reading(bench.office.engine) as session:
        found = [
            find(session, bench.office.ring, one, instant(APPLIED, time(11))) for one in tokens
        ]
        opened = [one.link.referral_id for one in found if one and not one.expired]
    assert opened == [open_referrals(bench)[0].id, None]


def test_the_mails_stand_in_the_story_of_the_task_with_what_became_of_them(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    tell_at(bench.office, APPLIED)
    send(bench.office, APPLIED)
    bench.decide("甲-1", bench.cast.dora, Verdict.RETURN, NEXT, reason="再核实")
    tell_at(bench.office, NEXT)

    with reading(bench.office.engine) as session:
        told = [
            (event.row[0].kind, event.row[0].state, {mail.to_name for mail in event.row})
            for event in story(session, session.exec(select(Task)).one(), [])
            if event.kind == "mail"
        ]
    assert told == [
        ("outcome", "queued", {"alice", "carol"}),
        ("referral", "sent", {"dora"}),
    ]
