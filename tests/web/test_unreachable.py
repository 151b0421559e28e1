"""The desk's list of people whom mail does not reach, and why a line was left out of a mail."""

from datetime import timedelta

import pytest

from flows.delivery import deliver
from flows.replies import answer
from models import Official, Suppression
from tests.conftest import Cast
from tests.kept import add, edit, play, reply
from tests.outboxes import NOON as SENT_AT
from tests.outboxes import to
from tests.smtp_peers import peer
from tests.web.conftest import DAY, DUE, NOON

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LIST = "/people/unreachable"


def suppress(office, address: str) -> None:
    until = NOON + timedelta(days=90)
    add(office, Suppression(address=address, reason="RCPT: 550 <nobody>", status="5.1.1",
                            at=NOON, until=until))  # fmt: skip


def test_the_office_sees_who_is_not_reached_and_why(office, cast: Cast, sign_in):
    suppress(office, "alice@dinghai.example")
    browser = sign_in("olga")

    board, page = browser.get("/"), browser.get(LIST)

    assert f'href="{LIST}"' in board.text
    assert "1 人邮件无法送达" in board.text
    for said in ("alice", "区教育局", "alice@dinghai.example", "RCPT: 550 &lt;nobody&gt;"):
        assert said in page.text
    assert "bob@" not in page.text


def test_whoever_has_no_address_is_on_the_list_too(office, cast: Cast, sign_in):
    edit(office, Official, cast.alice, email=None)
    cast.task("甲-1", DUE, handler_id=None)
    browser = sign_in("olga")

    assert "1 人邮件无法送达" in browser.get("/").text
    assert "alice（区教育局）" in browser.get(LIST).text
    assert "没有退信的人员" not in browser.get(LIST).text


def test_where_everybody_is_reached_the_board_is_quiet(office, cast: Cast, sign_in):
    browser = sign_in("olga")

    assert LIST not in browser.get("/").text
    assert "没有退信的人员" in browser.get(LIST).text


@pytest.mark.parametrize("name", ["alice", "carol", "hugo"])
def test_nobody_else_sees_the_list(office, cast: Cast, sign_in, name: str):
    suppress(office, "alice@dinghai.example")
    browser = sign_in(name)

    assert browser.get(LIST).status_code == 404
    assert LIST not in browser.get("/").text


def test_the_task_s_mails_say_why_a_line_was_left_out(office, cast: Cast, sign_in):
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE)
    play(office, DAY)
    reply(office, answer, cast.alice, "甲-1", on=DAY)
    with peer() as relay:
        deliver(to(relay, office), now=SENT_AT)
    browser = sign_in("olga")

    assert "alice（未列入：已答复）" in browser.get("/tasks/甲-1").text
    assert "未列入" not in browser.get("/tasks/甲-2").text
