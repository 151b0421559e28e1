"""A mail filter with a real browser opens every link and presses every button: nothing happens."""

import re
import shutil

import pytest
from sqlmodel import col

from flows.delivery import deliver
from models import Decision, Receipt
from notifications.mailbox import Mailbox
from tests.kept import rows
from tests.outboxes import to
from tests.web.conftest import DUE, NOON
from tests.web.test_app import running
from web.app import create_app

CHROMIUM = shutil.which("chromium")
WORDS = "已完成两项整改，剩余一项下周办结。"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's package chromium"),
]


@pytest.fixture
def links(office, cast, night):
    """Every address in the mail that Alice got."""
    for n in range(3):
        cast.task(f"甲-{n}", DUE)
    night()
    with Mailbox() as mailbox:
        deliver(to(mailbox, office), now=NOON)
        [mail] = [m for m in mailbox.messages() if m.recipient.startswith("alice")]
    return sorted(set(re.findall(r"http://sise\.example(/r/[0-9a-f]{32})", mail.text + mail.html)))


@pytest.fixture
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def scan(page, address):
    """Open it, open what is folded, press the first button, then send every form as it stands."""
    page.goto(address)
    page.mouse.wheel(0, 5000)
    forms = page.locator("form").count()
    for n in range(forms):
        for send in ("form.querySelector('button').click()", "form.submit()"):
            page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            with page.expect_navigation():
                page.evaluate(f"(() => {{ const form = document.forms[{n}]; {send} }})()")
    page.goto(address)
    if page.locator("button").count():
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        with page.expect_navigation():
            page.locator("button").first.click()
    for other in page.evaluate("[...document.links].map(one => one.href)"):
        page.goto(other)
    return forms


def test_a_machine_that_presses_every_button_of_a_decision_decides_nothing(
    office, clock, bench, review, chromium, digest_of_database
):
    """Also where somebody has proved who he is in that very browser."""
    for n in range(2):
        bench.task(f"甲-{n}", DUE)
        bench.apply(f"甲-{n}", DUE)
    paths = [review.link("dora", "甲-0"), review.link("dora")]
    with running(create_app(office, clock=clock)) as port:
        page = chromium.new_page()
        before = digest_of_database()
        for path in paths:
            assert scan(page, f"http://127.0.0.1:{port}{path}") > 0
        assert digest_of_database() == before

        for path in paths:
            page.goto(f"http://127.0.0.1:{port}{path}")
            page.locator("#sure").check()
            page.get_by_role("button", name="发送验证码").click()
            page.locator("#code").fill(review.code())
            page.get_by_role("button", name="确定").click()
        assert rows(office, Decision) == []
        for path in paths:
            assert scan(page, f"http://127.0.0.1:{port}{path}") > 0
        assert rows(office, Decision) == []


def test_a_machine_that_opens_every_link_and_presses_every_button_changes_nothing(
    office, clock, links, chromium, digest_of_database
):
    before = digest_of_database()
    with running(create_app(office, clock=clock)) as port:
        page = chromium.new_page()
        forms = [scan(page, f"http://127.0.0.1:{port}{path}") for path in links]
        for path in links:
            for method in (*["HEAD"] * 20, "OPTIONS", "GET"):
                page.request.fetch(f"http://127.0.0.1:{port}{path}", method=method)
            for mutated in (path[:-1], path + "=", path.upper(), path[:-1] + "0", path + "%20"):
                page.request.fetch(f"http://127.0.0.1:{port}{mutated}")
        assert sorted(forms) == [2, 2, 2, 4], "each form was sent twice"
        assert digest_of_database() == before

        person = chromium.new_context().new_page()
        person.goto(f"http://127.0.0.1:{port}{links[0]}")
        if person.locator("details:not(.proof details) summary").count():
            person.locator("section.card summary").first.click()
        card = person.locator("section.card").first
        card.get_by_text("本人办理").click()
        card.get_by_text("答复进展", exact=True).click()
        card.locator("textarea").fill(WORDS)
        card.get_by_role("button", name="提交").click()

    [done] = rows(office, Receipt, col(Receipt.answered_at).is_not(None))
    assert (done.words, done.said_by, done.assurance) == (WORDS, "alice", "link")
