"""The figures by unit and colour: each leads to its matters; and nothing restricted is in them."""

import re
from datetime import date

import pytest
from sqlalchemy import insert

from flows.database import transaction
from flows.papers import wall
from models import Task, Unit
from models.signoff import TaskState
from tests.conftest import instant
from tests.kept import rows
from tests.web.conftest import DAY, DUE, NOON
from tests.web.test_board import numbers

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LONG_AGO = date(2022, 5, 1)


@pytest.fixture
def tree(office, cast, night):
    """A unit of the office's, with matters; a school below it; and one far away without a tree."""
    with transaction(office.engine, NOON) as session:
        school = Unit(name="城东小学", parent_id=cast.unit)
        session.add(school)
        session.flush()
        school_id = school.id
    cast.task("甲-1", LONG_AGO)
    cast.task("甲-2", DUE)
    cast.task("甲-3", date(2022, 9, 1))
    cast.task("校-1", DUE, unit_id=school_id)
    cast.task("校-2", date(2022, 9, 1), unit_id=school_id, state=TaskState.SIGNED_OFF)
    cast.task("密-1", DUE, title="某人的线索", restricted=True)
    night()
    return school_id


def cells(page) -> list[tuple[str, list[str]]]:
    """The rows of the last table: a unit and its figures."""
    table = re.findall(r'<table class="figures">.*?</table>', page.text, re.DOTALL)[-1]
    plain = [
        re.sub(r"<[^>]*>", " ", row).split()
        for row in re.findall(r"<tr>.*?</tr>", table, re.DOTALL)
    ]
    return [(row[0], row[1:]) for row in plain]


def test_a_unit_counts_with_those_below_it_or_alone(tree, sign_in):
    browser = sign_in("olga")

    assert cells(browser.get("/figures")) == [
        ("责任单位", ["红色", "黄色", "蓝色", "绿色", "合计"]),
        ("区教育局", ["1", "0", "2", "1", "4"]),
        ("合计", ["1", "0", "2", "1", "4"]),
    ]
    assert cells(browser.get("/figures?flat=yes"))[1:] == [
        ("区教育局", ["本级", "1", "0", "1", "1", "3"]),
        ("城东小学", ["0", "0", "1", "0", "1"]),
        ("合计", ["1", "0", "2", "1", "4"]),
    ]


@pytest.mark.parametrize("page", ["/figures", "/figures?flat=yes"])
def test_each_figure_leads_to_as_many_matters(tree, sign_in, page):
    browser = sign_in("olga")
    shown = browser.get(page).text

    led = re.findall(r'<a href="(/\?under=[^"]*)">(\d+)</a>', shown)

    assert len(led) >= 4
    for path, n in led:
        found = numbers(browser.get(path.replace("&amp;", "&")))
        assert len(found) == int(n), path
        assert "密-1" not in found
    assert numbers(browser.get(f"/?under={tree}")) == ["校-1"]


@pytest.mark.parametrize("who", ["olga", "hugo"])
def test_nothing_restricted_is_counted_or_on_the_wall(tree, sign_in, who):
    browser = sign_in(who)
    hung = browser.get("/figures/wall").text

    everything = browser.get("/figures").text + browser.get("/figures?flat=yes").text + hung

    assert "某人" not in everything
    assert "密-1" not in everything
    assert re.findall(r'<p class="number"><b>(..)</b>([^<]*)</p>', hung) == [
        *(("红色", "甲-1"), ("蓝色", "甲-2"), ("绿色", "甲-3"), ("蓝色", "校-1")),
    ]
    assert "在办 4" in re.sub(r"<[^>]*>", "", hung)


def test_of_more_than_a_wall_holds_the_worst_are_on_it_and_it_says_so(tree, sign_in, monkeypatch):
    monkeypatch.setattr(wall, "MOST", 3)
    said = sign_in("olga").get("/figures/wall").text

    assert re.findall(r'<p class="number"><b>(..)</b>([^<]*)</p>', said) == [
        *(("红色", "甲-1"), ("蓝色", "甲-2"), ("蓝色", "校-1")),
    ]
    assert "最紧急的 3" in re.sub(r"<[^>]*>", "", said)
    assert "其余在办事项见台账" in said


def test_without_matters_the_pages_say_so(cast, sign_in):
    browser = sign_in("olga")

    assert browser.get("/figures").text.count('class="empty"') == 2
    assert "没有可上墙的在办事项" in browser.get("/figures/wall").text


def test_a_thousand_units_have_pages(office, cast, sign_in):
    """And the wall has as many sheets as it takes, of which one is sent."""
    at = instant(DAY)
    unit = {"parent_id": cast.unit}
    with transaction(office.engine, at) as session:
        session.execute(insert(Unit), [{"name": f"单位{n}", **unit} for n in range(1000)])
    ids = [one.id for one in rows(office, Unit) if one.name.startswith("单位")]
    kept = cast.task("甲-0", DUE).model_dump(exclude={"id"})
    tasks = [{**kept, "number": f"乙-{n}", "unit_id": ids[n]} for n in range(1000)]
    with transaction(office.engine, at) as session:
        session.execute(insert(Task), tasks)
    browser = sign_in("olga")

    page = browser.get("/figures?flat=yes&page=2")
    wall = browser.get("/figures/wall?page=3")

    assert len(cells(page)) == 52
    assert "第 2 页，共 21 页" in page.text
    assert len(page.content) < 100_000
    assert wall.text.count('<section class="sheet">') == 1
    assert "第 3 张，共 42 张" in wall.text
    assert "page=all" not in wall.text, "too many for one page"
    assert browser.get("/figures/wall?page=all").text.count('<section class="sheet">') == 1
    assert len(wall.content) < 100_000


def test_what_is_no_unit_counts_as_not_asked(tree, sign_in):
    browser = sign_in("olga")

    for odd in ("x", "-1", "99999999999", "0", "' OR 1=1"):
        assert browser.get("/figures", params={"under": odd}).status_code == 200
        assert browser.get("/", params={"under": odd}).status_code == 200


def test_under_a_unit_nobody_sees_more_than_his_own(tree, cast, sign_in):
    assert numbers(sign_in("mallory").get(f"/?under={cast.unit}")) == []


def test_a_few_sheets_are_printed_at_once(cast, sign_in):
    for n in range(60):
        cast.task(f"甲-{n}", DUE)
    browser = sign_in("olga")

    one, both = (browser.get(f"/figures/wall{said}").text for said in ("", "?page=all"))

    assert 'href="/figures/wall?page=all"' in one
    assert [page.count('<section class="sheet">') for page in (one, both)] == [1, 2]
