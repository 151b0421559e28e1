"""Each page of the desk, and why a task has its colour, the morning after a night that raised one
task in eleven: processor time of the application and of its database together, on both."""

import os
import resource
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from time import process_time

from sqlalchemy import Engine, text

from benchmarks.databases import Kind, postgresql, sqlite
from benchmarks.desk_clients import ROOT, SERVE
from benchmarks.district import due_of, populate
from benchmarks.machine import parent_of, worked
from benchmarks.outbox import office_on
from benchmarks.population import TONIGHT, instant
from benchmarks.row import Budget, Row, options, told
from flows.database import reading, transaction
from flows.explain import explain
from flows.night import run_night
from flows.office import Office
from flows.signing_in import offer_sign_in
from flows.working_days import load_calendar
from models import Official
from web.app import create_app

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for httpx2, and works with the httpx that is here
    from fastapi.testclient import TestClient

ROUNDS = 10
SLOWEST = 8  # that are named
LIMIT = Budget(200, of="figure")
EMPTY = "/login"  # a page that asks the database for nothing
NIGHT, TASK = f"/nights/{TONIGHT}", "测100000007"
PAGES = (
    *("/", "/?colour=green", "/?page=40", "/?number=999", "/?number=问题", "/?unit=单位77"),
    *("/figures", "/figures?flat=yes", "/figures/wall", "/notices", "/notices?page=40", "/acts"),
    *("/notices?page=1800", "/outcomes", "/reported", "/reports", "/outbox", "/outbox?page=30"),
    *("/outbox/burden", "/people", "/people/77", "/people/unreachable", "/postings", "/import"),
    *("/calendar", "/policies", "/nights", NIGHT, f"{NIGHT}?page=900", f"{NIGHT}?page=1800"),
    *("/audit", "/audit/changes", "/look-backs", "/referrals", "/lists/deadlines", "/petitions"),
    *("/lists/deadlines?page=40", "/proposals", "/duties", "/scores", "/pairings", "/feedback"),
    *("/measurements", "/feedback-register", "/healthz", f"/tasks/{TASK}"),
)


def rows(tasks: int) -> Iterator[Row]:
    for kind in (sqlite, postgresql):
        yield from _on(kind, tasks)


def _on(kind: Kind, tasks: int) -> Iterator[Row]:
    size = f"{kind.__name__}, {tasks:,} open, {due_of(tasks):,} raised"
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with kind(home, partial(morning_after, home=home, tasks=tasks)) as copies:
            office = office_on(next(copies), home)
            yield from _named(each_page(office), size)
            why = milliseconds(office.engine, lambda: _explained(office))
            yield Row("desk", "sise explain: the reasons", size, why, "ms", budget=LIMIT)
            yield _command(office, size)


def morning_after(engine: Engine, home: Path, tasks: int) -> None:
    populate(engine, tasks, due_of(tasks))
    run_night(office_on(engine, home), on=TONIGHT, now=instant(TONIGHT))


def each_page(office: Office) -> dict[str, float]:
    """For somebody of the office, who sees everything: these pages are the dearest."""
    browser = _signed_in(office)

    def look(page: str) -> None:
        if browser.get(page).status_code != 200:
            raise RuntimeError(f"{page} could not be opened")

    return {page: milliseconds(office.engine, partial(look, page)) for page in (EMPTY, *PAGES)}


def _signed_in(office: Office) -> TestClient:
    now = instant(TONIGHT)
    with transaction(office.engine, now) as session:
        link = offer_sign_in(session, session.get_one(Official, 1), now)
    app = create_app(office, clock=lambda: now)
    browser = TestClient(app, base_url=office.base_url, follow_redirects=False)
    browser.post(f"/login/{link}")
    return browser


def milliseconds(engine: Engine, work: Callable[[], None]) -> float:
    """Of a processor, once it is warm; of the database's own processes too."""
    work()
    server = _server(engine)
    began, served = process_time(), worked(server) if server else 0.0
    for _ in range(ROUNDS):
        work()
    took = process_time() - began + (worked(server) - served if server else 0.0)
    return 1000 * took / ROUNDS


def _server(engine: Engine) -> int | None:
    if engine.dialect.name == "sqlite":  # works in this process
        return None
    with engine.connect() as connection:
        return parent_of(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def _named(pages: dict[str, float], size: str) -> Iterator[Row]:
    """The dearest by name, and the dearest of the others."""
    empty = pages.pop(EMPTY)
    dearest = sorted(pages, key=lambda page: -pages[page])
    named = {page: page for page in dearest[:SLOWEST]}
    if rest := dearest[SLOWEST:]:
        named[rest[0]] = f"the other {len(rest)} pages, at most"
    for page, name in named.items():
        took = pages[page]
        yield Row("desk", name, size, took, "ms", took / empty, "an empty page", LIMIT)


def _explained(office: Office) -> None:
    with reading(office.engine) as session:
        calendar = load_calendar(session)
        explain(session, TASK, on=TONIGHT, calendar=calendar, timezone=office.timezone)


def _command(office: Office, size: str) -> Row:
    """Most of it is starting Python; so against the command that only says what it is."""
    idle = _process(office, "explain", "--help")
    took = _process(office, "explain", TASK, "--date", str(TONIGHT), "--json")
    return Row("desk", "sise explain: the command", size, took, "ms", took / idle, "its --help")


def _process(office: Office, *said: str) -> float:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SISE_", "PYTHONDONT"))}
    url = office.engine.url.render_as_string(hide_password=False)
    kept |= {"SISE_HOME": str(office.home), "SISE_DATABASE_URL": url}
    took = []
    for _ in range(2):  # the first compiles
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-c", SERVE, *said]
        subprocess.run(command, cwd=ROOT, env=kept, stdout=subprocess.DEVNULL, check=True)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        took.append(ended.ru_utime - began.ru_utime + ended.ru_stime - began.ru_stime)
    return 1000 * min(took)


def main() -> None:
    given = options(__doc__, tasks=(1_000_000, 20_000))
    told(given, rows(given.tasks))


if __name__ == "__main__":
    main()
