"""What turns colour next stands at the top of the board, for each reader of what is his."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from flows.database import transaction
from models import Task
from models.request_machine import RequestKind
from tests.flows.duties.files import duty, load
from tests.kept import colour, play, wind
from tests.requests import Asking
from tests.web.conftest import DAY, NOON
from web.turning import MOST

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def turning(page) -> list[tuple[str, str, str]]:
    found = re.search(r'<section class="today turning".*?</section>', page.text, re.DOTALL)
    shown = r'<li>(\S+) <span class="tag \w+">(..)</span> <a href="[^"]*">([^<]*)</a>'
    return re.findall(shown, found[0]) if found else []


def test_it_says_what_the_nights_to_come_will_bring(office, cast, night, sign_in):
    cast.task("甲-1", DAY + timedelta(days=1))
    cast.task("甲-2", DAY + timedelta(days=4), handler_id=cast.bob)
    cast.task("甲-3", DAY + timedelta(days=30))
    night()

    shown = {who: turning(sign_in(who).get("/")) for who in ("alice", "olga", "mallory")}

    first, later = ("2022年7月16日", "蓝色", "甲-1"), ("2022年7月21日", "黄色", "甲-1")
    other = ("2022年7月19日", "蓝色", "甲-2")
    assert shown == {"alice": [first, later], "olga": [first, other, later], "mallory": []}
    play(office, date(2022, 7, 16))
    assert (colour(office, "甲-1"), colour(office, "甲-2")) == ("blue", "green")


@pytest.mark.parametrize(("who", "sees"), [("olga", True), ("hugo", False), ("alice", False)])
def test_of_a_restricted_matter_only_number_and_colour(cast, night, sign_in, who, sees):
    cast.task("密-1", DAY + timedelta(days=2), title="某人的线索", restricted=True)
    night()

    page = sign_in(who).get("/")

    assert [number for _, _, number in turning(page)] == ["密-1"]
    assert ("某人的线索" in page.text) is sees


def test_of_too_many_the_next_night_is_told_or_only_how_many(office, cast, sign_in):
    kept = cast.task("甲-0", DAY).model_dump(exclude={"id"})

    def many(prefix: str, due_on: date) -> None:
        tasks = [{**kept, "number": f"{prefix}-{n}", "due_on": due_on} for n in range(MOST)]
        with transaction(office.engine, NOON) as session:
            session.execute(insert(Task), tasks)

    play(office, DAY)
    many("后", DAY + timedelta(days=3))
    later = sign_in("alice").get("/")
    many("先", DAY)

    soon = sign_in("alice").get("/")

    assert turning(later) == [("2022年7月15日", "蓝色", "甲-0")]
    assert (turning(soon), f"{MOST} 件以上变色" in soon.text) == ([], True)


def test_no_more_than_five_are_listed_and_the_rest_is_counted(cast, night, sign_in):
    for n in range(7):
        cast.task(f"甲-{n}", DAY + timedelta(days=2))
    night()

    page = sign_in("alice").get("/")

    assert len(turning(page)) == 5
    assert "共 7 次变色" in page.text


def test_what_is_suspended_turns_when_its_clock_runs_again(office, bench, clock, local):
    asking, court = Asking(bench), date(2022, 7, 15)
    bench.task("甲-1", date(2022, 7, 13))
    wind(office, DAY, court)
    asking.ask("甲-1", RequestKind.SUSPENSION, court, until_on=date(2022, 7, 18))
    asking.grant("甲-1", court)
    clock.now = NOON + timedelta(days=1)

    shown = turning(local(demo=True).get("/"))

    assert shown[0] == ("2022年7月19日", "蓝色", "甲-1")
    wind(office, date(2022, 7, 16), date(2022, 7, 19))
    assert colour(office, "甲-1") == "blue"


def test_whoever_sees_all_reads_which_duties_open_within_a_week(office, cast, night, sign_in):
    night()
    load(office, duty(recurrence='"FREQ=MONTHLY;BYMONTHDAY=20"'), DAY)

    page = sign_in("olga").get("/").text

    assert "将开出的周期任务" in page
    assert re.search(r'2022年7月\d+日 <a href="/duties/\w+">[^<]+</a>', page)
    assert "将开出的周期任务" not in sign_in("alice").get("/").text
