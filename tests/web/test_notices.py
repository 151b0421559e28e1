"""All notices at the desk: the newest first, by colour, state, unit and number."""

import re
from datetime import date

import pytest

from flows.replies import answer
from models import Notice, Task, Unit
from tests.kept import add, edit, reply, rows
from tests.responsibility import keep_away
from tests.web.conftest import DAY, DUE
from tests.web.test_board import numbers

PAGE = "/notices"


@pytest.fixture
def issued(office, cast, night):
    """Two of the education bureau, one of them answered; one of the water bureau, restricted."""
    add(office, Unit(name="区水利局"))
    cast.task("甲-1", date(2022, 5, 1), title="校车监管不到位")
    cast.task("甲-2", DUE)
    cast.task("水-1", DUE, title="某人的线索", restricted=True, unit_id=rows(office, Unit)[-1].id)
    night()
    reply(office, answer, cast.alice, "甲-2", on=DAY)


def test_each_says_colour_matter_dates_and_state(issued, sign_in):
    page = sign_in("olga").get(PAGE)

    assert sorted(numbers(page)) == ["水-1", "甲-1", "甲-2"]
    for said in (
        *("3 份", "红色", "蓝色", "定督〔2022〕1号", "校车监管不到位", "区教育局", "某人的线索"),
        *("2022年7月14日签发", "2022年7月15日", "待签收", "已答复"),
    ):
        assert said in page.text, said


def test_the_newest_come_first(issued, cast, night, sign_in):
    cast.task("甲-3", DUE)
    night(date(2022, 7, 15))

    assert numbers(sign_in("olga").get(PAGE))[0] == "甲-3"


def test_they_are_found_by_colour_state_unit_and_number(issued, sign_in):
    olga = sign_in("olga")

    def found(**wanted):
        return sorted(numbers(olga.get(PAGE, params=wanted)))

    assert found(colour="red") == ["甲-1"]
    assert found(state="answered") == ["甲-2"]
    assert found(unit="水利") == ["水-1"]
    assert found(number="甲-1") == ["甲-1"]
    assert len(found(number="定督〔2022〕2")) == 1
    assert found(colour="purple", state="?", page="x", number="\x00") == ["水-1", "甲-1", "甲-2"]
    assert found(colour="blue", state="answered", unit="教育") == ["甲-2"]
    assert "没有符合条件的预警单" in olga.get(PAGE, params={"unit": "无"}).text


def test_of_a_restricted_matter_others_see_number_colour_and_dates(issued, sign_in):
    hugo = sign_in("hugo")

    page = hugo.get(PAGE).text

    assert "水-1" in page
    assert "限知事项" in page
    assert "某人的线索" not in page
    assert "区水利局" not in page
    assert numbers(hugo.get(PAGE, params={"unit": "水利"})) == []


def test_whoever_stands_aside_is_not_shown_it(issued, office, cast, sign_in):
    keep_away(office, "甲-1", DAY, official_id=cast.hugo)

    assert sorted(numbers(sign_in("hugo").get(PAGE))) == ["水-1", "甲-2"]


def test_what_is_over_its_date_is_marked_while_it_is_owed(issued, office, cast, sign_in):
    olga = sign_in("olga")
    edit(office, Notice, 1, acknowledge_by=DUE, issued_on=DUE)
    edit(office, Notice, 2, acknowledge_by=DUE, issued_on=DUE)

    page = olga.get(PAGE).text

    lines = {number: line for line in page.split("<tr") for number in numbers_in(line)}
    assert 'class="over"' in lines["甲-1"]
    assert 'class="over"' not in lines["甲-2"], "it was answered"


def numbers_in(line):
    return re.findall(r'<a href="/tasks/[^"]*">([^<]*)</a>', line)


def test_fifty_on_a_page_and_the_filter_goes_along(office, cast, night, sign_in):
    for n in range(60):
        cast.task(f"甲-{n:02}", DUE)
    night()
    olga = sign_in("olga")

    first, second = (olga.get(PAGE, params={"colour": "blue", "page": n}) for n in (1, 2))

    assert (len(numbers(first)), len(numbers(second))) == (50, 10)
    assert 'href="/notices?colour=blue&amp;page=2"' in first.text
    assert "第 2 页，共 2 页，60 份" in second.text
    assert numbers(olga.get(PAGE, params={"page": 99})) == numbers(second)


def test_before_the_first_one_it_says_so(cast, sign_in):
    assert "还没有签发过预警单" in sign_in("olga").get(PAGE).text


def test_a_closed_matter_keeps_its_notices(issued, office, sign_in):
    edit(office, Task, rows(office, Task)[0].id, state="withdrawn", colour="green")

    assert len(numbers(sign_in("olga").get(PAGE))) == 3


def test_a_notice_is_printed_for_whoever_may_see_its_matter(cast, night, sign_in):
    cast.task("甲-1", DUE, title="校车监管不到位")
    night()

    assert 'href="/notices/1/print"' in sign_in("olga").get("/notices").text
    alice = sign_in("alice")
    told = alice.get("/tasks/甲-1").text
    page = alice.get("/notices/1/print")

    assert 'href="/notices/1/print"' in told
    assert "校车监管不到位" in page.text
    assert "定督〔2022〕1号" in page.text
    assert "style-src 'unsafe-inline'" in page.headers["content-security-policy"]
    assert "script" not in page.text
    for nowhere in ("/notices/2/print", "/notices/0/print", "/notices/99999999999/print"):
        assert alice.get(nowhere).status_code == 404
    assert sign_in("mallory").get("/notices/1/print").status_code == 404


def test_the_paper_of_a_restricted_matter_has_number_colour_and_dates_whoever_prints_it(
    cast, night, sign_in
):
    cast.task("密-1", DUE, title="某人的线索", restricted=True)
    night()

    page = sign_in("olga").get("/notices/1/print").text

    assert "密-1" in page
    assert "某人的线索" not in page
    assert "alice" not in page
