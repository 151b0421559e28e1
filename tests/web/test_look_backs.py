"""The desk's page of look-backs: for whoever sees all, with nothing of what is restricted."""

from datetime import date

import pytest

from models import Task
from models.decision import Verdict
from tests.kept import edit, play
from tests.look_backs import FIRST, another_reviewer, check, put_down, sign_off, the_task
from tests.played import as_played
from tests.sign_offs import Bench

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGE = "/look-backs"


@pytest.fixture
def bench(office, cast, bench) -> Bench:
    """Two drawn, of which one was found to be a sham; one put down by hand."""
    ruth = another_reviewer(bench)

    def live() -> None:
        for number in ("甲-1", "甲-2"):
            sign_off(bench, number)
        sign_off(bench, "甲-3", date(2022, 3, 10))
        play(office, date(2022, 4, 1))
        check(bench, "甲-1", ruth, Verdict.SHAM, FIRST, reason="台账是补的")
        put_down(bench, "甲-3", FIRST)

    as_played(office.engine, "three that are looked back at", live)
    cast.people |= {"ruth": ruth}
    return bench


@pytest.mark.parametrize("name", ["olga", "hugo", "ruth"])
def test_whoever_sees_all_is_shown_the_samples_and_what_waits(bench: Bench, sign_in, name: str):
    browser = sign_in(name)

    page = browser.get(PAGE).text

    assert f'href="{PAGE}"' in browser.get("/").text
    assert "待查 2 件" in page
    assert "rectification 2022-04 " in page
    assert "甲-1" not in page
    for said in ("甲-2 的问题", "ruth", "督查办公室列入", "另由督查办公室列入 1 件，已查 0 件"):
        assert said in page


@pytest.mark.parametrize("name", ["alice", "carol", "dora", "mallory"])
def test_nobody_else_is(bench: Bench, sign_in, name: str):
    browser = sign_in(name)

    assert browser.get(PAGE).status_code == 404
    assert PAGE not in browser.get("/").text


def test_of_a_restricted_matter_a_reviewer_sees_number_and_dates(bench: Bench, office, sign_in):
    edit(office, Task, the_task(bench, "甲-2").id, restricted=True)

    shown, whole = sign_in("ruth").get(PAGE).text, sign_in("olga").get(PAGE).text

    assert "甲-2" in shown
    assert "甲-2 的问题" not in shown
    assert "甲-2 的问题" in whole


def test_before_the_first_sample_the_page_says_when_it_comes(office, cast, sign_in):
    page = sign_in("olga").get(PAGE).text

    assert "没有待查的回头看" in page
    assert "首次夜间检查" in page
