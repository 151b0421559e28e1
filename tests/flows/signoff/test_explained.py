"""What explains a task names whoever it waits for, as it stood on that day."""

from datetime import date

import pytest

from flows.database import reading
from flows.explain import explain
from flows.signoff.naming import name_reviewer
from flows.signoff.waiting import waiting
from flows.working_days import load_calendar
from models import Absence, Exclusion
from models.decision import Verdict
from models.request_machine import RequestKind
from tests.conftest import SHANGHAI, instant
from tests.kept import add
from tests.look_backs import another_reviewer, put_down, sign_off
from tests.responsibility import act
from tests.sign_offs import Bench

DUE, DAY = date(2022, 7, 13), date(2022, 7, 14)  # a Thursday
NEXT = date(2022, 7, 15)


def said(bench: Bench, on: date, language: str = "zh-CN") -> list[str]:
    """What it says of who decides."""
    with reading(bench.office.engine) as session:
        calendar = load_calendar(session)
        found = explain(session, "甲-1", on=on, calendar=calendar, timezone=SHANGHAI)
    colour = found.colour_sentences(language)
    told = {row.sentence(language) for row in found.told}
    return [one for one in found.sentences(language) if one not in {*colour, *told}]


@pytest.fixture
def applied(bench: Bench) -> Bench:
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)
    return bench


def test_under_review_it_names_who_is_asked_since_when_and_until_when(applied: Bench):
    assert said(applied, date(2022, 7, 13)) == []
    asked, then = said(applied, DAY)
    assert asked.startswith("销号申请第 1 级（责任单位审核）已于2022年7月14日送dora（单位负责人）")
    assert asked.endswith("决定，期限为2022年7月19日（含）。")
    assert then == "如未决定，2022年7月19日的夜间检查催办本人；此后仍未决定的，告知上一级。"
    asked, then = said(applied, DAY, "en")
    assert asked.startswith("The application for sign-off, level 1 (责任单位审核) waits for dora")
    assert asked.endswith(
        "dora (head of the unit), asked on 14 July 2022, to decide by 19 July 2022."
    )
    assert then.startswith("If nothing is decided the night of 19 July 2022 reminds of it; ")


def test_whoever_decided_is_followed_by_whoever_is_asked_next(applied: Bench):
    applied.decide("甲-1", applied.cast.dora, Verdict.APPROVE, NEXT)

    assert "送dora" in said(applied, DAY)[0], "on that day it was still hers"
    [asked, _] = said(applied, NEXT)
    assert asked.startswith("销号申请第 2 级（牵头单位复核）已于2022年7月15日送leo（单位负责人）")


def test_late_it_says_so(applied: Bench):
    assert said(applied, date(2022, 7, 19))[-1].startswith("如未决定")
    assert said(applied, date(2022, 7, 20))[-1] == (
        "决定已逾期（应于2022年7月19日（含）前作出）：夜间检查催办，并告知上一级。"
    )
    assert "late" in said(applied, date(2022, 7, 20), "en")[-1]


def test_a_deputy_and_a_post_that_it_climbed_from_are_told(bench: Bench):
    bench.task("甲-1", DUE)
    cast = bench.cast
    add(bench.office, Absence(official_id=cast.dora, deputy_id=cast.mallory, from_on=DAY))
    bench.apply("甲-1", DAY)
    assert "送mallory（单位负责人，代dora）决定" in said(bench, DAY)[0]
    assert "deputy of dora" in said(bench, DAY, "en")[0]


def test_where_nobody_could_be_asked_it_says_so_and_then_who_was_named(bench: Bench):
    bench.task("甲-1", DUE)
    cast = bench.cast
    for who in (cast.dora, cast.carol, cast.olga, cast.hugo):
        away = {"reason": "亲属", "from_on": DUE, "by_id": cast.olga, "at": instant(DUE)}
        add(bench.office, Exclusion(task_id=1, official_id=who, **away))
    bench.apply("甲-1", DAY)
    assert said(bench, DAY) == ["没有可送审的人，等待督查办公室指定由谁决定。"]
    assert "has to name somebody" in said(bench, DAY, "en")[0]


def test_whoever_the_office_named_is_told_as_named(applied: Bench):
    """Dora keeps away, and the office names Mallory."""
    cast = applied.cast

    def deed(session, task, actor, calendar):
        for referral in [one for every in waiting(session, task) for one in every.asked]:
            session.delete(referral)
        session.flush()
        [found] = waiting(session, task)
        said = {"reason": "本级无人可审", "calendar": calendar}
        name_reviewer(session, task, found.of, cast.mallory, actor, **said)

    act(applied.office, "甲-1", cast.olga, NEXT, deed)
    assert "送mallory（由olga指定）决定" in said(applied, NEXT)[0]
    assert "mallory (named by olga)" in said(applied, NEXT, "en")[0]


def test_a_request_that_waits_is_told_beside_the_clock(bench: Bench):
    bench.task("甲-1", date(2022, 9, 1))
    until = {"until_on": date(2022, 9, 30), "reason": "情况复杂，需再核实"}
    bench.ask("甲-1", RequestKind.EXTENSION, DAY, **until)

    asked = said(bench, DAY)
    assert asked[0].startswith("延期申请已于2022年7月14日送")
    assert said(bench, DAY, "en")[0].startswith("The request for an extension waits for ")
    with reading(bench.office.engine) as session:
        calendar = load_calendar(session)
        found = explain(session, "甲-1", on=DAY, calendar=calendar, timezone=SHANGHAI)
    assert "如无进展，将于" in found.sentences("zh-CN")[-1], "its clock runs all the while"


def test_a_look_back_that_waits_names_who_checks(bench: Bench):
    another_reviewer(bench)
    sign_off(bench, "甲-1")
    put_down(bench, "甲-1", date(2022, 3, 1))
    assert said(bench, date(2022, 3, 1))[0].startswith("回头看已于2022年3月1日送ruth（审核人）")
