"""The directory at the desk: who is where, in which post, away, or out of reach."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from flows.database import transaction
from models import Absence, Official, Post, Suppression, Unit
from models.organisation import PostKind
from tests.kept import add, edit, rows
from tests.web.conftest import NOON

PAGE = "/people"


def names(page) -> list[str]:
    return re.findall(r'<th scope="row"><a[^>]*>([^<]*)</a></th>', page.text)


def units(page) -> list[str]:
    return re.findall(r"<h2><a[^>]*>([^<]*)</a>", page.text)


def test_units_stand_in_the_order_of_their_tree_with_their_people(office, cast, sign_in):
    add(office, Unit(name="区水利局"), Unit(name="办公室", parent_id=cast.unit))

    page = sign_in("olga").get(PAGE)

    assert units(page) == ["区水利局", "定海区委", "区教育局", "办公室"]
    assert names(page) == ["hugo", "olga", "alice", "bob", "carol", "dora", "mallory"]
    for said in (
        "4 个单位，7 人",
        "没有人员",
        "责任人",
        "分管领导",
        "无职务",
        "bob@dinghai.example",
    ):
        assert said in page.text, said
    assert re.findall(r'class="unit (deep\d)"', page.text) == ["deep0", "deep0", "deep1", "deep2"]


def test_posts_and_absences_say_from_when_to_when(office, cast, sign_in):
    water = Unit(name="区水利局")
    add(office, water)
    other, over = rows(office, Unit)[-1].id, date(2022, 1, 1)
    add(
        office,
        Post(official_id=cast.bob, unit_id=other, kind=PostKind.HANDLER, from_on=date(2022, 9, 1)),
        Post(official_id=cast.bob, unit_id=other, kind=PostKind.REVIEWER, until_on=over),
        Absence(official_id=cast.alice, deputy_id=cast.bob, until_on=date(2022, 7, 20)),
        Absence(official_id=cast.dora, deputy_id=cast.carol, from_on=date(2022, 8, 1)),
        Absence(official_id=cast.carol, deputy_id=cast.dora, until_on=date(2022, 7, 1)),
    )

    page = sign_in("olga").get(PAGE).text

    assert "区水利局责任人" in page
    assert "2022年9月1日起" in page
    assert "区水利局审核人" not in page, "it is over"
    assert "不在岗：至2022年7月20日，由bob代理" in page
    assert "将不在岗：2022年8月1日起，由carol代理" in page
    assert "由dora代理" not in page, "she is back"


def test_whom_mail_does_not_reach_is_marked(office, cast, sign_in):
    edit(office, Official, cast.bob, email=None)
    add(
        office,
        Suppression(
            address="alice@dinghai.example",
            reason="RCPT: 550 <nobody>",
            status="5.1.1",
            at=NOON,
            until=NOON + timedelta(days=90),
        ),
    )

    page = sign_in("olga").get(PAGE).text

    assert "无法送达：RCPT: 550 &lt;nobody&gt;" in page
    assert page.count("没有邮箱") == 1


def test_somebody_is_found_by_name_or_unit(office, cast, sign_in):
    add(office, Unit(name="区水利局"))
    olga = sign_in("olga")

    def found(name):
        page = olga.get(PAGE, params={"name": name})
        return units(page), names(page)

    assert found("ali") == (["区教育局"], ["alice"])
    assert found("OLG") == (["定海区委"], ["olga"])
    assert found("教育")[1] == ["alice", "bob", "carol", "dora", "mallory"]
    assert found("水利") == (["区水利局"], [])
    assert found("_") == ([], [])
    assert found("\x00") == found("")
    assert "没有符合条件的单位或人员" in olga.get(PAGE, params={"name": "无"}).text


def test_three_thousand_people_come_in_pages_below_a_hundred_kilobytes(office, cast, sign_in):
    with transaction(office.engine, NOON) as session:
        session.execute(
            insert(Unit), [{"name": f"测{n:03}单位", "parent_id": cast.unit} for n in range(100)]
        )
        session.execute(
            insert(Official),
            [
                {
                    "name": f"第{n:04}人",
                    "unit_id": 3 + n % 100,
                    "email": f"person{n}@of-a-unit-with-a-long-name.dinghai.example",
                }
                for n in range(3000)
            ],
        )
        session.execute(
            insert(Post),
            [{"official_id": 8 + n, "unit_id": 3, "kind": "handler"} for n in range(3000)],
        )
    olga = sign_in("olga")

    first = olga.get(PAGE)
    all_pages = [first] + [olga.get(PAGE, params={"page": n}) for n in range(2, 32)]

    assert max(len(page.content) for page in all_pages) < 100_000
    found = [name for page in all_pages for name in names(page)]
    assert len(found) == len(set(found)) == 3007
    assert len(names(all_pages[5])) == 100
    assert names(olga.get(PAGE, params={"page": 99})) == names(all_pages[-1])
    assert units(all_pages[1])[0].startswith("测"), "it goes on in the unit where it broke off"
    assert "定海区委 › 区教育局" in all_pages[1].text


@pytest.mark.parametrize("who", ["alice", "carol", "dora", "hugo", "mallory"])
def test_it_is_for_the_office_and_administrators(cast, sign_in, who):
    assert sign_in(who).get(PAGE).status_code == 404
