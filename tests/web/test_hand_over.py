"""The office hands a post over at the desk: it sees what would pass, and then it passes."""

import pytest
from sqlmodel import col

from models import Reassignment, Task, Transition
from tests.kept import rows
from tests.responsibility import keep_away
from tests.web.conftest import DAY, DUE

SAID = {
    "giver": "alice@dinghai.example",
    "taker": "bob@dinghai.example",
    "on": "",
    "reason": "职务调整",
}


def test_it_is_shown_first_and_then_passes(office, cast, night, sign_in, digest_of_database):
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE, handler_id=cast.mallory)
    night()
    desk = sign_in("olga")
    before = digest_of_database()

    empty = desk.get("/people/hand-over")
    preview = desk.get("/people/hand-over", params=SAID)

    assert "先看会交接什么" in empty.text
    assert digest_of_database() == before
    for words in ("尚未记录", "alice", "bob", "区教育局责任人", "甲-1", "确认交接"):
        assert words in preview.text
    assert "甲-2" not in preview.text

    done = desk.post("/people/hand-over", data=SAID)

    assert done.status_code == 200
    assert "已交接" in done.text
    assert [task.handler_id for task in rows(office, Task)] == [cast.bob, cast.mallory]
    [row] = rows(office, Reassignment)
    assert (row.actor_id, row.reason) == (cast.olga, "职务调整")
    [move] = rows(office, Transition, col(Transition.event) == "reassign")
    assert move.assurance == "session"
    assert "无可交接" in desk.post("/people/hand-over", data=SAID).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"giver": "nobody@x"}, "通讯录中没有邮箱"),
        ({"taker": ""}, "通讯录中没有邮箱"),
        ({"on": "7月"}, "不是日期"),
        ({"reason": " "}, "请写明交接的理由"),
        ({"taker": "alice@dinghai.example"}, "同一人"),
        ({"on": "2022-08-01"}, "须到 2022-08-01 当日办理"),
    ],
    ids=["nobody", "no successor", "no date", "no reason", "the same", "later"],
)
def test_what_cannot_be_is_said_and_nothing_passes(
    office, cast, sign_in, digest_of_database, changed, said
):
    cast.task("甲-1", DUE)
    desk = sign_in("olga")
    before = digest_of_database()

    for answer in (
        desk.get("/people/hand-over", params=SAID | changed),
        desk.post("/people/hand-over", data=SAID | changed),
    ):
        assert answer.status_code == 422
        assert said in answer.text
    assert digest_of_database() == before


def test_a_successor_who_keeps_away_is_said(office, cast, sign_in):
    cast.task("甲-1", DUE)
    keep_away(office, "甲-1", DAY, official_id=cast.bob)
    assert "接任者已登记回避 甲-1" in sign_in("olga").get("/people/hand-over", params=SAID).text


@pytest.mark.parametrize("who", ["alice", "dora", "hugo"])
def test_it_is_the_offices_page(cast, sign_in, who):
    cast.task("甲-1", DUE)
    desk = sign_in(who)
    assert desk.get("/people/hand-over").status_code == 404
    assert desk.post("/people/hand-over", data=SAID).status_code == 404


def test_a_form_from_elsewhere_is_turned_away(cast, sign_in):
    cast.task("甲-1", DUE)
    sent = sign_in("olga").post(
        "/people/hand-over", data=SAID, headers={"Origin": "http://evil.example"}
    )
    assert sent.status_code == 403
