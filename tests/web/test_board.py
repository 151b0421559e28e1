"""The desk: who sees which tasks, and in which order."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from flows.database import transaction
from models import Absence, Message, Notice, Official, Post, Receipt, Task, Unit
from models.organisation import PostKind
from models.signoff import TaskState
from models.warning import Colour
from tests.kept import digests, edit
from tests.web.conftest import DAY, DUE, NOON


def numbers(page):
    """Of the list itself: above it stands what turns colour next."""
    listed = re.sub(r'<section class="today turning".*?</section>', "", page.text, flags=re.DOTALL)
    return re.findall(r'<a href="/tasks/[^"]*">([^<]*)</a>', listed)


@pytest.fixture
def elsewhere(office, cast):
    """A task of another unit, handled by Mallory, who has nothing to do with the others."""
    with transaction(office.engine, NOON) as session:
        unit = Unit(name="区水利局")
        session.add(unit)
        session.flush()
        unit_id = unit.id
    return cast.task("水-1", DUE, unit_id=unit_id, handler_id=cast.mallory)


def test_without_a_session_the_desk_asks_to_sign_in(browser, cast):
    for path in ("/", "/tasks/甲-1"):
        page = browser.get(path)
        assert (page.status_code, page.headers["location"]) == (303, "/login")
    assert "请先登录" in browser.get("/login").text


def test_the_office_and_the_commission_see_everything_others_their_own(
    cast, elsewhere, sign_in, office
):
    cast.task("甲-1", DUE)
    with transaction(office.engine, NOON) as session:
        ivy = Official(name="ivy", unit_id=cast.unit, email="ivy@dinghai.example")
        session.add(ivy)
        session.flush()
        cast.people["ivy"] = ivy.id
        session.add(Post(official_id=ivy.id, unit_id=cast.unit, kind=PostKind.REVIEWER))

    seen = {name: set(numbers(sign_in(name).get("/"))) for name in cast.people}

    both, own = {"甲-1", "水-1"}, {"甲-1"}
    assert seen == {
        "alice": own,
        "bob": set(),
        "carol": own,
        "dora": own,
        "mallory": {"水-1"},
        "olga": both,
        "hugo": both,
        "ivy": both,
    }


def test_a_handler_does_not_see_a_colleagues_task(cast, sign_in):
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE, handler_id=cast.bob)

    assert numbers(sign_in("alice").get("/")) == ["甲-1"]


def test_whoever_was_told_of_a_task_may_see_it(cast, elsewhere, night, sign_in, office):
    night()
    with transaction(office.engine, NOON) as session:
        notice = session.scalars(select(Notice)).one()
        session.add(
            Receipt(
                notice_id=notice.id,
                official_id=cast.bob,
                capacity="unit_head",
                duty="acknowledge",
                given_on=DAY,
            )
        )

    assert numbers(sign_in("bob").get("/")) == ["水-1"]
    assert sign_in("bob").get("/tasks/水-1").status_code == 200


def test_a_task_that_is_not_his_does_not_exist_for_him(cast, elsewhere, sign_in):
    alice = sign_in("alice")

    hidden, unknown = alice.get("/tasks/水-1"), alice.get("/tasks/没有")

    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text == unknown.text


def test_the_worst_come_first_and_each_colour_is_counted(cast, night, sign_in):
    for number, due in (
        ("绿", date(2022, 8, 1)),
        ("蓝", DUE),
        ("黄", date(2022, 7, 1)),
        ("红", date(2022, 5, 1)),
        ("红红", date(2022, 4, 1)),
    ):
        cast.task(number, due)
    night()

    page = sign_in("olga").get("/")

    assert numbers(page) == ["红红", "红", "黄", "蓝", "绿"]
    assert re.findall(r"<b>(\d+)</b><span>(.*?)</span>", page.text) == [
        ("5", "全部"),
        ("1", "绿色"),
        ("1", "蓝色"),
        ("1", "黄色"),
        ("2", "红色"),
    ]
    assert all(said in page.text for said in ("定督〔2022〕", "待签收", "超期 1 天", "区教育局"))


def test_filters_by_colour_unit_and_number(cast, elsewhere, night, sign_in):
    cast.task("甲-1", date(2022, 5, 1))
    cast.task("甲_1", date(2022, 9, 1))
    cast.task("完-1", DUE, state=TaskState.SIGNED_OFF)
    night()
    olga = sign_in("olga")

    def found(**asked):
        return numbers(olga.get("/", params=asked))

    assert found(colour="red") == ["甲-1"]
    assert found(unit="水利") == ["水-1"]
    assert found(number="甲_") == ["甲_1"], "an underscore is only itself"
    assert found(number="完") == ["完-1"], "a search by number finds what is closed"
    assert found(number="水-1 的") == ["水-1"], "a title is found too"
    assert found(colour="purple", page="-3") == ["甲-1", "水-1", "甲_1"]
    assert found(number="\x00") == ["甲-1", "水-1", "甲_1"]
    assert "没有符合条件的事项" in olga.get("/?unit=无").text


def test_fifty_on_a_page_and_the_filter_goes_along(cast, office, sign_in):
    first = cast.task("甲-000", DUE)
    same = first.model_dump(exclude={"id", "number", "colour"})
    with transaction(office.engine, NOON) as session:
        session.execute(
            insert(Task),
            [{**same, "number": f"甲-{n:03}", "colour": Colour.BLUE} for n in range(1, 121)],
        )
    olga = sign_in("olga")

    pages = [numbers(olga.get("/", params={"colour": "blue", "page": n})) for n in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [50, 50, 20, 20]
    assert pages[3] == pages[2], "beyond the last page is the last"
    assert len({number for page in pages for number in page}) == 120
    second = olga.get("/?colour=blue&page=2").text
    assert "第 2 页，共 3 页，120 件" in second
    assert 'href="/?colour=blue&amp;page=3"' in second


@pytest.mark.parametrize(("name", "shown"), [("olga", True), ("hugo", False), ("dora", False)])
def test_a_restricted_task_hides_its_title_from_all_but_the_office(
    cast, night, sign_in, name, shown
):
    cast.task("密-1", DUE, title="某人的线索", restricted=True, remarks="密件备注", goal="密标")
    night()
    reader = sign_in(name)

    board, page = reader.get("/"), reader.get("/tasks/密-1")

    assert ("某人的线索" in board.text) is ("某人的线索" in page.text) is shown
    assert ("密件备注" in page.text) is ("密标" in page.text) is shown
    assert ("限知事项" in board.text) is (not shown)
    assert (numbers(reader.get("/?unit=教育")) == ["密-1"]) is shown, "or the filter would tell"


def test_the_task_page_tells_the_whole_story(cast, night, sign_in, browser, link):
    cast.task("甲/乙-1", DUE, title="长故事")
    night()
    path = link("alice", "甲/乙-1")
    receipt = re.search(r'name="receipt" value="(\d+)"', browser.get(path).text)[1]
    browser.post(
        path,
        data={
            "receipt": receipt,
            "who": "proxy",
            "name": "李娜",
            "act": "answer",
            "words": "整改已完成，正在公示。",
        },
    )

    page = sign_in("olga").get("/tasks/甲/乙-1")

    assert page.status_code == 200
    for said in (
        "长故事",
        "为什么是蓝色",
        "定督〔2022〕1号",
        "责任人",
        "由李娜代办",
        "答复进展",
        "开始办理",
        "邮件致",
        "整改时限",
        "2022年8月13日",
    ):
        assert said in page.text, said
    assert page.text.count("整改已完成，正在公示。") == 2, "once as the act, once on the notice"


def test_the_task_page_shows_what_raised_a_colour_and_whom_no_mail_reached(
    cast, night, sign_in, office
):
    cast.task("甲-1", DUE - timedelta(weeks=1))
    for n in range(8):
        night(DUE + timedelta(days=n - 6))
    carols = digests(office, cast.carol)[-1]
    edit(office, Message, carols.id, state="dead", next_at=NOON)

    page = " ".join(sign_in("olga").get("/tasks/甲-1").text.split())

    assert "2022年7月13日夜间检查时，“蓝色预警单答复期限后 1 天”已到，升为黄色" in page
    assert "已触发，2022年7月13日据此升级" in page
    assert page.count("邮件未送达（邮箱拒收）") == page.count("邮件待发送") == 1


def test_the_demo_needs_no_sign_in_on_this_machine_and_only_there(cast, local, browser):
    cast.task("甲-1", DUE)

    here = local(demo=True)

    page = here.get("/")
    assert numbers(page) == ["甲-1"]
    for step in ("演示", "台账", "夜间", "邮件", "链接"):
        assert step in page.text
    for headers in ({"X-Forwarded-For": "10.1.1.1"}, {"Host": "rebound.example"}):
        assert here.get("/", headers=headers).status_code == 303
    assert local().get("/").status_code == 303
    assert browser.get("/").status_code == 303


def test_a_signed_in_deputy_sees_what_the_absent_person_sees(cast, office, sign_in):
    cast.task("甲-1", DUE)
    with transaction(office.engine, NOON) as session:
        session.add(
            Absence(
                official_id=cast.alice,
                deputy_id=cast.bob,
                from_on=DAY - timedelta(days=1),
                until_on=DAY,
            )
        )

    assert numbers(sign_in("bob").get("/")) == ["甲-1"]


def test_what_ended_yesterday_shows_nothing_today(cast, office, sign_in):
    cast.task("甲-1", DUE)
    over = {"until_on": DAY - timedelta(days=1)}
    with transaction(office.engine, NOON) as session:
        session.add(Absence(official_id=cast.alice, deputy_id=cast.bob, **over))
        session.add(Post(official_id=cast.mallory, unit_id=cast.unit, kind=PostKind.OFFICE, **over))

    assert [numbers(sign_in(name).get("/")) for name in ("bob", "mallory")] == [[], []]
