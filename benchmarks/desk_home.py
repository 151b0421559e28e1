"""An office on the embedded default after its night: people, warnings, mail that waits."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, insert, select, update
from sqlmodel import Session, col

from benchmarks.outbox import office_on
from benchmarks.population import populate
from flows.database import open_engine, reading, transaction
from flows.keyring import open_ring
from flows.night import run_night
from flows.schema import upgrade
from flows.signing_in import offer_sign_in
from models import Application, Notice, Official, Post, Receipt, ReplyLink, Task
from models.notice import Duty
from models.organisation import PostKind
from models.signoff import TaskState
from notifications.links import token
from sise import clock

OFFICE = 20  # people of the supervision office; everybody else handles tasks
TASKS_EACH = 20
ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Warned:
    """A matter that its handler was warned of: its number, and the link in his mail."""

    number: str
    receipt_id: int
    link: str


@dataclass(frozen=True)
class Recorded:
    """What the database says was done."""

    acknowledged: int
    drafted: int
    withdrawn: int


@dataclass(frozen=True)
class Home:
    folder: Path
    engine: Engine

    def doors(self, n: int) -> list[str]:
        """So many one-time sign-in links for people of the office."""
        now = clock.now()
        with transaction(self.engine, now) as session:
            people = _office(session)
            return [
                f"/login/{offer_sign_in(session, people[one % OFFICE], now)}" for one in range(n)
            ]

    def warned(self) -> list[Warned]:
        secret = open_ring(self.folder / "secret").newest
        with reading(self.engine) as session:
            found = session.execute(
                select(col(Task.number), col(Receipt.id), col(ReplyLink.salt))
                .join_from(ReplyLink, Receipt, col(Receipt.id) == col(ReplyLink.receipt_id))
                .join(Notice, col(Notice.id) == col(Receipt.notice_id))
                .join(Task, col(Task.id) == col(Notice.task_id))
                .where(col(Receipt.duty) == Duty.ACT)
                .order_by(col(ReplyLink.id))
            )
            return [Warned(number, n, f"/r/{token(secret, salt)}") for number, n, salt in found]

    def recorded(self) -> Recorded:
        with reading(self.engine) as session:
            counts = (
                select(func.count()).where(col(Receipt.acknowledged_at).is_not(None)),
                select(func.count()).select_from(Application),
                select(func.count()).where(col(Task.state) == TaskState.WITHDRAWN),
            )
            return Recorded(*(session.scalar(one) or 0 for one in counts))


@contextmanager
def populated(folder: Path, tasks: int) -> Iterator[Home]:
    """A fifth of the tasks turned blue in the last night."""
    engine = open_engine(f"sqlite:///{folder}/sise.db")
    upgrade(engine)
    now = clock.now()  # what is served has the real one
    today = clock.business_date(now, ZONE)
    populate(engine, tasks, tasks // 5, on=today)
    _people(engine, tasks, today, now)
    run_night(office_on(engine, folder), on=today, now=now)
    yield Home(folder, engine)
    engine.dispose()


def _people(engine: Engine, tasks: int, today: date, now: datetime) -> None:
    handlers = max(1, tasks // TASKS_EACH)
    with transaction(engine, now) as session:
        people = [
            {"name": f"张伟{n}", "unit_id": 1 + n % 1000, "email": f"zhang{n}@dinghai.example"}
            for n in range(1, OFFICE + handlers + 1)
        ]
        session.execute(insert(Official), people)
        posts = [
            {"official_id": n, "unit_id": 1 + n % 1000, "kind": PostKind.OFFICE}
            for n in range(1, OFFICE + 1)
        ]
        session.execute(insert(Post), posts)
        session.execute(update(Task).values(handler_id=OFFICE + 1 + col(Task.id) % handlers))


def _office(session: Session) -> list[Official]:
    return list(session.scalars(select(Official).where(col(Official.id) <= OFFICE)))
