"""The nights at the desk: what each came to, the gaps between them, what one of them raised."""

import re
from datetime import date, timedelta

import pytest

from models import Message, Night, Official
from tests.kept import digests, edit, rows
from tests.played import wound
from tests.responsibility import keep_away
from tests.web.conftest import DAY, DUE
from tests.web.test_board import numbers

PAGE = "/nights"
ONE = f"{PAGE}/{DAY}"


@pytest.fixture
def played(office, cast, night):
    """Three nights in a row, a gap of three days, one more that raises three matters."""
    wound(office, date(2022, 7, 8), date(2022, 7, 10))
    cast.task("甲-1", date(2022, 5, 1), title="校车监管不到位")
    cast.task("甲-2", DUE)
    cast.task("密-1", DUE, title="某人的线索", restricted=True)
    night()


def dates(page) -> list[str]:
    return re.findall(r'<td class="date"><a href="/nights/([^"]+)"', page.text)


def test_each_night_says_what_it_came_to(played, sign_in):
    page = sign_in("olga").get(PAGE)

    assert dates(page) == ["2022-07-14", "2022-07-10", "2022-07-09", "2022-07-08"]
    for said in (
        *("共 4 次", "2022年7月14日 02:00", "本机直接执行", "红色 1", "蓝色 2"),
        *("待发送 5", "没有执行：2022年7月11日至2022年7月13日（3 天）"),
    ):
        assert said in page.text, said
    assert page.text.count("没有执行") == 1


def test_a_gap_up_to_today_shows_and_today_itself_may_still_come(office, cast, sign_in):
    wound(office, date(2022, 7, 10), date(2022, 7, 13))
    assert "没有执行" not in sign_in("olga").get(PAGE).text
    edit(office, Night, rows(office, Night)[-1].id, on=date(2022, 7, 1))

    assert "没有执行：2022年7月13日<" in sign_in("olga").get(PAGE).text


def test_a_month_on_a_page_and_no_gap_is_lost_between_two(office, cast, sign_in):
    wound(office, date(2022, 6, 1), date(2022, 6, 10))
    wound(office, date(2022, 6, 13), DUE + timedelta(days=1))
    olga = sign_in("olga")

    first, second = (olga.get(PAGE, params={"page": n}) for n in (1, 2))

    assert (len(dates(first)), len(dates(second))) == (31, 11)
    assert "没有执行：2022年6月11日至2022年6月12日" in second.text
    assert "第 2 页，共 2 页，42 次" in second.text
    assert "没有执行" not in first.text


def test_a_night_that_died_says_how_far_it_came(played, office, sign_in):
    died = rows(office, Night)[-1]
    edit(office, Night, died.id, step="issued", closed_at=None, result="")
    olga = sign_in("olga")

    assert "没有做完，停在：签发预警单" in olga.get(PAGE).text
    page = olga.get(ONE).text
    assert "归档本次检查：没有做" in page
    assert "编写督办邮件：没有做" in page


def test_one_night_says_its_steps_and_the_matters_it_raised(played, office, sign_in):
    edit(office, Message, digests(office)[0].id, state="dead")

    page = sign_in("olga").get(ONE)

    assert numbers(page) == ["甲-1", "甲-2", "密-1"]
    for said in (
        *("2022年7月14日夜间检查", "3 件在办事项", "校车监管不到位", "某人的线索", "区教育局"),
        *("绿色", "红色", "截止日后", "定督〔2022〕1号", "归档本次检查", "无法送达 1"),
        *('href="/nights/2022-07-10"', "这一夜升级的 3 件"),
    ):
        assert said in page.text, said
    assert "没有做" not in page.text


def test_of_a_restricted_matter_others_see_number_and_colour(played, office, cast, sign_in):
    keep_away(office, "甲-2", DAY, official_id=cast.hugo)

    page = sign_in("hugo").get(ONE)

    assert numbers(page) == ["甲-1", "密-1"]
    assert "某人的线索" not in page.text
    assert "限知事项" in page.text


def test_for_whom_nobody_could_be_found_is_named(office, cast, night, sign_in):
    cast.task("甲-1", DUE)
    edit(office, Official, cast.alice, email=None)
    night()

    page = sign_in("olga").get(ONE)

    assert "找不到责任人" in page.text
    assert numbers(page) == ["甲-1", "甲-1"]


@pytest.mark.parametrize("on", ["2022-07-12", "2022-13-01", "x", "20220714", "9999-99-99"])
def test_a_night_that_was_not_played_is_not_found(played, sign_in, on):
    assert sign_in("olga").get(f"{PAGE}/{on}").status_code == 404


@pytest.mark.parametrize("who", ["alice", "carol", "dora", "mallory"])
def test_who_does_not_see_all_sees_no_night(played, sign_in, who):
    assert sign_in(who).get(ONE).status_code == 404


def test_before_the_first_night_the_page_says_so(cast, sign_in):
    assert "还没有执行过夜间检查" in sign_in("olga").get(PAGE).text
