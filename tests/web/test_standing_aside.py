"""Whoever keeps away from a task sees nothing of it: by link, on the desk, in search and count."""

import re
from datetime import timedelta

import pytest

from flows.replies import acknowledge
from models import Absence, Post, Unit
from models.organisation import PostKind
from tests.kept import add, reply
from tests.responsibility import keep_away
from tests.web.conftest import DAY
from tests.web.test_board import numbers

LONG_AGO = DAY.replace(month=5)


def total(page) -> str:
    return re.search(r'class="tile all[^>]*><b>(\d+)</b>', page.text)[1]


def test_his_link_says_so_and_shows_nothing(office, cast, night, link, browser, digest_of_database):
    cast.task("甲-1", LONG_AGO, title="机密的题目")
    night()
    mine, everything = link("carol", "甲-1"), link("carol")
    keep_away(office, "甲-1", DAY, official_id=cast.carol)
    before = digest_of_database()

    page = browser.get(mine)
    acted = browser.post(mine, data={"receipt": "2", "act": "acknowledge", "who": "self"})

    for said in (page, acted):
        assert said.status_code == 403
        assert "您已回避本事项" in said.text
        assert not re.search("机密|甲-1", said.text)
    assert "甲-1" not in browser.get(everything).text
    assert digest_of_database() == before


def test_the_link_of_his_deputy_shows_nothing_either(office, cast, night, link, browser):
    add(office, Absence(official_id=cast.carol, deputy_id=cast.bob, from_on=DAY))
    cast.task("甲-1", LONG_AGO)
    night()
    deputy = link("bob", "甲-1")
    keep_away(office, "甲-1", DAY, official_id=cast.carol)

    assert browser.get(deputy).status_code == 403


def test_what_was_done_before_is_not_shown_on_his_other_link(office, cast, night, link, browser):
    cast.task("甲-1", LONG_AGO)
    night()

    reply(office, acknowledge, cast.carol, "甲-1", on=DAY)
    assert "甲-1" in browser.get(link("carol")).text

    keep_away(office, "甲-1", DAY, official_id=cast.carol)

    assert "甲-1" not in browser.get(link("carol")).text


@pytest.mark.parametrize("whom", ["carol", "hugo"])
def test_the_desk_shows_him_neither_the_task_nor_its_number(office, cast, sign_in, whom):
    cast.task("甲-1", LONG_AGO)
    cast.task("甲-2", LONG_AGO)
    keep_away(office, "甲-1", DAY, official_id=cast.people[whom])

    desk = sign_in(whom)

    assert numbers(desk.get("/")) == ["甲-2"]
    assert total(desk.get("/")) == "1"
    assert numbers(desk.get("/?number=甲-1")) == []
    assert desk.get("/tasks/甲-1").status_code == 404
    assert numbers(sign_in("olga").get("/")) == ["甲-1", "甲-2"]


def test_a_deputy_sees_it_by_his_own_right_only(office, cast, sign_in):
    add(office, Absence(official_id=cast.carol, deputy_id=cast.bob, from_on=DAY))
    cast.task("甲-1", LONG_AGO)
    cast.task("甲-2", LONG_AGO, handler_id=cast.bob)
    for number in ("甲-1", "甲-2"):
        keep_away(office, number, DAY, official_id=cast.carol)

    assert numbers(sign_in("bob").get("/")) == ["甲-2"]


def test_a_whole_unit_sees_nothing(office, cast, sign_in):

    with_post = Unit(name="区审计局")
    add(office, with_post)
    add(office, Post(official_id=cast.hugo, unit_id=3, kind=PostKind.HANDLER))
    cast.task("甲-1", LONG_AGO)
    keep_away(office, "甲-1", DAY, unit_id=3)

    assert numbers(sign_in("hugo").get("/")) == []


def test_when_it_is_over_the_desk_shows_it_again(office, cast, sign_in):
    cast.task("甲-1", LONG_AGO)
    eve = DAY - timedelta(days=1)
    keep_away(office, "甲-1", eve, official_id=cast.carol, until_on=eve)

    assert numbers(sign_in("carol").get("/")) == ["甲-1"]
