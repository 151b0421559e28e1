"""The four lists and those that the office keeps: the same matters, with the viewer's rights."""

import re
from datetime import date

import pytest
from sqlmodel import select

from flows.database import transaction
from flows.signing_in import offer_sign_in
from flows.signoff.lists import join
from models import ListMembership, Measure, Official, Task, Unit, WatchList
from seeds.load import load_rulebook
from tests.conftest import instant
from tests.kept import add, edit, rows
from tests.responsibility import act, keep_away
from tests.web.conftest import DAY, DUE, NOON
from tests.web.test_board import numbers

CAMPAIGN = "big_check"
FOUR = ("problems", "tasks", "responsibilities", "deadlines")


@pytest.fixture
def matters(office, cast):
    cast.task(
        "甲-1",
        DUE,
        title="校车监管不到位",
        goal="常态长效",
        supporting_units="区交通局",
        supervising_leader_id=cast.carol,
    )
    cast.task("甲-2", date(2022, 9, 30), title="机密的题目", restricted=True, goal="机密的目标")
    cast.task("甲-3", DUE, state="signed_off")
    add(office, *(Measure(task_id=1, position=n, text=f"第{n}条措施") for n in (1, 2)))
    add(
        office,
        WatchList(name="seven_lists", title="七张问题清单", source="", loaded_at=instant(DAY)),
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("problems", ["问题清单", "校车监管不到位", "巡视整改", "区教育局"]),
        ("tasks", ["任务清单", "常态长效", "第1条措施", "第2条措施", "alice"]),
        ("responsibilities", ["责任清单", "alice", "carol", "区交通局"]),
        ("deadlines", ["时限清单", "2022年7月13日", "超期 1 天"]),
    ],
)
def test_each_of_the_four_shows_the_open_matters_its_own_way(matters, sign_in, name, said):
    page = sign_in("hugo").get(f"/lists/{name}")

    assert numbers(page) == ["甲-1", "甲-2"]
    assert [words for words in said if words not in page.text] == []
    assert "2 件" in page.text


@pytest.mark.parametrize("name", FOUR)
def test_a_restricted_matter_shows_its_number_to_others(matters, sign_in, name):
    assert "机密" not in sign_in("hugo").get(f"/lists/{name}").text
    assert "限知事项" in sign_in("alice").get(f"/lists/{name}").text
    if name != "deadlines":
        assert "机密" in sign_in("olga").get(f"/lists/{name}").text


@pytest.mark.parametrize("name", FOUR)
def test_they_show_everybody_his_own(matters, office, cast, sign_in, name):
    keep_away(office, "甲-1", DAY, official_id=cast.hugo)
    keep_away(office, "甲-2", DAY, official_id=cast.carol)

    assert numbers(sign_in("hugo").get(f"/lists/{name}")) == ["甲-2"]
    assert numbers(sign_in("carol").get(f"/lists/{name}")) == ["甲-1"]
    assert numbers(sign_in("mallory").get(f"/lists/{name}")) == []


def test_a_list_that_is_kept_names_who_holds_it_since_when_and_why(matters, office, cast, sign_in):
    def deed(session, task, actor, calendar):
        seven = session.exec(select(WatchList)).one()
        said = {"leader_id": cast.hugo, "reason": "省委点名", "calendar": calendar}
        return join(session, task, seven, actor, **said)

    act(office, "甲-1", None, DAY, deed)
    act(office, "甲-2", None, DAY, deed)

    page = sign_in("alice").get("/lists/seven_lists")

    assert numbers(page) == ["甲-1", "甲-2"]
    for words in ("七张问题清单", "hugo", "2022年7月14日", "省委点名"):
        assert words in page.text
    assert page.text.count("省委点名") == 1
    assert sign_in("alice").get("/lists/none").status_code == 404


def test_what_raised_it_before_it_joined_is_said_on_its_page_and_the_nights(
    office, cast, sign_in, night
):
    cast.task("甲-1", DUE)
    night()
    with transaction(office.engine, NOON) as session:
        load_rulebook(session, now=NOON)

    def deed(session, task, actor, calendar):
        listed = session.exec(select(WatchList).where(WatchList.name == "listed_supervision")).one()
        join(session, task, listed, actor, leader_id=None, reason="挂牌", calendar=calendar)

    act(office, "甲-1", None, DAY, deed)
    desk = sign_in("olga")

    shown = desk.get("/tasks/甲-1").text
    assert "当前为蓝色：2022年7月14日夜间检查时，“截止日后 1 天”已到，升为蓝色。" in shown
    assert "依据：截止日后 1 天" in shown
    assert "时限变更" not in shown
    assert "截止日后 1 天" in desk.get(f"/nights/{DAY}").text


def test_its_page_names_the_lead_unit_and_keeps_the_lines_of_a_measure(
    office, cast, matters, sign_in
):
    lead = rows(office, Unit)[-1]
    edit(office, Task, 1, lead_unit_id=lead.id)

    shown = sign_in("olga").get("/tasks/甲-1").text

    assert f"<dt>牵头单位</dt><dd>{lead.name}</dd>" in shown
    assert '<ol class="measures as-written">' in shown
    assert "<dt>牵头单位</dt>" not in sign_in("olga").get("/tasks/甲-2").text


def test_they_come_in_pages(cast, sign_in):
    for n in range(120):
        cast.task(f"页-{n:03}", DUE)
    desk = sign_in("olga")

    assert len(numbers(desk.get("/lists/tasks"))) == 50
    assert numbers(desk.get("/lists/tasks?page=3"))[-1] == "页-119"
    for page in ("0", "99999", "x", "²"):
        assert desk.get(f"/lists/tasks?page={page}").status_code == 200
    assert len(numbers(desk.get("/lists/tasks?page=99999"))) == 20


def test_the_board_leads_there_in_one_line(matters, sign_in):
    found = re.findall(r'href="/lists/([a-z_]+)"', sign_in("alice").get("/").text)
    assert found == [*FOUR, "seven_lists"]


def test_nobody_sees_a_list_who_is_not_signed_in(matters, browser):
    assert browser.get("/lists/problems").status_code == 303


def test_in_english_everything_but_the_offices_own_words_is_english(matters, english, office, cast):
    with transaction(office.engine, NOON) as session:
        link = offer_sign_in(session, session.get_one(Official, cast.olga), NOON)
    english.post(f"/login/{link}")
    for name in FOUR:
        page = english.get(f"/lists/{name}").text
        assert f"<h1>{name.capitalize()}</h1>" in page
        assert "清单" not in page.replace("七张问题清单", "")


def test_a_campaign_has_totals_of_its_own(office, cast, sign_in):
    """Of what is on it and what left it closed; not of what was taken off while open."""
    for number, state in (("甲-1", "assigned"), ("甲-2", "assigned"), ("甲-3", "assigned")):
        cast.task(number, DUE, state=state)
    add(office, WatchList(name=CAMPAIGN, title="大排查大整治", source="", loaded_at=instant(DAY)))
    [kept] = rows(office, WatchList)
    put = {"reason": "专项行动", "list_id": kept.id, "from_on": DAY, "policy_id": cast.policy_id}
    add(office, *(ListMembership(task_id=n, **put) for n in (1, 2)))
    add(office, ListMembership(task_id=3, until_on=DAY, left_because="误列", **put))
    edit(office, Task, 2, state="signed_off")
    edit(office, Task, 1, colour="red")

    page = sign_in("hugo").get(f"/lists/{CAMPAIGN}").text

    assert "共列入 2 件：已销号 1" in page
    assert re.search(r"红色</span>\s*1", page)
