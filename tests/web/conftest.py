"""A browser at the office's web application, after one night with something to answer."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time

import pytest
from anyio.from_thread import start_blocking_portal
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import select
from sqlmodel import col

from flows.api_clients import let_in
from flows.database import reading, transaction
from flows.night import run_night
from flows.office import Office
from flows.signing_in import offer_sign_in
from models import Notice, Official, ReplyLink, Task
from models import Receipt as ReceiptRow
from models.api_client import Scope
from notifications.links import token
from tests.conftest import Cast, instant
from tests.databases import TABLES
from tests.played import as_played, digest_of
from tests.sign_offs import Bench
from tests.web.chromium import _launched, chromium, desktop, phone  # noqa: F401  # fixtures
from tests.web.in_process import Browser, TestClient
from tests.web.reviewing import Reviewing
from web.app import create_app
from web.pages import _TEMPLATES

DUE = date(2022, 7, 13)  # a Wednesday
DAY = date(2022, 7, 14)
NOON = instant(DAY, time(12))
# For what no database has a part in, or what is long and of one kind on both.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Clock:
    """Wound by the test."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session", autouse=True)
def _loop() -> Iterator[None]:
    """On which the pages of all tests are made, as on one that serves; by itself a browser starts
    one for each request, and threads with it."""
    with start_blocking_portal() as Browser.portal:
        yield


@pytest.fixture(scope="session", autouse=True)
def _templates(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Compiled by whichever worker of this run comes first."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = tmp_path_factory.getbasetemp().parent / "templates"
        folder.mkdir(exist_ok=True)
        _TEMPLATES.env.bytecode_cache = FileSystemBytecodeCache(str(folder))


@pytest.fixture
def wound(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the library that counts requests takes for the time: nothing passes but what the test
    adds, however long its machine takes."""
    now = [1_000_000.0]
    monkeypatch.setattr("limits.storage.memory.time.time", lambda: now[0])
    return now


@pytest.fixture
def browser(office: Office, clock: Clock) -> TestClient:
    """At http://sise.example, on some machine of the intranet."""
    return _browser(create_app(office, clock=clock))


@pytest.fixture
def local(office: Office, clock: Clock) -> Callable[..., TestClient]:
    """A browser on the machine itself; the facts go to create_app."""

    def build(**facts: object) -> TestClient:
        app = create_app(office, clock=clock, **facts)
        return _browser(app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 50000))

    return build


@pytest.fixture
def english(office: Office, clock: Clock) -> TestClient:
    return _browser(create_app(replace(office, language="en"), clock=clock))


@pytest.fixture
def sign_in(browser: TestClient, office: Office, cast: Cast) -> Callable[[str], TestClient]:
    """Sign one of the cast in, by a link and its button."""

    def enter(name: str) -> TestClient:
        with transaction(office.engine, NOON) as session:
            official = session.get_one(Official, cast.people[name])
            link = offer_sign_in(session, official, NOON)
        assert browser.post(f"/login/{link}").status_code == 303
        return browser

    return enter


@pytest.fixture
def night(office: Office, cast: Cast) -> Callable[[date], None]:
    """As it is before anybody opens a page."""

    def played(on: date = DAY) -> None:
        as_played(office.engine, on, lambda: run_night(office, on=on, now=instant(on)))

    return played


@pytest.fixture
def link(office: Office, cast: Cast) -> Callable[..., str]:
    """The address that a person's newest mail had for a task; without a task, for everything."""

    def find(name: str, number: str | None = None) -> str:
        wanted = (
            select(ReplyLink)
            .where(col(ReplyLink.official_id) == cast.people[name])
            .order_by(col(ReplyLink.id).desc())
        )
        if number is None:
            wanted = wanted.where(col(ReplyLink.receipt_id).is_(None))
        else:
            wanted = (
                wanted.join(ReceiptRow, col(ReceiptRow.id) == col(ReplyLink.receipt_id))
                .join(Notice, col(Notice.id) == col(ReceiptRow.notice_id))
                .join(Task, col(Task.id) == col(Notice.task_id))
                .where(col(Task.number) == number)
            )
        with reading(office.engine) as session:
            return f"/r/{token(office.secret, session.scalars(wanted).first().salt)}"

    return find


@pytest.fixture
def digest_of_database(office: Office) -> Callable[[], str]:
    """A hash of every row of every table."""

    def digest() -> str:
        return digest_of(office.engine, _EVERYTHING)

    return digest


_EVERYTHING = {name: f'SELECT * FROM "{name}"' for name in TABLES}


def _browser(
    app: object,
    base_url: str = "http://sise.example",
    client: tuple[str, int] = ("testclient", 50000),
) -> TestClient:
    return Browser(app, base_url, client)


@pytest.fixture
def review(office: Office, bench: Bench) -> Reviewing:
    """Links for whoever is asked to decide."""
    return Reviewing(office, {**bench.cast.people, "leo": bench.leo, "rita": bench.rita})


@pytest.fixture
def program(browser: TestClient, office: Office) -> Callable[..., TestClient]:
    """A program's way in, with these scopes."""

    def enter(*scopes: Scope) -> TestClient:
        with transaction(office.engine, NOON) as session:
            token = let_in(session, f"接口{'、'.join(scopes)}", scopes, NOON)
        browser.headers["Authorization"] = f"Bearer {token}"
        return browser

    return enter
