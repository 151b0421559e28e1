"""The office that all hosts share: its people and tasks, a night left alone to compare with, and
what the database tells of who is at it."""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from flows.database import open_engine, reading, transaction
from flows.history import faults
from flows.locks import Lock
from flows.moves import lock_tasks
from flows.night import run_night
from flows.office import Office
from flows.schema import upgrade
from models import MessageAttempt, Night, NightShard, Official, Task, Transition
from models.night import NightStep
from sise import clock
from tests.cluster.hosts import HERE
from tests.cluster.servers import Database, until
from tests.conftest import Cast, gather_cast, office_on
from tests.ends import Rows, difference, ended
from tests.smtp_peers import peer

PEOPLE, TASKS = 32, 32  # a mail each: more than one delivery leases ahead of its eighth
APART = ("chain_link", "night_shard")  # parts have a link each: the chain is looked at by itself
_STUCK = (
    "SELECT DISTINCT host(client_addr) FROM pg_stat_activity"
    " WHERE datname = 'sise' AND wait_event_type = 'Lock'"
)
_OPEN = (
    "SELECT DISTINCT host(client_addr) FROM pg_stat_activity"
    " WHERE datname = 'sise' AND host(client_addr) <> :here"
)
_PLAYS = (
    "SELECT host(client_addr) FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND objid = :key AND objsubid = 1 AND granted"
)


@dataclass
class Expected:
    """What the night comes to when nobody disturbs it."""

    rows: dict[str, Rows]
    mails: Counter[str]


@dataclass
class Shared:
    database: Database
    home: Path
    office: Office = field(init=False)
    cast: Cast = field(init=False)
    people: list[int] = field(default_factory=list)

    def make(self) -> None:
        with self._admin() as admin:
            admin.execute(text("CREATE DATABASE sise"))
        engine = open_engine(self.database.url("sise"))
        upgrade(engine)
        self.home.mkdir()
        self.office = office_on(engine, self.home)
        self.cast = gather_cast(engine)
        with transaction(engine, clock.now()) as session:
            for n in range(PEOPLE):
                person = Official(
                    name=f"第{n}人", unit_id=self.cast.unit, email=f"person{n}@dinghai.example"
                )
                session.add(person)
                session.flush()
                self.people.append(person.id)

    def give_keys(self, home: Path) -> None:
        home.mkdir(parents=True)
        shutil.copy(self.home / "secret", home / "secret")

    def open_tasks(self, nights: Sequence[date]) -> None:
        """So many are due on the eve of each night; each part of a sweep has some of them."""
        for n in range(TASKS):
            for on in nights:
                person = self.people[n % PEOPLE]
                self.cast.task(f"{on}-{n}", on - timedelta(days=1), handler_id=person)

    def left_alone(self, on: date) -> Expected:
        """The same night on a copy of the database."""
        self.office.engine.dispose()
        until(self._copied, "a moment at which nobody uses the database")
        engine = open_engine(self.database.url("copy"))
        with peer() as relay:
            office = replace(self.office, engine=engine, smtp_url=relay.url)
            run_night(office, on=on, now=clock.now(), orchestrator="prefect")
            expected = Expected(ended(engine), Counter(relay.to()))
        engine.dispose()
        return expected

    def _copied(self) -> bool:
        with self._admin() as admin:
            try:
                admin.execute(text("DROP DATABASE IF EXISTS copy"))
                admin.execute(text("CREATE DATABASE copy TEMPLATE sise"))
            except OperationalError:
                return False
        return True

    def stuck(self) -> set[str]:
        """Addresses of those that wait for what somebody holds."""
        with self._admin() as admin:
            return set(admin.scalars(text(_STUCK)))

    def plays(self) -> str | None:
        """The address of whoever plays the night."""
        with self._admin() as admin:
            return admin.scalar(text(_PLAYS), {"key": Lock.NIGHT.value})

    def at_it(self) -> set[str]:
        """Addresses of the workers that have the database open."""
        with self._admin() as admin:
            return set(admin.scalars(text(_OPEN), {"here": HERE}))

    @contextmanager
    def _admin(self) -> Iterator[Connection]:
        engine = create_engine(self.database.url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def closed(self, on: date) -> bool:
        try:
            with reading(self.office.engine) as session:
                found = session.scalar(select(Night.step).where(Night.on == on))
                return found == NightStep.CLOSED
        except OperationalError:
            return False


def hold(session: Session, on: date) -> None:
    """As people would who act on every task that is due that night, and take their time."""
    assert len(lock_tasks(session, col(Task.due_on) == on - timedelta(days=1))) == TASKS


@dataclass
class Proved:
    """What is true after a night; each an empty string, or what is wrong."""

    rows: str
    mail: str
    ledger: str
    raised: int
    twice: int
    epoch: int
    parts: str


def proved(
    shared: Shared, on: date, expected: Expected, mails: list[tuple[str, bytes]], most: int
) -> Proved:
    """`most`: so many mails may arrive twice."""
    engine = shared.office.engine
    arrived = Counter(to for to, _ in mails)
    twice = arrived - expected.mails
    mail = [f"missing {to}" for to in expected.mails - arrived]
    mail += [f"{twice.total()} arrived twice"] if twice.total() > most else []
    mail += ["not the same bytes"] if len(set(mails)) != expected.mails.total() else []
    with reading(engine) as session:
        night = session.exec(select(Night).where(Night.on == on)).one()
        wrong = [english for _, english in faults(session)]
        raised = session.exec(
            select(Transition.task_id).where(
                Transition.night_id == night.id, Transition.event == "escalate"
            )
        ).all()
        parts = session.exec(select(NightShard).where(NightShard.night_id == night.id)).all()
        sent = Counter(
            session.scalars(
                select(MessageAttempt.message_id).where(MessageAttempt.outcome == "sent")
            )
        )
    moved = sum(part.moved or 0 for part in parts)
    if moved > len(raised):
        wrong.append(f"its parts say {moved}, {len(raised)} were raised")
    if max(sent.values()) > 1:
        wrong.append("a mail was settled as sent twice")
    if len(raised) < TASKS:
        wrong.append(f"{len(raised)} tasks were raised of {TASKS} that are due")
    if len(raised) != len(set(raised)):
        wrong.append("a task was raised twice")
    by = Counter(part.worker.partition(":")[0] or "the night itself" for part in parts)
    return Proved(
        rows=difference(ended(engine), expected.rows, without=APART),
        mail="; ".join(mail),
        ledger="; ".join(wrong),
        raised=len(raised),
        twice=twice.total(),
        epoch=night.epoch,
        parts=", ".join(f"{n} {name}" for name, n in sorted(by.items())),
    )
