"""What surrounds the pages: headers, failures, the access log, health, the local mailbox."""

import logging
import socket
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from urllib.request import urlopen

import pytest
import uvicorn
from sqlalchemy import event, text

from flows.database import open_engine
from models.api_client import Scope
from notifications.mailbox import Mailbox
from tests.conftest import instant
from tests.web.conftest import DUE, NOON, TestClient
from web.app import create_app

MAIL = (
    b"From: sise@office.example\r\nTo: =?utf-8?b?546L6Iqz?= <alice@dinghai.example>\r\n"
    b"Subject: =?utf-8?b?552j5Yqe?=\r\nDate: Thu, 14 Jul 2022 "
    b"02:00:00 +0800\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n"
    b"\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nhttp://127.0.0.1:8000/r/abc\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><head></head><body>"
    b"<a href='http://127.0.0.1:8000/r/abc'>open</a><script>1</script></body></html>\r\n--b--\r\n"
)


def test_every_page_is_unindexed_uncached_and_fenced_in(browser, cast):
    for path in ("/", "/login", "/r/unknown", "/nowhere", "/healthz"):
        headers = browser.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"
        assert "noindex" in headers["x-robots-tag"]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert "unsafe" not in policy


def test_the_style_sheet_may_be_kept_and_fetches_nothing(browser):
    sheet = browser.get("/static/sise.css")

    assert "max-age" in sheet.headers["cache-control"]
    assert "http" not in sheet.text
    assert "@import" not in sheet.text


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "/nowhere", 404, "没有这个页面"),
        ("POST", "/", 405, "不能这样操作"),
        ("DELETE", "/r/abc", 405, "不能这样操作"),
        ("GET", "/mailbox", 404, "没有这个页面"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(browser, method, path, status, sentence):
    page = browser.request(method, path)

    assert page.status_code == status
    assert sentence in page.text
    assert 'lang="zh-CN"' in page.text


def test_a_body_that_is_too_long_is_refused_before_it_is_read(browser):
    page = browser.post("/r/abc", data={"words": "字" * 200_000})

    assert page.status_code == 413


def test_a_file_where_text_belongs_is_no_crash(browser):
    page = browser.post("/r/abc", files={"words": ("a.txt", b"x")})

    assert page.status_code in (404, 422)
    assert "</html>" in page.text


@pytest.mark.usefixtures("made_anew")
def test_a_failure_of_ours_is_a_page_without_a_traceback(browser, office):
    with office.engine.begin() as connection:
        connection.execute(text("ALTER TABLE reply_link RENAME TO gone"))

    page = browser.get("/r/abc")

    assert page.status_code == 500
    assert "系统出错了" in page.text
    assert "reply_link" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]


@contextmanager
def running(app):
    """The application behind a real uvicorn; yields its port, which listens from the start."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="info"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(60)


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())


def test_no_token_is_in_the_access_log(office, cast, night, link, clock):
    cast.task("甲-1", DUE)
    night()
    path = link("alice", "甲-1")
    kept = Lines()

    with running(create_app(office, clock=clock)) as port:
        logging.getLogger("uvicorn.access").addHandler(kept)
        assert urlopen(f"http://127.0.0.1:{port}{path}?from=mail").status == 200
        for odd in (
            "/login/secret-token-1",
            "//r/secret-token-2",
            "/%72/secret-token-3",
            "/R/secret-token-4",
        ):
            with pytest.raises(OSError, match="404"):
                urlopen(f"http://127.0.0.1:{port}{odd}")
    logging.getLogger("uvicorn.access").removeHandler(kept)

    assert len(kept.lines) == 5
    assert path.removeprefix("/r/") not in "".join(kept.lines)
    assert "secret" not in "".join(kept.lines)
    assert "GET /r/****" in kept.lines[0]


def test_health_is_503_once_a_night_is_late(browser, cast, night, clock):
    night()
    fine = browser.get("/healthz")
    assert (fine.status_code, fine.json()["last_night_on"]) == (200, "2022-07-14")

    clock.now = instant(date(2022, 7, 18))

    late = browser.get("/healthz")
    assert late.status_code == 503
    assert late.json()["problems"]


def test_metrics_count_tasks_and_mails(browser, cast, night):
    cast.task("甲-1", DUE)
    night()

    lines = browser.get("/metrics").text.splitlines()

    assert 'sise_tasks{colour="blue"} 1.0' in lines
    assert 'sise_messages{state="queued"} 2.0' in lines
    assert "sise_healthy 1.0" in lines
    assert "sise_last_night_age_days 0.0" in lines


@pytest.fixture
def mailbox():
    box = Mailbox()
    box.keep("alice@dinghai.example", MAIL)
    return box


def test_the_mailbox_shows_what_was_caught_and_its_links_leave_the_frame(local, mailbox):
    here = local(mailbox=mailbox)

    listed, page = here.get("/mailbox"), here.get("/mailbox/1")
    for shown in (listed.text, page.text):
        for said in ("督办", "王芳", "alice@dinghai.example", "2022年7月14日 02:00"):
            assert said in shown
        assert "Jul" not in shown
    assert 'href="http://127.0.0.1:8000/r/abc"' in page.text
    assert "frame-src 'self'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    frame = here.get("/mailbox/1/html")
    assert '<base target="_top">' in frame.text
    policy = frame.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "frame-ancestors 'self'" in policy
    assert here.get("/mailbox/2").status_code == 404


def test_of_mail_that_is_caught_nobody_asks_for_the_sender(local, office, clock, mailbox):
    unset = replace(office, smtp_url="smtp://127.0.0.1:9", mail_from="sise@localhost")
    for box, warned in ((mailbox, False), (None, True)):
        here = TestClient(create_app(unset, clock=clock, mailbox=box))

        assert ("SISE_MAIL_FROM" in here.get("/healthz").text) is warned


def test_many_mails_are_listed_page_by_page(local, mailbox):
    for _ in range(60):
        mailbox.keep("alice@dinghai.example", MAIL)
    here = local(mailbox=mailbox)

    first, second = here.get("/mailbox").text, here.get("/mailbox?page=2").text

    assert [page.count('href="/mailbox/') for page in (first, second)] == [50, 11]
    assert 'href="/mailbox?page=2"' in first
    assert 'href="/mailbox/1"' in second


def test_the_mailbox_is_for_this_machine_only(local, mailbox):
    here = local(mailbox=mailbox)

    for headers in ({"X-Forwarded-For": "10.1.1.1"}, {"Host": "rebound.example"}):
        for path in ("/mailbox", "/mailbox/1", "/mailbox/1/html"):
            assert here.get(path, headers=headers).status_code == 404


def test_a_database_that_is_locked_or_gone_is_a_page_that_asks_to_wait(office, cast, night, link):
    cast.task("甲-1", DUE)
    night()
    path = link("alice", "甲-1")
    with _out_of_reach(office) as unreachable:
        page = TestClient(
            create_app(unreachable, clock=lambda: NOON), raise_server_exceptions=False
        ).post(path, data={"receipt": "1", "who": "self", "act": "acknowledge"})

    assert page.status_code == 503
    assert "系统正忙" in page.text
    assert page.headers["retry-after"] == "60"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert path not in page.text


def test_of_a_database_that_is_locked_or_gone_a_program_is_told_in_json(office, cast, program):
    token = program(Scope.WRITE).headers["Authorization"]
    row = {"number": "新-1", "title": "河道清淤", "unit": "区教育局", "due_on": "2022-09-30"}
    with _out_of_reach(office) as unreachable:
        answered = TestClient(
            create_app(unreachable, clock=lambda: NOON), raise_server_exceptions=False
        ).post("/api/v1/ledger", json={"rows": [row]}, headers={"Authorization": token})

    assert answered.status_code == 503
    assert "系统正忙" in answered.json()["detail"]
    assert answered.headers["retry-after"] == "60"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_disk_that_is_full_is_said_and_nothing_is_half_done(
    office, cast, night, link, digest_of_database
):
    """As good as full: the database may not grow, nor is there a page in it that nobody uses."""
    cast.task("甲-1", DUE)
    night()
    with office.engine.connect() as connection:
        connection.connection.execute("VACUUM")
    path, full = link("alice", "甲-1"), open_engine(str(office.engine.url))
    event.listen(full, "connect", lambda raw, _: raw.execute("PRAGMA max_page_count = 1"))
    app = create_app(replace(office, engine=full), clock=lambda: NOON)
    here, before = TestClient(app, raise_server_exceptions=False), digest_of_database()
    words = "已约谈学校和承运单位，" * 170
    sent = {"receipt": "1", "who": "self", "act": "answer", "words": words}
    pages = [here.post(path, data=sent) for _ in range(2)]
    full.dispose()

    for page in pages:
        assert page.status_code == 503
        assert "服务器磁盘已满" in page.text
        assert "没有记录任何操作" in page.text
        assert page.headers["retry-after"] == "60"
    assert digest_of_database() == before


@contextmanager
def _out_of_reach(office):
    """The same office, whose database another program holds (SQLite), or which is not there."""
    if office.engine.dialect.name == "postgresql":
        yield replace(office, engine=open_engine("postgresql+psycopg://127.0.0.1:1/gone"))
        return
    impatient = open_engine(str(office.engine.url))
    event.listen(impatient, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 1"))
    with office.engine.execution_options(sise_writes=True).begin():
        yield replace(office, engine=impatient)
    impatient.dispose()
