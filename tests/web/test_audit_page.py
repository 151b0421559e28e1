"""The chained history at the desk: its head, its links, and how to prove it."""

import re
from datetime import date

import pytest
from sqlalchemy import text

from flows import history
from flows.database import reading, transaction
from flows.establishment.officials import Said, add_official
from flows.history import CHAINED
from flows.signoff.actor import Actor
from flows.working_days import DaySaid, set_days
from models.proof import Assurance
from notifications.wording import word
from tests.web.conftest import DAY, DUE, NOON

PAGE = "/audit"


def links(page) -> list[int]:
    return [int(n) for n in re.findall(r'<td class="number">(\d+)</td>', page.text)]


def test_it_shows_the_head_and_each_link_with_its_instant(office, cast, night, sign_in):
    cast.task("甲-1", DUE)
    night()
    with reading(office.engine) as session:
        number, newest = history.head(session)

    page = sign_in("hugo").get(PAGE)

    assert links(page) == list(range(number, 0, -1))
    assert page.text.count(newest) == 2, "as the head, and in its line"
    for said in ("sise audit verify", "2022年7月14日 02:00", "状态变动 1", "时限 1"):
        assert said in page.text, said
    assert "<button" not in page.text.partition("<main")[2]


def test_a_link_whose_rows_are_gone_is_marked(office, cast, sign_in):
    cast.task("甲-1", DUE)
    with transaction(office.engine, NOON) as session:
        session.execute(text("DELETE FROM deadline_change"))

    assert "所载记录已不在" in sign_in("olga").get(PAGE).text


def test_they_come_in_pages(cast, sign_in):
    for n in range(60):
        cast.task(f"甲-{n}", DUE)
    olga = sign_in("olga")

    assert links(olga.get(PAGE)) == list(range(60, 10, -1))
    assert links(olga.get(f"{PAGE}?page=2")) == list(range(10, 0, -1))


def test_every_table_of_the_history_has_a_word():
    for table in CHAINED:
        assert word(f"history.{table.name}")


@pytest.mark.parametrize("who", ["alice", "dora", "mallory"])
def test_who_does_not_see_all_does_not_see_it(cast, sign_in, who):
    assert sign_in(who).get(PAGE).status_code == 404


def test_before_anything_happened_it_says_so(cast, sign_in):
    assert "还没有历史记录" in sign_in("olga").get(PAGE).text


@pytest.mark.parametrize(("who", "sees"), [("olga", True), ("hugo", False)])
def test_of_people_only_those_read_who_keep_them(office, cast, sign_in, who, sees):
    olga = Actor(cast.olga, "olga", Assurance.SESSION, DAY, NOON)
    with transaction(office.engine, NOON) as session:
        add_official(session, olga, Said("李四", cast.unit, "li@dinghai.example"))
        set_days(session, olga, [DaySaid(date(2022, 7, 15), False, "台风停工")])

    page = sign_in(who).get("/audit/changes").text

    assert ("li@dinghai.example" in page, "李四" in page) == (sees, sees)
    assert "放假 · 台风停工" in page
