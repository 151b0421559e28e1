"""Whoever keeps away from a task sees nothing of it: by link, on the desk, in search and count."""

import re
from datetime import date, timedelta

import pytest

from flows.replies import acknowledge
from models import Absence, Post, Task, Unit
from models.organisation import PostKind
from tests.flows.duties.files import duty
from tests.flows.duties.files import load as load_duty
from tests.flows.measures.files import load as load_series
from tests.flows.measures.files import say
from tests.kept import add, play, reply, rows
from tests.petitions import load_kind, receive
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


# What lists matters in ways of its own


@pytest.mark.parametrize("path", ["/petitions", "/petitions/print", "/figures/wall"])
def test_no_list_and_no_paper_of_the_desk_tells_him_of_it(office, cast, sign_in, path):
    for name in ("petition", "feedback"):
        load_kind(office, name)
    receive(office, DAY, "信-1")
    before = sign_in("hugo").get(path).text
    assert "道路积水" in before

    keep_away(office, "信-1", DAY, official_id=cast.hugo)

    page = sign_in("hugo").get(path)
    assert page.status_code == 200
    assert not re.search("道路积水|信-1", page.text)


def test_the_register_of_feedback_does_not_either(office, cast, sign_in):
    load_kind(office, "feedback")
    add(office, Post(official_id=cast.bob, unit_id=1, kind=PostKind.OFFICE))
    sign_in("olga").post("/feedback", data={"words": "路灯不亮"})
    [task] = rows(office, Task)

    keep_away(office, task.number, DAY, official_id=cast.bob)

    assert task.number not in sign_in("bob").get("/feedback-register").text
    assert task.number in sign_in("olga").get("/feedback-register").text


def test_duties_and_measurements_do_not_either(office, cast, sign_in):
    load_duty(office, duty(), date(2022, 6, 20))
    load_series(office)
    play(office, date(2022, 6, 30))
    say(office, "2022-06", "-3", on=date(2022, 7, 8))
    numbers_of = {"/duties/summary": "信汇〔2022〕1号", "/measurements/growth": "码跟〔2022〕1号"}
    for path, number in numbers_of.items():
        assert number in sign_in("hugo").get(path).text

        keep_away(office, number, DAY, official_id=cast.hugo)

        assert number not in sign_in("hugo").get(path).text
        assert number not in sign_in("hugo").get("/duties").text
