"""From the mail to the approval, as an official would: a phone, no JavaScript, no account."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from flows.database import transaction
from flows.delivery import deliver
from flows.signoff.telling import tell
from models import Decision, Task
from notifications.mailbox import Mailbox
from tests.kept import rows
from tests.outboxes import to
from tests.web import chromium
from tests.web.chromium import follow
from tests.web.conftest import DUE, NOON
from tests.web.reviewing import APPLIED
from tests.web.test_app import running
from web.app import create_app

pytestmark = [
    *chromium.needed,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),  # as in test_scanner.py
]


def test_from_the_mail_to_the_approval_in_seven_steps(office, bench, review, clock, phone):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    with ThreadPoolExecutor(1) as aside, Mailbox() as box:
        office = to(box, office)
        with transaction(office.engine, NOON) as session:
            tell(session, office, on=APPLIED, now=NOON)
        aside.submit(deliver, office, now=NOON).result()  # Playwright runs a loop in this thread
        [mail] = [one for one in box.messages() if one.recipient.startswith("dora")]
        link = re.search(r"http://sise\.example(/r/[0-9a-f]{32})", mail.text)[1]
        with running(create_app(office, clock=clock)) as port:
            phone.goto(f"http://127.0.0.1:{port}{link}")  # 1 the link in the mail
            assert phone.evaluate("document.documentElement.scrollWidth") <= 390
            phone.get_by_label("我是dora本人").check()  # 2
            follow(phone, phone.get_by_role("button", name="发送验证码"))  # 3
            phone.get_by_label("验证码已发往").fill(review.code())  # 4, from the second mail
            follow(phone, phone.get_by_role("button", name="确定"))  # 5
            phone.get_by_text("同意", exact=True).click()  # 6
            follow(phone, phone.get_by_role("button", name="提交决定"))  # 7
            assert "已记录：您于" in phone.content()

    [decision] = rows(office, Decision)
    assert (decision.verdict, decision.assurance) == ("approve", "code")
    assert rows(office, Task)[0].level == 2
