"""Whoever asks too often waits; whoever has much to do does not. The library's clock is wound.

What is counted is not in the database: one kind is enough, and what the pages read and write is
read and written on both in their own tests.
"""

import pytest
from sqlmodel import col

from flows.database import transaction
from flows.signing_in import offer_sign_in
from models import Official, Receipt
from tests.kept import rows
from tests.web.conftest import DUE, NOON, on_sqlite
from tests.web.test_proof import act


@pytest.fixture
def blue(cast, night, link):
    cast.task("甲-1", DUE)
    night()
    return link("alice", "甲-1")


@on_sqlite
def test_after_sixty_unknown_tokens_in_a_minute_an_address_waits_and_links_still_open(
    browser, blue, wound
):
    for n in range(60):
        assert browser.get(f"/{'login' if n % 2 else 'r'}/{n:032x}").status_code == 404

    for path in ("/r/" + "f" * 32, "/login/" + "f" * 32):
        page = browser.get(path)
        assert (page.status_code, page.headers["retry-after"]) == (429, "60")
        assert "操作过于频繁" in page.text
    assert browser.get(blue).status_code == 200
    wound[0] += 61
    assert browser.get("/r/" + "f" * 32).status_code == 404


@on_sqlite
def test_six_hundred_looks_in_a_minute_are_enough_at_whichever_link(
    browser, blue, wound, office, cast
):
    with transaction(office.engine, NOON) as session:
        door = f"/login/{offer_sign_in(session, session.get_one(Official, cast.alice), NOON)}"
    for n in range(600):
        assert browser.head(blue if n % 15 == 0 else door).status_code == 200

    assert (browser.get(blue).status_code, browser.get(door).status_code) == (429, 429)
    wound[0] += 61
    assert browser.get(blue).status_code == 200


@on_sqlite
def test_thirty_forms_of_one_link_that_do_nothing_are_enough(browser, blue, link, wound):
    for _ in range(30):
        assert browser.post(blue, data={"receipt": "1", "act": "answer"}).status_code == 422

    page = browser.post(blue, data={"receipt": "1", "act": "answer"})
    assert (page.status_code, page.headers["retry-after"]) == (429, "600")
    assert act(browser, link("alice")).status_code == 303, "by another link"


def test_forty_matters_can_be_acted_on_in_one_go(browser, cast, night, link, wound, office):
    for n in range(40):
        cast.task(f"甲-{n:02}", DUE)
    night()
    path, sent = link("alice"), {"who": "self", "act": "acknowledge"}
    receipts = rows(office, Receipt, col(Receipt.official_id) == cast.alice)

    pages = [browser.post(path, data={"receipt": one.id, **sent}) for one in receipts]

    assert [page.status_code for page in pages] == [303] * 40
    assert rows(office, Receipt, col(Receipt.acknowledged_at).is_(None)) == []
