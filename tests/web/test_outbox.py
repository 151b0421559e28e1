"""The outbox at the desk: what became of every mail, and a dead one sent again."""

import re
from datetime import timedelta

import pytest

from flows.database import transaction
from flows.delivery import deliver
from flows.night import run_night
from models import Bounce, Message, MessageBody, Post, Resending
from models.message import MessageKind
from models.organisation import PostKind
from tests.conftest import instant
from tests.kept import add, digests, rows
from tests.outboxes import NOON, crowd, fill, to
from tests.played import as_played
from tests.responsibility import keep_away
from tests.smtp_peers import at_recipient, peer
from tests.web.conftest import DAY, DUE

PAGE = "/outbox"
SURE = {"sure": "yes", "seen": "0 1 alice@dinghai.example"}


@pytest.fixture
def mailed(office, cast):
    """A night whose mail to Alice is refused; Carol is told in her place, and the office."""

    def refuse() -> None:
        cast.task("甲-1", DUE, title="校车监管不到位")
        with peer(at_recipient("RCPT", alice="550 5.1.1 user unknown")) as relay:
            run_night(to(relay, office), on=DAY, now=instant(DAY))

    as_played(office.engine, "a night whose mail is refused", refuse)


@pytest.fixture
def dead(mailed, office, cast) -> str:
    """The page of Alice's mail."""
    return f"{PAGE}/{digests(office, cast.alice)[0].id}"


def people(page) -> list[str]:
    return re.findall(r'<td class="person">(\w+)<br>', page.text)


def test_each_mail_says_to_whom_what_and_what_became_of_it(mailed, sign_in):
    page = sign_in("olga").get(PAGE)

    assert sorted(people(page)) == ["alice", "carol", "olga"]
    for said in (
        *("督办邮件", "晨报", "无法送达", "已发送", "alice@dinghai.example"),
        *("RCPT: 550 5.1.1 user unknown", "2022年7月14日 02:00", "3 封"),
    ):
        assert said in page.text, said


def test_they_are_sorted_by_what_became_of_them(mailed, sign_in):
    olga = sign_in("olga")

    assert people(olga.get(f"{PAGE}?state=dead")) == ["alice"]
    assert sorted(people(olga.get(f"{PAGE}?state=sent"))) == ["carol", "olga"]
    assert "没有这样的邮件" in olga.get(f"{PAGE}?state=queued").text
    assert len(people(olga.get(f"{PAGE}?state=lost&page=x"))) == 3
    assert re.findall(r"([^>]+) <b class=\"(?:over)?\">(\d+)</b>", olga.get(PAGE).text) == [
        ("待发送", "0"),
        ("已发送", "2"),
        ("无法送达", "1"),
        ("已并入后一封", "0"),
        ("无需再发", "0"),
    ]


def test_fifty_on_a_page(office, cast, sign_in):
    fill(office, *crowd(60))
    olga = sign_in("olga")

    first, second = (olga.get(PAGE, params={"state": "queued", "page": n}) for n in (1, 2))

    assert (len(people(first)), len(people(second))) == (50, 10)
    assert people(first)[0] == "第60人"
    assert 'href="/outbox?state=queued&amp;page=2"' in first.text


def test_a_mail_s_page_tells_its_attempts_and_what_it_says_without_a_link_that_works(
    dead, office, cast, sign_in
):
    mail = digests(office, cast.alice)[0]
    add(
        office,
        Bounce(
            message_id=mail.id,
            address="alice@dinghai.example",
            kind="away",
            status="",
            said="我在休假",
            their_id="<1@x>",
            at=NOON,
        ),
    )
    page = sign_in("olga").get(dead).text

    for said in (
        *("校车监管不到位", "甲-1", "第 1 次尝试：", "被拒收", "550 5.1.1 user unknown"),
        *("自动回复", "我在休假", "〔链接〕"),
    ):
        assert said in page, said
    assert "@@" not in page
    assert "/r/" not in page
    assert "@@link:" in mail.body.text


def test_a_code_is_not_shown(office, cast, sign_in):
    fill(office, "alice@x.example")
    [mail] = rows(office, Message)
    with_code = "验证码 @@code:0123456789abcdef0123456789abcdef@@"
    edit_body(office, mail.id, with_code)

    page = sign_in("olga").get(f"{PAGE}/{mail.id}").text

    assert "验证码 〔验证码〕" in page


def edit_body(office, message_id, text):
    with transaction(office.engine, NOON) as session:
        session.get_one(MessageBody, message_id).text = text


def test_a_restricted_matter_s_mail_shows_what_the_mail_shows(office, cast, night, sign_in):
    cast.task("密-1", DUE, title="某人的线索", restricted=True)
    night()

    page = sign_in("olga").get(f"{PAGE}/{digests(office, cast.alice)[0].id}").text

    assert "密-1" in page
    assert "某人的线索" not in page


def test_the_office_has_a_dead_one_sent_again_by_one_deliberate_choice(dead, office, cast, sign_in):
    olga = sign_in("olga")
    page = olga.get(dead).text
    assert "恢复向该邮箱发信" in page
    assert 'name="seen" value="0 1 alice@dinghai.example"' in page

    unsure = olga.post(f"{dead}/again", data={"seen": "0"})
    assert unsure.status_code == 422
    assert "请先勾选确认" in unsure.text
    assert rows(office, Resending) == []

    assert olga.post(f"{dead}/again", data=SURE).headers["location"] == dead
    twice = olga.post(f"{dead}/again", data=SURE)
    assert twice.status_code == 422
    assert "正在待发" in twice.text
    assert len(rows(office, Resending)) == 1

    with peer() as relay:
        deliver(to(relay, office), now=NOON + timedelta(minutes=1))
    assert relay.to() == ["alice@dinghai.example"]
    shown = olga.get(dead).text
    assert "olga 决定再次发送" in shown
    assert "并恢复向该邮箱发信" in shown
    assert "再次发送</button>" not in shown


def test_it_says_why_another_is_not_sent_again(mailed, office, cast, sign_in, night):
    cast.task("甲-2", DUE)
    night(DAY + timedelta(days=1))
    queued = digests(office, cast.carol)[-1]
    olga = sign_in("olga")

    page = olga.get(f"{PAGE}/{queued.id}").text

    assert "不能再次发送：这封邮件正在待发" in page
    assert "再次发送</button>" not in page
    assert olga.post(f"{PAGE}/{queued.id}/again", data=SURE).status_code == 422


@pytest.mark.parametrize("who", ["alice", "carol", "dora", "hugo", "mallory"])
def test_it_is_the_offices_and_the_administrators(dead, office, sign_in, who):
    browser = sign_in(who)

    assert browser.get(PAGE).status_code == browser.get(dead).status_code == 404
    assert browser.post(f"{dead}/again", data=SURE).status_code == 404
    assert rows(office, Resending) == []


@pytest.mark.parametrize("key", ["0", "999", "x", "99999999999999999999", "²", "3000000000"])
def test_a_mail_that_is_not_there_is_not_found(dead, sign_in, key):
    assert sign_in("olga").get(f"{PAGE}/{key}").status_code == 404
    assert sign_in("olga").post(f"{PAGE}/{key}/again", data=SURE).status_code == 404


def test_a_form_from_elsewhere_is_turned_away(dead, office, sign_in):
    sent = sign_in("olga").post(
        f"{dead}/again", data=SURE, headers={"Origin": "http://evil.example"}
    )

    assert sent.status_code == 403
    assert rows(office, Resending) == []


def test_whoever_stands_aside_reads_no_mail_on_that_matter(dead, office, cast, sign_in):
    add(office, Post(official_id=cast.bob, unit_id=cast.unit, kind=PostKind.OFFICE))
    keep_away(office, "甲-1", DAY, official_id=cast.olga)
    olga = sign_in("olga")

    page, listed = olga.get(dead).text, olga.get(PAGE).text

    assert "其中有您回避的事项，内容不显示" in page
    assert "校车监管不到位" not in page + listed
    assert "550 5.1.1" in page
    summary = rows(office, Message, Message.kind == MessageKind.SUMMARY)[0]
    assert "内容不显示" not in olga.get(f"{PAGE}/{summary.id}").text, "it was hers"
