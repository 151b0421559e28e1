"""上墙晾晒 at the desk: prepared, decided on by another, and printed with what it is."""

from datetime import date

import pytest

from models import Bulletin, PostingDraft
from models.posting import PostingState
from tests.kept import play, rows

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATH = "/postings"
FIRST_NIGHT = date(2022, 6, 30)


@pytest.fixture
def july(office, cast):
    """The fourteenth of July, after one night in June."""
    cast.task("教-1", date(2022, 6, 28))
    cast.task("密-1", date(2022, 6, 1), restricted=True, title="某人的线索")
    play(office, FIRST_NIGHT)


def test_from_the_draft_to_the_wall(july, office, sign_in):
    olga = sign_in("olga")
    answer = olga.post(PATH, data={"month": "2022-06"})
    path = answer.headers["location"]
    drafted = olga.get(path).text
    assert "待审批" in drafted
    assert "同意上墙" not in drafted, "she prepared it"
    listed = olga.get(PATH)
    assert listed.status_code == 200
    assert "待审批" in listed.text
    assert "拟一期晾晒" not in listed.text, "one waits"
    assert "待审批稿" in olga.get(f"{path}/print").text

    carol = sign_in("carol")
    assert carol.post(f"{path}/decide", data={}).status_code == 422
    assert carol.post(f"{path}/decide", data={"act": "send_back"}).status_code == 422
    assert rows(office, PostingDraft)[0].state == PostingState.DRAFT
    assert carol.post(f"{path}/decide", data={"act": "approve"}).status_code == 303
    late = carol.post(f"{path}/decide", data={"act": "approve"})

    assert "已不在待审批状态" in late.text
    assert [one.number for one in rows(office, Bulletin)] == [1]
    page = carol.get(f"{path}/print").text
    assert "本期经carol于2022年7月14日 12:00审批，同意上墙。" in page
    assert "待审批稿" not in page
    assert "某人的线索" not in page


def test_what_was_sent_back_says_why_and_can_be_prepared_again(july, office, sign_in):
    path = sign_in("olga").post(PATH, data={"month": "2022-06"}).headers["location"]
    sign_in("hugo").post(f"{path}/decide", data={"act": "send_back", "reason": "数据有误"})

    olga = sign_in("olga")
    assert "数据有误" in olga.get(PATH).text
    assert "拟一期晾晒" in olga.get(PATH).text
    assert olga.post(PATH, data={"month": "2022-06"}).status_code == 303
    last = sorted(rows(office, PostingDraft), key=lambda one: one.id)[-1]
    taken = olga.post(f"{PATH}/{last.id}/decide", data={"act": "take_back", "reason": "再核一遍"})
    assert taken.status_code == 303
    assert rows(office, PostingDraft)[-1].state == PostingState.TAKEN_BACK


@pytest.mark.parametrize(
    ("month", "told"),
    [("七月", "不是月份"), ("2022-07", "还没有到"), ("2022-05", "第一次夜间检查是")],
)
def test_a_month_that_cannot_be_posted_is_said(july, sign_in, month, told):
    answer = sign_in("olga").post(PATH, data={"month": month})

    assert answer.status_code == 422
    assert told in answer.text


def test_whoever_may_not_has_no_way_to_it(july, office, sign_in):
    path = sign_in("olga").post(PATH, data={"month": "2022-06"}).headers["location"]

    for who in ("alice", "dora", "mallory"):
        browser = sign_in(who)
        for one in (PATH, path, f"{path}/print"):
            assert browser.get(one).status_code == 404
        assert browser.post(f"{path}/decide", data={"act": "approve"}).status_code == 404
    assert sign_in("carol").post(PATH, data={"month": "2022-06"}).status_code == 404
    assert rows(office, PostingDraft)[0].state == PostingState.DRAFT
