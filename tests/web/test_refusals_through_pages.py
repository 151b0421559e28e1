"""Refusals of the sign-off that no other page's test meets: each is a sentence on the page, and
nothing is recorded."""

import re
from datetime import date, time

import pytest
from sqlalchemy import event
from sqlmodel import Session, col

from flows.signoff.evidence import MOST
from flows.signoff.evidence_files import path_of
from models import (
    Application,
    Decision,
    Evidence,
    Exclusion,
    ListMembership,
    Milestone,
    Post,
    Reassignment,
    Referral,
    Task,
    WatchList,
)
from models.application import EvidenceKind
from models.decision import ReferralState
from models.organisation import PostKind
from models.request_machine import RequestKind
from tests import files
from tests.conftest import instant
from tests.kept import add, edit, rows
from tests.look_backs import FIRST, another_reviewer, put_down, sign_off
from tests.responsibility import keep_away
from tests.web.conftest import DAY, DUE, NOON
from tests.web.reviewing import APPLIED, WORDS, chosen

HELD_BY = "e" * 64


def the_task(office):
    [task] = rows(office, Task)
    return task


def who_is_asked(office, review):
    names = {key: name for name, key in review.people.items()}
    [asked] = rows(office, Referral, col(Referral.state) == ReferralState.OPEN)
    return names[asked.official_id]


def proved(browser, review, name):
    path = review.link(name, "甲-1")
    review.prove(browser, path)
    return path, browser.get(path)


def evidence(application_id, n, sha256=HELD_BY):
    return Evidence(
        application_id=application_id,
        kind=EvidenceKind.EVIDENCE,
        name=f"{n}.pdf",
        media_type="application/pdf",
        size=len(files.PDF),
        sha256=sha256,
        added_by_id=1,
        added_at=NOON,
    )


def test_one_file_too_many_is_not_kept(browser, bench, night, link, office):
    bench.task("甲-1", DUE)
    night()
    form = f"{link('alice', '甲-1')}/tasks/甲-1/application"
    one = {"files": ("一.pdf", files.PDF, "application/pdf")}
    browser.post(form, data={"act": "save", "who": "self"}, files=one)
    [draft] = rows(office, Application)
    add(office, *(evidence(draft.id, n) for n in range(MOST - 1)))

    full = browser.post(form, data={"act": "save", "who": "self"}, files=one)

    assert f"每份申请最多 {MOST} 个文件" in full.text
    assert len(rows(office, Evidence)) == MOST


def test_a_file_that_is_lost_is_told(bench, sign_in, office):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    add(office, evidence(rows(office, Application)[0].id, 1))
    [lost] = rows(office, Evidence)
    assert not path_of(office.home, lost.sha256).exists()

    page = sign_in("olga").get(f"/tasks/甲-1/evidence/{lost.id}")

    assert "“1.pdf”的文件已丢失或不完整，请联系督查办公室从备份中恢复" in page.text


def test_whoever_came_to_handle_it_does_not_decide_on_what_was_asked(
    browser, bench, review, office
):
    bench.task("甲-1", date(2022, 9, 1), opened_on=APPLIED)
    bench.ask("甲-1", RequestKind.EXTENSION, APPLIED, reason=WORDS, until_on=date(2022, 9, 20))
    asked = who_is_asked(office, review)
    edit(office, Task, the_task(office).id, handler_id=review.people[asked])
    path, page = proved(browser, review, asked)

    refused = browser.post(path, data=chosen(page, "grant"))

    assert refused.status_code == 409
    assert "责任人不能决定自己负责的事项" in refused.text
    assert rows(office, Decision) == []


def test_whoever_came_to_have_a_part_does_not_look_back(browser, bench, review, office, clock):
    review.people["ruth"] = another_reviewer(bench)
    sign_off(bench, "甲-1")
    put_down(bench, "甲-1", FIRST)
    clock.now = instant(FIRST, time(12))
    edit(office, Task, the_task(office).id, handler_id=review.people["ruth"])
    before = len(rows(office, Decision))
    path, page = proved(browser, review, "ruth")
    n = next(iter(chosen(page))).rpartition("-")[2]

    answers = {f"point-{n}-{point}": "yes" for point in range(1, 6)}
    refused = browser.post(path, data=chosen(page, "solid") | answers)

    assert refused.status_code == 409
    assert "审核过该事项的人不能查自己经手的事项" in refused.text
    assert len(rows(office, Decision)) == before


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        (lambda bench: "99999:", "不在通讯录中"),
        (lambda bench: f"{bench.cast.unit}:{bench.cast.alice}", "所选仍是原责任单位和责任人"),
        (lambda bench: f"{bench.lead_unit}:{bench.leo}", "已登记回避本事项"),
    ],
)
def test_an_objection_is_not_upheld_in_favour_of_whoever_cannot_have_it(
    browser, bench, review, office, to, sentence
):
    bench.task("甲-1", date(2022, 9, 1), opened_on=APPLIED)
    bench.ask("甲-1", RequestKind.OBJECTION, APPLIED, reason=WORDS)
    aside = {"from_on": APPLIED, "reason": "近亲属", "at": NOON}
    add(office, Exclusion(task_id=the_task(office).id, official_id=bench.leo, **aside))
    path, page = proved(browser, review, "olga")

    refused = browser.post(path, data=chosen(page, "reassign", reason=WORDS, to=to(bench)))

    assert refused.status_code == 409
    assert sentence in refused.text
    assert (the_task(office).state, the_task(office).unit_id) == ("objected", bench.cast.unit)
    assert rows(office, Decision) == []


def test_milestones_of_what_is_closed_meanwhile_are_settled(bench, sign_in, office):
    bench.task("甲-1", None, state="long_term", review_every="3mo")
    olga, form = sign_in("olga"), "/tasks/甲-1/office/milestones"
    seen = re.search(r'name="seen" value="([^"]*)"', olga.get(form).text)[1]
    edit(office, Task, the_task(office).id, state="withdrawn")

    said = {"act": "set", "seen": seen, "reason": WORDS, "due-1": "2022-12-30", "title-1": "评估"}
    late = olga.post(form, data=said)

    assert late.status_code == 422
    assert "目前状态为“已撤回”，不能再设阶段目标" in late.text
    assert rows(office, Milestone) == []


def test_a_matter_that_was_closed_meanwhile_joins_no_list(bench, sign_in, office):
    bench.task("甲-1", DUE)
    add(office, WatchList(name="words", title="一般清单", source="", loaded_at=NOON))
    olga, form = sign_in("olga"), "/tasks/甲-1/office/lists"
    seen = re.search(r'name="seen" value="([^"]*)"', olga.get(form).text)[1]
    edit(office, Task, the_task(office).id, state="withdrawn")

    late = olga.post(form, data={"act": "join", "seen": seen, "reason": WORDS, "list": "words"})

    assert late.status_code == 422
    assert "已销号或撤回，不能列入清单" in late.text
    assert rows(office, ListMembership) == []


def test_whoever_keeps_away_from_a_matter_hands_it_over_to_nobody(bench, sign_in, office):
    bench.task("甲-1", DUE)
    add(office, Post(official_id=bench.cast.bob, unit_id=1, kind=PostKind.OFFICE))
    keep_away(office, "甲-1", DAY, official_id=bench.cast.olga)
    both = {"giver": "alice@dinghai.example", "taker": "bob@dinghai.example"}

    refused = sign_in("olga").post("/people/hand-over", data=both | {"reason": WORDS})

    assert refused.status_code == 422
    assert "甲-1：您已登记回避本事项，不能办理" in refused.text
    assert rows(office, Reassignment) == []


def test_whoever_is_put_aside_between_looking_and_acting_does_not_act(
    browser, bench, night, link, office
):
    bench.task("甲-1", DUE)
    night()
    form = f"{link('alice', '甲-1')}/tasks/甲-1/application"
    _before_it_writes(office, lambda: elsewhere(office, aside_of(bench.cast.alice)))

    refused = browser.post(form, data={"act": "save", "who": "self", "measures": WORDS})

    assert "甲-1：您已登记回避本事项，不能办理" in refused.text
    assert rows(office, Application) == []


def elsewhere(office, thing):
    """By another process: one of this one waits for its turn, which the page has taken."""
    with Session(office.engine) as session:
        session.add(thing)
        session.commit()


def aside_of(official_id):
    return Exclusion(task_id=1, official_id=official_id, from_on=DAY, reason="近亲属", at=NOON)


def _before_it_writes(office, deed):
    """`deed` is committed after the page has looked, and before its own transaction begins."""

    waiting = [deed]

    @event.listens_for(office.engine, "set_connection_execution_options")
    def _meanwhile(_connection, options):
        if options.get("sise_writes") and waiting:
            waiting.pop()()
