"""The reply page proves who holds the browser; whoever acts for another leaves the owner a mail."""

import re
from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlmodel import col

from flows.office import MailHours
from models import Message, Official, Receipt, ReplyLink, Transition
from models.message import MessageKind, MessageState
from notifications.links import Live, fill
from notifications.mailbox import Mailbox
from tests.conftest import instant
from tests.kept import edit, rows
from tests.outboxes import to
from tests.web.conftest import DAY, DUE, _browser
from web.app import create_app

WORDS = "已完成两项整改，剩余一项下周办结。"
ASK, TICKED = {"proof": "ask"}, {"proof": "ask", "sure": "yes"}


@pytest.fixture
def blue(cast, night, link):
    cast.task("甲-1", DUE)
    night()
    return link("alice", "甲-1")


def act(browser, path, **facts):
    receipt = re.search(r'name="receipt" value="(\d+)"', browser.get(path).text)[1]
    return browser.post(
        path, data={"receipt": receipt, "who": "self", "act": "answer", "words": WORDS} | facts
    )


def mails(office, kind):
    return rows(office, Message, col(Message.kind) == kind)


def code_of(office):
    text = mails(office, MessageKind.CODE)[-1].body.text
    sent = fill(text.encode(), Live(office.secret, "http://sise.example")).decode()
    return re.search(r"^\d{6}$", sent, re.MULTILINE)[0]


def prove(browser, office, path):
    assert browser.post(path, data=TICKED).status_code == 303
    sent = browser.post(path, data={"proof": "enter", "code": code_of(office)})
    assert (sent.status_code, sent.headers["location"]) == (303, f"{path}#proof")


def recorded(office):
    [receipt] = rows(office, Receipt, col(Receipt.acknowledged_at).is_not(None))
    moves = rows(office, Transition, col(Transition.actor_id).is_not(None))
    assert {move.assurance for move in moves} == {receipt.assurance}
    return receipt.assurance


def test_an_act_by_the_link_alone_is_recorded_as_not_verified_and_shown_so(
    browser, blue, office, sign_in
):
    act(browser, blue)

    assert recorded(office) == "link"
    assert mails(office, MessageKind.RECEIPT) == []
    assert sign_in("olga").get("/tasks/甲-1").text.count("经邮件链接，未验证身份") == 3


def test_an_act_of_the_signed_in_owner_is_recorded_as_such(blue, office, sign_in):
    alice = sign_in("alice")
    assert "您已登录" in alice.get(blue).text

    act(alice, blue)

    assert recorded(office) == "session"


def test_whoever_is_signed_in_as_another_is_not_the_owner(blue, office, sign_in):
    act(sign_in("bob"), blue)

    assert recorded(office) == "link"


def test_an_act_after_the_code_is_recorded_as_proved(browser, blue, office):
    prove(browser, office, blue)
    assert "已证明是本人" in browser.get(blue).text

    act(browser, blue)

    assert recorded(office) == "code"


def test_the_proof_ends_after_ten_minutes_and_in_other_browsers(browser, blue, office, clock):
    prove(browser, office, blue)

    assert "已证明是本人（" not in _browser(create_app(office, clock=clock)).get(blue).text
    clock.now += timedelta(minutes=10)
    assert "已证明是本人（" not in browser.get(blue).text
    act(browser, blue)
    assert recorded(office) == "link"


def test_a_code_is_asked_for_by_a_tick_that_no_machine_makes(
    browser, blue, office, digest_of_database
):
    before = digest_of_database()

    page = browser.post(blue, data=ASK)

    assert page.status_code == 422
    assert "请先勾选" in page.text
    assert digest_of_database() == before


@pytest.mark.parametrize(
    ("written", "sentence"),
    [("", "6 位数字"), ("12345", "6 位数字"), ("x" * 9, "6 位数字"), ("wrong", "还可以试 4 次")],
)
def test_a_wrong_code_is_told_in_a_sentence(browser, blue, office, written, sentence):
    browser.post(blue, data=TICKED)
    if written == "wrong":
        written = f"{(int(code_of(office)) + 1) % 1_000_000:06}"

    page = browser.post(blue, data={"proof": "enter", "code": written})

    assert page.status_code == 422
    assert sentence in page.text


def test_a_code_may_be_written_with_spaces_and_in_full_width(browser, blue, office):
    browser.post(blue, data=TICKED)
    wide = " ".join(chr(ord(digit) + 0xFEE0) for digit in code_of(office))

    browser.post(blue, data={"proof": "enter", "code": wide})

    assert "已证明是本人（" in browser.get(blue).text


def test_the_sixth_wrong_code_is_told_as_locked_and_three_codes_are_enough(browser, blue, office):
    browser.post(blue, data=TICKED)
    wrong = {"proof": "enter", "code": f"{(int(code_of(office)) + 1) % 1_000_000:06}"}
    for _ in range(5):
        browser.post(blue, data=wrong)

    for code in (wrong["code"], code_of(office)):
        assert "已输错 5 次" in browser.post(blue, data=wrong | {"code": code}).text
    assert [browser.post(blue, data=TICKED).status_code for _ in range(3)] == [303, 303, 422]
    assert len(mails(office, MessageKind.CODE)) == 3


def test_a_code_is_mailed_at_once_even_at_night(blue, office, clock):
    clock.now = instant(DAY, time(3))
    with Mailbox() as mailbox:
        office = replace(office, mail_hours=MailHours.parse("08:30-17:30"))
        here = _browser(create_app(to(mailbox, office), clock=clock))
        here.post(blue, data=TICKED)
        [mail] = mailbox.messages()

    assert mail.recipient == "alice@dinghai.example"
    assert re.search(r"^\d{6}\s*$", mail.text, re.MULTILINE)
    assert re.search(r">\d{6}<", mail.html)
    assert not re.search(r"\d{6}", mail.subject)
    assert len(rows(office, Message, Message.state == MessageState.QUEUED)) > 0, "digests wait"


def test_whoever_acts_on_behalf_leaves_the_owner_a_receipt(browser, blue, office):
    act(browser, blue, who="proxy", name="李娜")

    assert recorded(office) == "link"
    [mail] = mails(office, MessageKind.RECEIPT)
    assert mail.to_address == "alice@dinghai.example"
    for body in (mail.body.text, mail.body.html):
        for said in ("李娜", "答复进展", "2022年7月14日 12:00", "定督〔2022〕1号", "甲-1 的问题"):
            assert said in body
        assert "olga" in body
        assert "olga@dinghai.example" in body
        assert WORDS in body


def test_on_behalf_is_never_more_than_the_link_whatever_is_proved(browser, blue, office, sign_in):
    prove(browser, office, blue)

    act(sign_in("alice"), blue, who="proxy", name="李娜")

    assert recorded(office) == "link"


def test_of_a_restricted_matter_the_receipt_tells_the_number_only(
    browser, cast, office, night, link
):
    cast.task("密-1", DUE, title="某人的线索", restricted=True)
    night()

    act(browser, link("alice", "密-1"), who="proxy", name="李娜")

    [mail] = mails(office, MessageKind.RECEIPT)
    for body in (mail.subject, mail.body.text, mail.body.html):
        assert "定督〔2022〕1号" in body
        assert "某人的线索" not in body
        assert WORDS not in body


def test_the_same_form_on_behalf_twice_is_one_receipt(browser, blue, office):
    page = browser.get(blue).text
    receipt = re.search(r'name="receipt" value="(\d+)"', page)[1]
    sent = {"receipt": receipt, "who": "proxy", "name": "李娜", "act": "acknowledge"}
    for _ in range(3):
        browser.post(blue, data=sent)

    assert len(mails(office, MessageKind.RECEIPT)) == 1


def test_an_owner_without_an_address_is_not_offered_a_code(browser, blue, cast, office):
    edit(office, Official, cast.alice, email=None)

    assert "证明是本人" not in browser.get(blue).text


def test_an_expired_link_mails_no_code(browser, blue, office, clock):
    for link in rows(office, ReplyLink):
        edit(office, ReplyLink, link.id, expires_at=clock.now - timedelta(days=1))

    page = browser.post(blue, data=TICKED)

    assert "证明是本人" not in page.text
    assert mails(office, MessageKind.CODE) == []


def test_a_link_whose_key_was_dropped_shows_nothing_and_does_nothing(
    browser, blue, office, digest_of_database
):
    office.ring.rotate()
    assert browser.get(blue).status_code == 200
    sent = {"receipt": "1", "who": "self", "act": "answer", "words": WORDS}
    office.ring.drop()
    before = digest_of_database()

    for page in (browser.get(blue), browser.post(blue, data=sent), browser.post(blue, data=TICKED)):
        assert page.status_code == 410
        assert "链接已停用" in page.text
        assert "甲-1" not in page.text
    assert digest_of_database() == before


def test_a_session_outlives_a_rotation_and_not_the_brake(sign_in, office, cast):
    olga = sign_in("olga")
    office.ring.rotate()
    assert olga.get("/").status_code == 200

    office.ring.drop()

    assert olga.get("/").headers["location"] == "/login"


def test_the_proof_is_told_in_english_where_the_office_speaks_it(english, blue, office):
    prove(english, office, blue)

    page = english.get(blue).text

    assert "Proved to be you, until 14 July 2022, 12:10" in page
