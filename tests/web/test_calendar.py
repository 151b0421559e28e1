"""The calendar at the desk: a year to look at, and one day to change."""

import re
from datetime import date

import pytest

from flows.database import reading
from flows.working_days import load_calendar
from web.months import months

PAGE = "/calendar"
SAID = {"on": "2022-07-15", "kind": "holiday", "why": "台风停工"}


def marked(page) -> list[str]:
    """The days with a mark, as they stand on the page."""
    return re.findall(r'<td class="(?:off|worked)[^>]*>(\d+)<i>(.)', page.text)


def change(browser, **said):
    """As the form does it that stands there now."""
    (seen,) = re.findall(r'name="seen" value="(\d+)"', browser.get(PAGE).text)
    return browser.post(PAGE, data=SAID | {"seen": seen} | said)


def kept(office):
    with reading(office.engine) as session:
        return load_calendar(session)


def test_a_year_shows_days_off_and_the_weekends_that_are_worked(office, cast, sign_in):
    page = sign_in("olga").get(PAGE)

    assert "2022 年工作日历" in page.text
    assert page.text.count("<caption>") == 12
    days = marked(page)
    assert days[:4] == [("3", "休"), ("29", "班"), ("30", "班"), ("31", "休")]
    assert len([one for one in days if one[1] == "班"]) == 7
    assert "日历已确定至" in page.text


def test_every_day_of_the_year_stands_there_once(office, cast):
    squares = [
        day.on
        for month in months(kept(office), 2024, date(2024, 2, 29))
        for week in month.weeks
        for day in week
        if day
    ]

    assert squares == sorted(set(squares))
    assert len(squares) == 366


def test_the_office_changes_a_day_with_its_reason(office, cast, sign_in):
    olga = sign_in("olga")

    done = change(olga)
    page = olga.get(done.headers["location"])

    assert done.headers["location"] == "/calendar?year=2022"
    assert not kept(office).is_working(date(2022, 7, 15))
    assert ("15", "休") in marked(page)
    assert "休*" in page.text
    assert "台风停工" in page.text
    assert "2022年7月15日" in page.text

    change(olga, kind="working", why="台风未到")
    assert kept(office).is_working(date(2022, 7, 15))
    page = olga.get(PAGE).text
    assert "<s>放假 · 台风停工</s> → 上班 · 台风未到" in page

    change(olga, kind="undo", why="误改")
    assert kept(office).edits == {}
    page = olga.get(PAGE).text
    assert "本年没有改动" in page
    assert re.findall(r"<br><span class=\"soft\">.* · (olga.*)</span>", page) == [
        "olga · 误改",
        "olga",
        "olga",
    ]


def test_a_day_that_somebody_changed_meanwhile_is_not_changed_unseen(office, cast, sign_in):
    olga = sign_in("olga")
    change(olga)

    answer = olga.post(PAGE, data=SAID | {"seen": "0", "kind": "working", "why": "照常"})

    assert answer.status_code == 422
    assert "您打开页面后，日历已被他人改动" in answer.text
    assert '<span class="stamp">新</span>2022-07-15' in answer.text
    assert not kept(office).is_working(date(2022, 7, 15))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"on": "7月"}, "“7月”不是可用的日期"),
        ({"on": "2022-02-30"}, "2022-02-30 这一天不存在"),
        ({"on": "0001-01-01"}, "不是可用的日期"),
        ({"kind": "maybe"}, "请选择上班或放假"),
        ({"why": " "}, "请写明理由"),
    ],
    ids=["no date", "no such day", "long ago", "neither", "no reason"],
)
def test_what_cannot_be_is_said_and_nothing_changes(
    office, cast, sign_in, digest_of_database, changed, said
):
    olga = sign_in("olga")
    before = digest_of_database()

    answer = olga.post(PAGE, data=SAID | {"seen": "0"} | changed)

    assert answer.status_code == 422
    assert said in answer.text
    assert digest_of_database() == before


@pytest.mark.parametrize("year", ["2021", "2023", "1", "99999", "x", "²²²²", "0000", "9999"])
def test_any_year_can_be_looked_at(cast, sign_in, year):
    page = sign_in("olga").get(PAGE, params={"year": year})

    assert page.status_code == 200
    assert page.text.count("<caption>") == 12


def test_a_year_that_is_not_known_says_that_it_is_provisional(cast, sign_in):
    page = sign_in("olga").get(f"{PAGE}?year=2050").text

    assert "本年暂定" in page


def test_near_the_end_of_what_is_known_it_warns(office, cast, local, clock):
    clock.now = clock.now.replace(year=2050)
    at_the_machine = local(demo=True)  # no session, which would have ended long ago

    assert "请尽快录入下一年的放假安排" in at_the_machine.get(PAGE).text


@pytest.mark.parametrize("who", ["alice", "dora", "hugo", "mallory"])
def test_nobody_else_changes_it(office, cast, sign_in, who):
    browser = sign_in(who)

    assert browser.post(PAGE, data=SAID).status_code == 404
    assert kept(office).is_working(date(2022, 7, 15))
    assert 'method="post" action="/calendar"' not in browser.get(PAGE).text


def test_a_form_from_elsewhere_is_turned_away(cast, sign_in):
    sent = sign_in("olga").post(PAGE, data=SAID, headers={"Origin": "http://evil.example"})
    assert sent.status_code == 403
