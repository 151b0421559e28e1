"""The page for the public, and the register of what it says: no account, no script."""

import re
from datetime import date

import pytest

from models import Feedback, Post, Task
from models.feedback import Fate
from tests.kept import edit, rows
from tests.petitions import load_kind

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = "某小区仍未供气<b>"


@pytest.fixture(autouse=True)
def ready(office, cast):
    load_kind(office, "feedback")


def sent(browser, words=WORDS, **more):
    return browser.post("/feedback", data={"words": words} | more)


def reference_on(page) -> str:
    return re.search(r'class="code">([A-Z0-9 ]+)<', page.text)[1]


def test_somebody_says_something_and_sees_how_it_stands(browser, office):
    page = browser.get("/feedback")
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "12388" in page.text
    reference = reference_on(sent(browser))

    stands = browser.post("/feedback/state", data={"reference": reference.lower()})
    assert "正在办理" in stands.text
    [kept] = rows(office, Feedback)
    for secret in (WORDS, "某小区", "社监-", kept.reference):
        assert secret not in stands.text
    assert (kept.words, kept.contact) == (WORDS, "")
    assert stands.headers["cache-control"] == "no-store"


def test_an_unknown_reference_says_so_and_is_soon_asked_no_more(browser, wound):
    answers = [
        browser.post("/feedback/state", data={"reference": f"X{n}"}).status_code for n in range(62)
    ]
    assert set(answers[:60]) == {404}
    assert answers[-1] == 429


def test_one_address_sends_so_many_an_hour(browser, office, wound):
    answers = [sent(browser, f"{n}").status_code for n in range(21)]
    assert set(answers[:20]) == {200}
    assert answers[20] == 429
    assert len(rows(office, Feedback)) == 20


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"words": " "}, "请写明要反映的情况"),
        ({"words": "字" * 2001}, "不能超过 2000 字"),
        ({"words": "字", "contact": "1" * 101}, "联系方式不能超过 100 字"),
        ({"words": "买便宜", "website": "http://x.example"}, "像是由程序填写的"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_words(browser, office, form, said):
    page = browser.post("/feedback", data=form)
    assert page.status_code == 422
    assert said in page.text
    assert rows(office, Feedback) == rows(office, Task) == []


def test_from_another_site_nothing_is_taken(browser, office):
    page = browser.post(
        "/feedback", data={"words": WORDS}, headers={"Origin": "http://evil.example"}
    )
    assert page.status_code == 403
    assert rows(office, Feedback) == []


def test_the_office_enters_a_call_and_records_that_it_was_a_report_of_wrongdoing(sign_in, office):
    desk = sign_in("olga")
    said = {"channel": "telephone", "words": WORDS, "received": "2022-07-11"}
    assert "请选择来源" in desk.post("/feedback-register", data=said | {"channel": "web"}).text
    made = desk.post("/feedback-register", data=said)
    assert made.headers["location"] == "/feedback-register/1"
    page = desk.get("/feedback-register/1").text
    assert "某小区仍未供气&lt;b&gt;" in page
    assert rows(office, Task)[0].due_on == date(2022, 7, 26)

    unsure = desk.post("/feedback-register/1", data={"act": "discipline"})
    assert (unsure.status_code, rows(office, Feedback)[0].words) == (422, WORDS)
    done = desk.post("/feedback-register/1", data={"act": "discipline", "sure": "yes"})
    assert done.status_code == 303
    [kept] = rows(office, Feedback)
    assert (kept.fate, kept.words) == (Fate.DISCIPLINE, "")
    assert "内容已删除" in desk.get("/feedback-register/1").text
    assert "<td" in desk.get("/feedback-register").text


def test_without_an_office_nothing_is_taken(browser, office, cast):
    [post] = rows(office, Post, Post.official_id == cast.olga)
    edit(office, Post, post.id, until_on=date(2022, 1, 31))
    page = sent(browser)
    assert (page.status_code, rows(office, Feedback)) == (422, [])
    assert "请通过电话或来信反映" in page.text
