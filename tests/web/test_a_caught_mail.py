"""The frame of a caught mail, in a real browser: no script measures what is in it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from flows.delivery import deliver
from notifications.mailbox import Mailbox
from tests.outboxes import to
from tests.web import chromium
from tests.web.conftest import DUE, NOON
from tests.web.test_app import running
from web.app import create_app

pytestmark = [
    *chromium.needed,
    pytest.mark.parametrize("database_url", ["postgresql"], indirect=True),  # as in test_scanner.py
]


@pytest.mark.parametrize("tasks", [1, 8])
def test_the_frame_is_about_as_high_as_the_mail(office, cast, night, clock, desktop, tasks):
    for n in range(tasks):
        cast.task(f"甲-{n}", DUE)
    night()
    with ThreadPoolExecutor(1) as aside, Mailbox() as box:
        aside.submit(deliver, to(box, office), now=NOON).result()  # as in test_on_a_phone.py
        with running(create_app(office, clock=clock, mailbox=box)) as port:
            for mail in box.messages():
                desktop.goto(f"http://127.0.0.1:{port}/mailbox/{mail.id}")
                there = desktop.locator("iframe.caught").bounding_box()["height"]
                desktop.goto(f"http://127.0.0.1:{port}/mailbox/{mail.id}/html")
                desktop.set_viewport_size({"width": 700, "height": 100})
                wanted = desktop.evaluate("document.documentElement.scrollHeight")
                assert wanted <= there < 1.3 * wanted, mail.subject
