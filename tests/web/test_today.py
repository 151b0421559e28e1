"""The office's morning at the top of the board."""

import re
from datetime import date, timedelta

import pytest

from models import Message, Night, Suppression
from tests.kept import add, digests, edit, rows
from tests.web.conftest import DAY, DUE, NOON


def today(page) -> str:
    found = re.search(r'<section class="today".*?</section>', page.text, re.DOTALL)
    return found[0] if found else ""


@pytest.fixture
def warned(cast, night):
    cast.task("甲-1", date(2022, 5, 1))
    cast.task("甲-2", DUE)
    night()


def test_it_says_what_the_last_night_came_to_and_leads_there(warned, office, cast, sign_in):
    edit(office, Message, digests(office, cast.alice)[0].id, state="dead")

    shown = today(sign_in("olga").get("/"))

    for said in (
        *("2022年7月14日夜间检查", "检查 2 件", "红色 1", "蓝色 1", "预警单 2 份"),
        *("无法送达 1", "历史记录", "链头"),
    ):
        assert said in shown, said
    led = set(re.findall(r'href="([^"]+)"', shown))
    assert led == {
        *("/nights/2022-07-14", "/notices", "/outbox?state=dead", "/outbox?state=queued"),
        *("/people/unreachable", "/audit", "/outbox/burden"),
    }


def test_what_wants_somebody_is_said(warned, office, sign_in):
    until = NOON + timedelta(days=90)
    add(
        office,
        Suppression(
            address="alice@dinghai.example", reason="550", status="5.1.1", at=NOON, until=until
        ),
    )
    edit(office, Night, rows(office, Night)[-1].id, on=DAY - timedelta(days=3))

    shown = today(sign_in("olga").get("/"))

    assert "已有 3 天没有执行夜间检查" in shown
    assert "1 人邮件无法送达" in shown


def test_near_the_end_of_the_calendar_it_says_so(cast, local, clock):
    clock.now = clock.now.replace(year=2050)

    assert 'href="/calendar"' in today(local(demo=True).get("/"))


def test_before_the_first_night_it_says_so(cast, sign_in):
    assert "还没有执行过夜间检查" in today(sign_in("olga").get("/"))


@pytest.mark.parametrize("who", ["alice", "carol", "dora", "hugo", "mallory"])
def test_it_is_for_the_office_and_administrators(warned, sign_in, who):
    assert today(sign_in(who).get("/")) == ""
