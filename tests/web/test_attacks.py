"""What a hostile or broken client sends: nothing happens, and a page says so."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlmodel import col, select

from flows.database import reading, transaction
from flows.replies import answer
from flows.signing_in import offer_sign_in
from models import Official, Receipt, Transition
from notifications.mailbox import Mailbox
from tests.kept import reply, rows
from tests.web.conftest import DAY, DUE, NOON, _browser, on_sqlite
from web.app import create_app

WORDS = "已完成两项整改，剩余一项下周办结。"
HUGE = "9" * 5000  # more digits than Python reads as a number


@pytest.fixture
def blue(cast, night, link):
    """Alice's link to a task that is one day over."""
    cast.task("甲-1", DUE)
    night()
    return link("alice", "甲-1")


def filled_in(browser, path, **facts):
    receipt = re.search(r'name="receipt" value="(\d+)"', browser.get(path).text)[1]
    return {"receipt": receipt, "who": "self", "act": "answer", "words": WORDS, **facts}


def encoded(form):
    return "&".join(f"{name}={value}" for name, value in form.items()).encode()


URLENCODED = "application/x-www-form-urlencoded"


@on_sqlite
@pytest.mark.parametrize("kind", [URLENCODED, "multipart/form-data; boundary=b"])
def test_a_body_that_does_not_tell_its_length_is_not_read(browser, blue, kind):
    sent = []

    def endless():
        for n in range(10_000):
            sent.append(n)
            yield b"words=" + b"x" * 1000

    page = browser.post(blue, content=endless(), headers={"Content-Type": kind})

    assert page.status_code == 413
    assert "内容过长" in page.text


@on_sqlite
@pytest.mark.parametrize("length", ["-1", "1e3", "²", HUGE, "", "0x10"])
def test_an_odd_length_is_refused(browser, blue, length):
    headers = {"Content-Length": length.encode(), "Content-Type": URLENCODED}

    assert browser.post(blue, content=b"", headers=headers).status_code == 413


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (URLENCODED, b""),
        (URLENCODED, b"\xff\xfe=\x00&%ff%fe=%00&words=%ed%a0%80"),
        (URLENCODED, b"&".join(b"a%d=1" % n for n in range(3000))),
        (f"{URLENCODED}; charset=utf-16", "act=answer".encode("utf-16")),
        ("application/json", b'{"act": "answer"}'),
        ("text/plain", b"act=answer"),
        ("multipart/form-data", b"act=answer"),
        ("multipart/form-data; boundary=b", b"--b\r\nbroken"),
        ("multipart/form-data; boundary=b", b"--x\r\n\r\n--x--"),
        ("", b"act=answer"),
        ("\x00", b"act=answer"),
    ],
)
def test_a_body_that_no_page_of_ours_sends_does_nothing(
    browser, blue, digest_of_database, kind, body
):
    before = digest_of_database()

    page = browser.post(blue, content=body, headers={"Content-Type": kind})

    assert page.status_code in (303, 400, 409, 413, 422)
    assert page.status_code == 303 or "没有这个页面" not in page.text
    assert digest_of_database() == before


@pytest.mark.parametrize("charset", ["unicode_escape", "utf-7", "rot13", "idna", "utf-16", "x"])
def test_words_in_an_odd_charset_are_text_or_refused(browser, blue, charset):
    receipt = filled_in(browser, blue)["receipt"]
    parts = {
        "receipt": receipt,
        "who": "self",
        "act": "answer",
        "words": r"\ud800\udc00\x00 +2AA-!",
    }
    body = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    )
    kind = f"multipart/form-data; boundary=b; charset={charset}"

    page = browser.post(blue, content=f"{body}--b--\r\n".encode(), headers={"Content-Type": kind})

    assert page.status_code in (303, 422)


def test_a_hundred_thousand_characters_are_refused_and_change_nothing(
    browser, blue, digest_of_database
):
    sent = filled_in(browser, blue)
    before = digest_of_database()

    for words, statuses in (("字" * 100_000, {413}), ("x" * 100_000, {422})):
        for field in ("words", "receipt", "act", "who"):
            page = browser.post(blue, data={**sent, field: words})
            assert page.status_code in statuses | {303, 409, 422}
    assert digest_of_database() == before


@pytest.mark.parametrize("receipt", [HUGE, "1 OR 1=1", "-1", "0", "１", "1\x00", "9" * 18, "1.0"])
def test_a_receipt_that_is_no_number_is_nobodys(browser, blue, digest_of_database, receipt):
    sent = filled_in(browser, blue, receipt=receipt)
    before = digest_of_database()

    page = browser.post(blue, data=sent)

    assert page.status_code == 409
    assert WORDS in page.text
    assert digest_of_database() == before


def test_every_changed_or_shortened_token_is_unknown(browser, blue, digest_of_database, wound):
    token = blue.removeprefix("/r/")
    changed = [
        token[:n] + format(int(c, 16) ^ 1, "x") + token[n + 1 :] for n, c in enumerate(token)
    ]
    shortened = [token[:n] for n in range(1, len(token))]
    before = digest_of_database()

    sent = filled_in(browser, blue)
    others = (*changed, *shortened, token + "0", token.upper() + "A", token + "/")
    for n, other in enumerate(others):
        page = browser.post(f"/r/{other}", data=sent)
        assert page.status_code == (404 if n < 60 else 429)
        assert token not in page.text
    assert digest_of_database() == before


def test_of_two_who_send_at_the_same_moment_one_is_recorded_and_one_gets_the_words_back(
    browser, blue, office
):
    sent, barrier = filled_in(browser, blue), Barrier(2)

    def post(words):
        barrier.wait()
        return browser.post(blue, data={**sent, "words": words})

    with ThreadPoolExecutor(2) as people:
        pages = list(people.map(post, ["第一个人写的进展", "第二个人写的进展"]))

    assert sorted(page.status_code for page in pages) == [303, 409]
    with reading(office.engine) as session:
        assert len(session.exec(select(Transition).where(Transition.event == "answer")).all()) == 1


def test_of_thirty_links_sent_eight_times_each_at_once_thirty_acts_are_recorded(
    browser, cast, night, link, office
):
    numbers = [f"甲-{n:02}" for n in range(30)]
    for number in numbers:
        cast.task(number, DUE)
    night()
    paths = [link("alice", number) for number in numbers]
    form = {"who": "self", "act": "answer", "words": WORDS}
    receipts = rows(office, Receipt, col(Receipt.official_id) == cast.alice)  # in this order too
    sent = {path: {"receipt": r.id, **form} for path, r in zip(paths, receipts, strict=True)}

    with browser, ThreadPoolExecutor(8) as crowd:
        # The eight of one link follow each other: so many threads have the same one in hand.
        eight_each = [path for path in paths for _ in range(8)]
        pages = list(crowd.map(lambda path: browser.post(path, data=sent[path]), eight_each))

    assert {page.status_code for page in pages} == {303}
    with reading(office.engine) as session:
        for event in ("answer", "start"):
            moves = session.exec(select(Transition).where(Transition.event == event)).all()
            assert len({move.task_id for move in moves}) == len(moves) == 30


def test_numbers_that_python_does_not_read_are_no_failure(browser, cast, local, sign_in):
    cast.task("甲-1", DUE)
    here = local(mailbox=Mailbox())

    assert sign_in("olga").get(f"/?page={HUGE}").status_code == 200
    for path in (f"/mailbox/{HUGE}", f"/mailbox/{HUGE}/html", "/mailbox/-1", "/mailbox/١"):
        assert here.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/tasks/%00",
        "/tasks/" + "x" * 9000,
        "/tasks/%ff",
        "/?unit=%ed%a0%80&number=%ff",
        "/?page=²",
        f"/people/{HUGE}",
        f"/people/units/{HUGE}",
        f"/tasks/x/evidence/{HUGE}",
    ],
)
def test_odd_addresses_at_the_desk_are_no_failure(sign_in, path):
    assert sign_in("olga").get(path).status_code in (200, 404)


@on_sqlite
@pytest.mark.parametrize(
    "header",
    ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via"],
)
def test_whoever_comes_through_a_proxy_does_not_sit_at_this_machine(local, header, cast):
    here = local(mailbox=Mailbox(), demo=True)
    assert here.get("/mailbox").status_code == 200

    assert here.get("/mailbox", headers={header: "127.0.0.1"}).status_code == 404
    assert here.get("/", headers={header: "127.0.0.1"}).status_code == 303


def test_a_forwarded_host_never_enters_a_page(browser, blue):
    for header in ("Host", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Original-URL"):
        page = browser.get(blue, headers={header: "evil.example"})
        assert "evil.example" not in page.text + str(page.headers)
    sent = browser.post(blue, data=filled_in(browser, blue), headers={"Host": "evil.example"})
    assert sent.headers["location"] == blue


@on_sqlite
def test_the_session_cookie_is_kept_from_scripts_and_other_sites(browser, office, cast, sign_in):
    def cookie(client):
        with transaction(office.engine, NOON) as session:
            link = offer_sign_in(session, session.get_one(Official, cast.olga), NOON)
        return client.post(f"/login/{link}").headers["set-cookie"].lower()

    plain = cookie(browser)
    assert "httponly" in plain
    assert "samesite=lax" in plain
    assert "path=/" in plain
    secure = replace(office, base_url="https://sise.example")
    assert "; secure" in cookie(_browser(create_app(secure, clock=lambda: NOON)))


@on_sqlite
def test_a_cookie_that_was_changed_signs_nobody_in(sign_in, cast):
    browser = sign_in("alice")
    cookie = browser.cookies["sise_session"]
    browser.cookies.clear()

    for other in ("", "x", cookie[:-1], cookie + "x", "1" + cookie, "é", "[" * 3000):
        raw = other.encode()
        page = browser.get("/", headers={"Cookie": b"sise_session=" + raw})
        assert (page.status_code, page.headers["location"]) == (303, "/login")


def test_a_stranger_finds_nothing_by_searching(cast, night, sign_in, office):
    """Not even that a restricted matter has this unit, this title, or these words."""
    cast.task("密-1", DUE, title="某人的线索", restricted=True)
    night()
    reply(office, answer, cast.alice, "密-1", on=DAY, words=WORDS)
    dora = sign_in("dora")

    for asked in ("区教育局", "教育", "某人", "alice", "%", "_"):
        assert "密-1" not in dora.get("/", params={"unit": asked}).text
    for asked in ("某人", "线索", "的"):
        assert "密-1" not in dora.get("/", params={"number": asked}).text
    for path in ("/", "/tasks/密-1"):
        page = dora.get(path).text
        for secret in ("某人的线索", "区教育局", WORDS, "alice", "carol"):
            assert secret not in page
    mallory = sign_in("mallory")
    assert "密-1" not in mallory.get("/", params={"number": "密"}).text
    assert mallory.get("/tasks/密-1").status_code == 404


def test_no_act_is_recorded_twice_by_a_thousand_looks(browser, blue, office):
    for method in ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"):
        browser.request(method, blue + "?act=answer&who=self&words=" + "x" * 20)

    with reading(office.engine) as session:
        assert (
            session.exec(select(Receipt).where(col(Receipt.acknowledged_at).is_not(None))).first()
            is None
        )
