"""A mail filter with a real browser opens every link and presses every button: nothing happens.

A page loaded costs; and what a browser sends is the same whatever the database. So each of these
has one of them, and the browser's own requests are sent to both in the tests of the pages.
"""

import re

import pytest
from sqlmodel import col

from flows.delivery import deliver
from models import Decision, Receipt
from notifications.mailbox import Mailbox
from tests.kept import rows
from tests.outboxes import to
from tests.web import chromium
from tests.web.chromium import follow
from tests.web.conftest import DUE, NOON
from tests.web.test_app import running
from web.app import create_app

WORDS = "已完成两项整改，剩余一项下周办结。"

pytestmark = chromium.needed


@pytest.fixture
def links(office, cast, night):
    """Every address in the mail that Alice got."""
    for n in range(2):
        cast.task(f"甲-{n}", DUE)
    night()
    with Mailbox() as mailbox:
        deliver(to(mailbox, office), now=NOON)
        [mail] = [m for m in mailbox.messages() if m.recipient.startswith("alice")]
    return sorted(set(re.findall(r"http://sise\.example(/r/[0-9a-f]{32})", mail.text + mail.html)))


def press(page, address):
    """Open it, open what is folded, press each form's first button, and send every form as it
    stands; then press the first button of all. Tells how many forms there are."""
    page.goto(address)
    page.mouse.wheel(0, 5000)
    forms = page.locator("form").count()
    for n in range(forms):
        for send in ("form.querySelector('button').click()", "form.submit()"):
            page.goto(address)
            unfold(page)
            with page.expect_navigation():
                page.evaluate(f"(() => {{ const form = document.forms[{n}]; {send} }})()")
    page.goto(address)
    if page.locator("button").count():
        unfold(page)
        follow(page, page.locator("button").first)
    return forms


def unfold(page):
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")


def links_of(page):
    return page.evaluate("[...document.links].map(one => one.href)")


def links_on(page, address):
    page.goto(address)
    return links_of(page)


def look_at(page, addresses):
    for one in sorted(addresses):
        page.goto(one)


def scan(page, addresses):
    """What is on every one of these pages is pressed, and whatever they lead to is opened once."""
    forms = [press(page, address) for address in addresses]
    look_at(page, {other for address in addresses for other in links_on(page, address)})
    return forms


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_machine_that_presses_every_button_of_a_decision_decides_nothing(
    office, clock, bench, review, desktop, digest_of_database
):
    """Also where somebody has proved who he is in that very browser."""
    for n in range(2):
        bench.task(f"甲-{n}", DUE)
        bench.apply(f"甲-{n}", DUE)
    paths = [review.link("dora", "甲-0"), review.link("dora")]
    with running(create_app(office, clock=clock)) as port:
        addresses = [f"http://127.0.0.1:{port}{path}" for path in paths]
        before = digest_of_database()
        assert all(scan(desktop, addresses))
        assert digest_of_database() == before

        for address in addresses:
            desktop.goto(address)
            desktop.locator("#sure").check()
            follow(desktop, desktop.get_by_role("button", name="发送验证码"))
            desktop.locator("#code").fill(review.code())
            follow(desktop, desktop.get_by_role("button", name="确定"))
        assert rows(office, Decision) == []
        assert all(scan(desktop, addresses))
        assert rows(office, Decision) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_machine_that_opens_every_link_and_presses_every_button_changes_nothing(
    office, clock, links, desktop, digest_of_database
):
    before = digest_of_database()
    with running(create_app(office, clock=clock)) as port:
        forms = scan(desktop, [f"http://127.0.0.1:{port}{path}" for path in links])
        for path in links:
            for method in (*["HEAD"] * 3, "OPTIONS", "GET"):
                desktop.request.fetch(f"http://127.0.0.1:{port}{path}", method=method)
            for mutated in (path[:-1], path + "=", path.upper(), path[:-1] + "0", path + "%20"):
                desktop.request.fetch(f"http://127.0.0.1:{port}{mutated}")
        assert sorted(forms) == [2, 2, 3], "each form was sent twice"
        assert digest_of_database() == before

        desktop.context.clear_cookies()
        desktop.goto(f"http://127.0.0.1:{port}{links[0]}")
        if desktop.locator("details:not(.proof details) summary").count():
            desktop.locator("section.card summary").first.click()
        card = desktop.locator("section.card").first
        card.get_by_text("本人办理").click()
        card.get_by_text("答复进展", exact=True).click()
        card.locator("textarea").fill(WORDS)
        follow(desktop, card.get_by_role("button", name="提交"))

    [done] = rows(office, Receipt, col(Receipt.answered_at).is_not(None))
    assert (done.words, done.said_by, done.assurance) == (WORDS, "alice", "link")
