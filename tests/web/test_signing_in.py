"""The one-time link and the cookie."""

import re
from datetime import timedelta

import pytest

from flows.database import transaction
from flows.signing_in import offer_sign_in
from models import Message, Official
from notifications.links import Live, fill
from tests.kept import edit, rows
from tests.web.conftest import NOON


@pytest.fixture
def path(office, cast):
    with transaction(office.engine, NOON) as session:
        return f"/login/{offer_sign_in(session, session.get_one(Official, cast.olga), NOON)}"


def test_opening_the_link_signs_nobody_in_until_the_button_is_pressed(browser, path):
    for _ in range(3):
        assert "进入督办台" in browser.get(path).text
    assert browser.get("/").status_code == 303

    entered = browser.post(path)

    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"].lower()
    assert all(said in cookie for said in ("httponly", "samesite=lax", "max-age=28800"))
    assert browser.get("/").status_code == 200


def test_a_link_works_once(browser, path):
    browser.post(path)
    browser.cookies.clear()

    again = browser.post(path)

    assert again.status_code == 404
    assert "set-cookie" not in again.headers
    assert again.text == browser.get(path).text == browser.get("/login/unknown").text


def test_a_link_does_not_work_after_half_an_hour(browser, path, clock):
    clock.now = NOON + timedelta(minutes=31)

    assert browser.post(path).status_code == 404


def test_a_session_ends_after_a_working_day_and_by_the_button(browser, path, clock):
    browser.post(path)
    clock.now = NOON + timedelta(hours=7, minutes=59)
    assert browser.get("/").status_code == 200

    clock.now = NOON + timedelta(hours=8)
    assert browser.get("/").status_code == 303

    clock.now = NOON
    assert browser.get("/").status_code == 200
    browser.post("/logout")
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize("cookie", ["", "nonsense", "WzEsOTk5OTk5OTk5OV0.forged", "a.b.c"])
def test_a_forged_cookie_is_no_session(browser, cast, cookie):
    browser.cookies.set("sise_session", cookie)

    assert browser.get("/").status_code == 303


def mailed(office) -> list[str]:
    """The links that were mailed, as a sent mail has them."""
    found = [
        fill(mail.body.text.encode(), Live(office.secret, "http://sise.example")).decode()
        for mail in rows(office, Message)
    ]
    return [re.search(r"http://sise\.example(/login/[0-9a-f]{32})$", one, re.M)[1] for one in found]


def test_whoever_gives_his_address_is_mailed_a_link_that_works_once(browser, office, cast):
    asked = browser.post("/login", data={"address": " Alice@DINGHAI.example "})

    [link] = mailed(office)
    [mail] = rows(office, Message)
    assert asked.status_code == 200
    assert (mail.official_id, mail.to_address) == (cast.alice, "alice@dinghai.example")
    assert link.rpartition("/")[2] not in mail.body.text + mail.body.html
    assert browser.post(link).status_code == 303
    assert browser.get("/").status_code == 200
    assert browser.post(link).status_code == 404


def test_the_page_does_not_tell_who_is_in_the_directory_and_mails_nobody_often(
    browser, office, cast
):
    edit(office, Official, cast.bob, left_on=NOON.date())

    unknown = browser.post("/login", data={"address": "nobody@dinghai.example"})
    gone = browser.post("/login", data={"address": "bob@dinghai.example"})
    known = [browser.post("/login", data={"address": "alice@dinghai.example"}) for _ in range(5)]

    assert {page.text for page in known} == {unknown.text} == {gone.text}
    assert len(mailed(office)) == 3
    assert browser.post("/login", data={"address": "alice"}).status_code == 422
