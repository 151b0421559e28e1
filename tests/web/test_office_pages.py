"""What the office does on pages of their own: pass a task on, who keeps away, milestones, lists."""

import html
import re
from datetime import date, timedelta

import pytest
from sqlmodel import col

from flows.database import transaction
from flows.rulebook import load_policy
from flows.signing_in import offer_sign_in
from models import (
    Exclusion,
    ListMembership,
    Milestone,
    Official,
    Post,
    Reassignment,
    Receipt,
    Task,
    Transition,
    WatchList,
)
from models.organisation import PostKind
from tests.conftest import SEEDS
from tests.kept import add, edit, rows
from tests.responsibility import keep_away
from tests.web.conftest import DAY, DUE, NOON

NAMES = ("reassign", "aside", "milestones", "lists")
LATER = date(2022, 9, 30)


@pytest.fixture
def matter(cast):
    return cast.task("甲-1", DUE)


@pytest.fixture
def long_term(cast):
    due = {"review_every": "3mo", "track": "long_term", "state": "long_term"}
    due["opened_on"] = DUE
    return cast.task("甲-1", date(2022, 12, 31), **due)


@pytest.fixture
def lists(office):
    text = (SEEDS / "policies/listed.toml").read_text("utf-8")
    with transaction(office.engine, NOON) as session:
        load_policy(session, text, file="listed.toml", now=NOON)
    said = {"source": "", "loaded_at": NOON}
    add(
        office,
        WatchList(name="seven_lists", title="七张问题清单", policy_name="listed", **said),
        WatchList(name="words", title="一般清单", **said),
    )


def path(name, number="甲-1"):
    return f"/tasks/{number}/office/{name}"


def send(desk, name, act, page=None, **fields):
    """The form, filled in as the page (or the present one) has it."""
    page = page or desk.get(path(name))
    seen = html.unescape(re.search(r'name="seen" value="([^"]*)"', page.text)[1])
    return desk.post(path(name), data={"act": act, "seen": seen, "reason": "分工调整"} | fields)


def refused(page, sentence):
    """It says so, at the form."""
    assert page.status_code == 422
    alert = re.search(r'role="alert">(.*?)</div>', page.text, re.DOTALL)
    assert sentence in html.unescape(alert[1])


# The ways there


def test_the_tasks_page_leads_the_office_there(sign_in, matter, cast, office):
    page = sign_in("olga").get("/tasks/甲-1").text
    found = re.findall(r"/office/(\w+)\"", page)
    assert found == ["reassign", "aside", "lists", "transfer"]

    edit(office, Task, 1, track="long_term", state="long_term", review_every="3mo")
    page = sign_in("olga").get("/tasks/甲-1").text
    assert re.findall(r"/office/(\w+)\"", page) == [*NAMES, "transfer"]

    edit(office, Task, 1, state="withdrawn")
    assert "/office/" not in sign_in("olga").get("/tasks/甲-1").text


@pytest.mark.parametrize("who", ["alice", "dora", "hugo", "mallory"])
def test_they_are_the_offices_pages(sign_in, matter, digest_of_database, who):
    desk = sign_in(who)
    before = digest_of_database()
    for name in NAMES:
        assert desk.get(path(name)).status_code == 404
        assert desk.post(path(name), data={"act": "x", "reason": "x"}).status_code == 404
    assert digest_of_database() == before
    assert "/office/" not in desk.get("/tasks/甲-1").text


def test_whoever_keeps_away_of_the_office_finds_none_of_them(sign_in, matter, office, cast):
    add(office, Post(official_id=cast.bob, unit_id=cast.unit, kind=PostKind.OFFICE))
    keep_away(office, "甲-1", DAY, official_id=cast.olga)
    for name in NAMES:
        assert sign_in("olga").get(path(name)).status_code == 404
        assert sign_in("bob").get(path(name)).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_looking_changes_nothing_and_nothing_is_chosen_beforehand(
    sign_in, matter, lists, digest_of_database, name
):
    desk = sign_in("olga")
    before = digest_of_database()

    page = desk.get(path(name))

    assert page.status_code == 200
    assert digest_of_database() == before
    assert not re.search(r" (selected|checked)", page.text)
    assert desk.head(path(name)).status_code == 200
    assert desk.get(path("nothing")).status_code == 404
    assert desk.get(path(name, "无")).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_a_form_from_elsewhere_is_turned_away(sign_in, matter, name):
    data = {"act": "x", "reason": "x"}
    sent = sign_in("olga").post(path(name), data=data, headers={"Origin": "http://evil.example"})
    assert sent.status_code == 403


@pytest.mark.parametrize("name", NAMES)
def test_what_somebody_changed_meanwhile_is_not_undone_unseen(
    sign_in, long_term, lists, office, cast, name
):
    """The page was open while somebody else acted."""
    desk = sign_in("olga")
    page = desk.get(path(name))
    say = {
        "reassign": ("reassign", {"to": f"{cast.unit}:{cast.bob}"}),
        "aside": ("exclude", {"whom": f"{cast.unit}:{cast.mallory}"}),
        "milestones": ("set", {"due-1": "2022-09-30", "title-1": "评估"}),
        "lists": ("join", {"list": "words"}),
    }
    act, fields = say[name]
    assert send(desk, name, act, page, **fields).status_code == 303

    again = send(desk, name, act, page, reason="另一个理由", **fields)

    refused(again, "您打开页面后，这里已被他人改动")
    assert name == "milestones" or "另一个理由" in again.text


@pytest.mark.parametrize("name", NAMES)
def test_in_english_they_are_english(sign_in, english, long_term, lists, office, cast, name):
    with transaction(office.engine, NOON) as session:
        link = offer_sign_in(session, session.get_one(Official, cast.olga), NOON)
    english.post(f"/login/{link}")

    page = english.get(path(name))
    wrong = send(english, name, "leave" if name == "lists" else "exclude", page)

    ours = re.sub(r"七张问题清单|一般清单|区教育局|定海区委|甲-1( 的问题)?", "", page.text)
    assert not re.search(r"[一-鿿]", ours)
    alert = re.search(r'role="alert">(.*?)</div>', wrong.text, re.DOTALL)[1]
    assert "othing was recorded" in alert
    assert not re.search(r"[一-鿿]", alert)


# To another unit or handler


def test_a_task_is_passed_to_another_handler(sign_in, matter, night, office, cast):
    night()
    desk = sign_in("olga")
    assert (
        f'<option value="{cast.unit}:{cast.bob}">区教育局 · bob</option>'
        in desk.get(path("reassign")).text
    )

    sent = send(desk, "reassign", "reassign", to=f"{cast.unit}:{cast.bob}")

    assert (sent.status_code, sent.headers["location"].endswith("?done=yes")) == (303, True)
    assert "已记录" in desk.get(sent.headers["location"]).text
    [task] = rows(office, Task)
    assert (task.unit_id, task.handler_id) == (cast.unit, cast.bob)
    [row] = rows(office, Reassignment)
    assert (row.actor_id, row.reason) == (cast.olga, "分工调整")
    [move] = rows(office, Transition, col(Transition.event) == "reassign")
    assert move.assurance == "session"
    assert [one.official_id for one in rows(office, Receipt) if one.ended_on is None][-1] == (
        cast.bob
    )


def test_a_unit_alone_is_its_heads(sign_in, matter, bench, office):
    sent = send(sign_in("olga"), "reassign", "reassign", to=f"{bench.lead_unit}:")
    assert sent.status_code == 303
    [task] = rows(office, Task)
    assert (task.unit_id, task.handler_id) == (bench.lead_unit, None)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "请选择单位或人员"),
        ({"to": "x"}, "请选择单位或人员"),
        ({"to": "999:"}, "不在通讯录中"),
        ({"to": "1:999"}, "不在通讯录中"),
        ({"to": "{unit}:{alice}"}, "都没有变化"),
        ({"to": "{unit}:{bob}", "reason": " "}, "请写明理由"),
        ({"to": "{unit}:{bob}", "reason": "长" * 4001}, "超过 4000 个字"),
        ({"to": "{unit}:{mallory}"}, "mallory已登记回避本事项"),
        ({"to": "{top}:"}, "没有单位负责人"),
    ],
    ids="none garbage unit person same silent long aside headless".split(),
)
def test_what_cannot_be_reassigned_is_said_and_given_back(
    sign_in, matter, office, cast, digest_of_database, fields, said
):
    keep_away(office, "甲-1", DAY, official_id=cast.mallory)
    desk = sign_in("olga")
    top = rows(office, Official, col(Official.name) == "olga")[0].unit_id
    ids = {**cast.people, "unit": cast.unit, "top": top}
    fields = {name: value.format(**ids) for name, value in fields.items()}
    before = digest_of_database()

    page = send(desk, "reassign", "reassign", **{"reason": "另有分工安排"} | fields)

    refused(page, said)
    assert digest_of_database() == before
    if "reason" not in fields:
        assert "另有分工安排</textarea>" in page.text
    if said in ("都没有变化", "请写明理由"):
        assert f'<option value="{fields["to"]}" selected>' in page.text
    assert f":{cast.mallory}" not in page.text, "whoever keeps away is no choice"


# Who keeps away


def test_somebody_keeps_away_and_then_need_not(sign_in, matter, office, cast):
    desk = sign_in("olga")
    sent = send(
        desk,
        "aside",
        "exclude",
        whom=f"{cast.unit}:{cast.carol}",
        until_on="2022-08-31",
        reason="近亲属涉及本事项",
    )
    assert sent.status_code == 303
    [one] = rows(office, Exclusion)
    assert (one.official_id, one.unit_id, one.by_id) == (cast.carol, None, cast.olga)
    assert (one.from_on, one.until_on) == (DAY, date(2022, 8, 31))
    page = desk.get(sent.headers["location"]).text
    for words in ("<b>carol</b>", "近亲属涉及本事项", "至2022年8月31日（含）", "已记录"):
        assert words in page
    assert sign_in("carol").get("/tasks/甲-1").status_code == 404

    desk = sign_in("olga")
    refused(send(desk, "aside", "readmit"), "请选择要解除哪一项回避")
    refused(send(desk, "aside", "readmit", exclusion="1", reason=""), "请写明理由")
    assert send(desk, "aside", "readmit", exclusion="1", reason="已查清").status_code == 303

    [one] = rows(office, Exclusion)
    assert (one.until_on, one.ended_because, one.ended_by_id) == (DAY, "已查清", cast.olga)
    page = desk.get(path("aside")).text
    assert "解除理由：已查清" in page
    assert 'name="exclusion"' not in page
    # Sent all the same, it is refused in the function's own words.
    refused(send(desk, "aside", "readmit", exclusion="1"), "已于 2022-07-14 结束")


def test_a_whole_unit_keeps_away(sign_in, matter, bench, office):
    sent = send(sign_in("olga"), "aside", "exclude", whom=f"{bench.lead_unit}:")
    assert sent.status_code == 303
    [one] = rows(office, Exclusion)
    assert (one.official_id, one.unit_id) == (None, bench.lead_unit)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "请选择单位或人员"),
        ({"whom": "{unit}:{alice}"}, "alice是本事项的责任人，须先改派再回避"),
        ({"whom": "{unit}:{olga}"}, "回避后督查办公室再无人"),
        ({"whom": "{unit}:{carol}", "until_on": "8月底"}, "“8月底”不是日期"),
        ({"whom": "{unit}:{carol}", "until_on": "2022-07-01"}, "2022-07-01 已过"),
        ({"whom": "{unit}:{mallory}"}, "已在回避之列"),
    ],
    ids="none handler office garbage past again".split(),
)
def test_what_cannot_be_is_said_and_nobody_keeps_away(
    sign_in, matter, office, cast, digest_of_database, fields, said
):
    keep_away(office, "甲-1", DAY, official_id=cast.mallory)
    desk = sign_in("olga")
    ids = {**cast.people, "unit": cast.unit}
    fields = {name: value.format(**ids) for name, value in fields.items()}
    before = digest_of_database()

    page = send(desk, "aside", "exclude", **fields, reason="近亲属涉及")

    refused(page, said)
    assert digest_of_database() == before
    assert "近亲属涉及</textarea>" in page.text
    if "until_on" in fields:
        assert f'value="{fields["until_on"]}"' in page.text


def test_whoever_of_the_office_keeps_away_himself_is_told_so(sign_in, matter, office, cast):
    add(office, Post(official_id=cast.bob, unit_id=cast.unit, kind=PostKind.OFFICE))
    desk = sign_in("olga")

    sent = send(desk, "aside", "exclude", whom=f"{cast.unit}:{cast.olga}", reason="本人亲属")

    assert (sent.status_code, "您本人也在回避之列" in sent.text) == (200, True)
    assert desk.get("/tasks/甲-1").status_code == 404


def test_an_exclusion_of_another_task_is_not_ended_here(sign_in, matter, office, cast):
    cast.task("甲-2", DUE)
    keep_away(office, "甲-2", DAY, official_id=cast.carol)
    refused(send(sign_in("olga"), "aside", "readmit", exclusion="1"), "请选择要解除哪一项回避")
    assert rows(office, Exclusion)[0].until_on is None


# Milestones


def test_milestones_are_set_changed_and_cleared(sign_in, long_term, office):
    desk = sign_in("olga")
    fields = {"due-1": "2022年9月30日", "title-1": "建立制度", "due-3": "2022-10-31"}
    refused(send(desk, "milestones", "set", **fields), "阶段目标须写明内容")
    page = send(desk, "milestones", "set", **fields | {"title-3": "评估", "due-3": ""})
    refused(page, "阶段目标“评估”还没有日期")
    assert 'value="建立制度"' in page.text, "what was written is given back"
    assert 'value="2022年9月30日"' in page.text

    assert send(desk, "milestones", "set", **fields | {"title-3": "评估"}).status_code == 303

    kept = [(one.title, one.due_on) for one in rows(office, Milestone)]
    assert kept == [("建立制度", LATER), ("评估", date(2022, 10, 31))]
    [task] = rows(office, Task)
    assert task.due_on == LATER, "the nearest one brings the review forward"
    page = desk.get(path("milestones")).text
    assert 'value="2022-10-31"' in page
    assert page.count('type="date"') == 5

    refused(send(desk, "milestones", "set"), "勾选“全部清除”")
    both = {"clear": "yes", "due-1": "2022-09-30", "title-1": "建立制度"}
    refused(send(desk, "milestones", "set", **both), "请清空各行")
    assert send(desk, "milestones", "set", clear="yes").status_code == 303
    assert rows(office, Milestone) == []


def test_one_that_was_reached_meanwhile_is_not_set_anew(sign_in, long_term, office):
    """A review was granted while the page was open."""
    add(office, Milestone(task_id=1, title="建立制度", due_on=LATER))
    desk = sign_in("olga")
    page = desk.get(path("milestones"))
    edit(office, Milestone, 1, done_on=DAY)

    again = send(desk, "milestones", "set", page, **{"due-1": str(LATER), "title-1": "建立制度"})

    refused(again, "已被他人改动")
    assert len(rows(office, Milestone)) == 1
    assert "已达到" in again.text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("2022-07-14", "评估"), "须晚于今天"),
        (("2022-02-30", "评估"), "“2022-02-30”不是日期"),
        (("2022-09-30", "长" * 101), "超过 100 个字"),
    ],
    ids=["past", "no date", "long"],
)
def test_a_milestone_that_cannot_be_is_said(sign_in, long_term, office, line, said):
    page = send(sign_in("olga"), "milestones", "set", **{"due-1": line[0], "title-1": line[1]})
    refused(page, said)
    assert rows(office, Milestone) == []


# Lists


def test_a_task_is_put_on_a_list_and_taken_off(sign_in, matter, lists, office, cast):
    desk = sign_in("olga")
    held = {"list": "seven_lists", "leader": f"1:{cast.hugo}", "reason": "省委点名"}

    sent = send(desk, "lists", "join", **held)

    assert sent.status_code == 303
    [one] = rows(office, ListMembership)
    assert (one.leader_id, one.from_on, one.reason) == (cast.hugo, DAY, "省委点名")
    assert rows(office, Task)[0].policy_id != one.policy_id, "the list's stricter rules count"
    page = desk.get(sent.headers["location"]).text
    for words in ("<b>七张问题清单</b>", "挂牌领导hugo", "省委点名", "移出清单"):
        assert words in page
    assert "<dd>七张问题清单</dd>" in desk.get("/tasks/甲-1").text
    assert "省委点名" in desk.get("/lists/seven_lists").text

    refused(send(desk, "lists", "join", **held), "已在“七张问题清单”中")
    refused(send(desk, "lists", "leave", list="words"), "不在“一般清单”中")
    refused(send(desk, "lists", "leave", list="seven_lists", reason=""), "请写明理由")
    assert send(desk, "lists", "leave", list="seven_lists", reason="已办结").status_code == 303

    [one] = rows(office, ListMembership)
    assert (one.until_on, one.left_because) == (DAY, "已办结")
    assert rows(office, Task)[0].policy_id == one.policy_id
    assert "所属清单" not in desk.get("/tasks/甲-1").text


def test_the_tasks_page_names_the_lists_as_they_are_now(sign_in, matter, lists, office):
    edit(office, Task, 1, lists="《七张问题清单》、省级督办")
    desk = sign_in("olga")
    assert "<dd>省级督办</dd>" in desk.get("/tasks/甲-1").text, "it is on none that is kept"
    send(desk, "lists", "join", list="words")
    assert "<dd>省级督办、一般清单</dd>" in desk.get("/tasks/甲-1").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "请选择清单"),
        ({"list": "none"}, "请选择清单"),
        ({"list": "words", "reason": ""}, "请写明理由"),
        ({"list": "words", "leader": "1:999"}, "不在通讯录中"),
        ({"list": "words", "leader": "1:{mallory}"}, "mallory已登记回避本事项，不能挂牌"),
    ],
    ids="none unknown silent nobody aside".split(),
)
def test_what_cannot_be_listed_is_said(sign_in, matter, lists, office, cast, fields, said):
    keep_away(office, "甲-1", DAY - timedelta(days=1), official_id=cast.mallory)
    fields = {name: value.format(**cast.people) for name, value in fields.items()}

    page = send(sign_in("olga"), "lists", "join", **fields)

    refused(page, said)
    assert rows(office, ListMembership) == []
    if "reason" not in fields:
        assert "分工调整</textarea>" in page.text
    if fields.get("list") == "words":
        assert '<option value="words" selected>' in page.text
