"""The night run: one row per business date, whatever fired it and however often."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, ColumnElement, and_
from sqlalchemy.orm import Mapped
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of


class NightStep(StrEnum):
    """In order. A step is named here once it has been committed."""

    CLAIMED = "claimed"
    SWEPT = "swept"
    ISSUED = "issued"
    COMPOSED = "composed"
    REPORTED = "reported"
    CLOSED = "closed"


class Night(SQLModel, table=True):
    """`epoch` counts the claims: a runner whose epoch is old can commit nothing more."""

    id: int = Field(default=None, primary_key=True)
    on: date = Field(unique=True)
    run_id: str = Field(unique=True)
    epoch: int
    step: NightStep = Field(sa_column=Column(by_value(NightStep), nullable=False))
    orchestrator: str
    claimed_at: datetime = Field(sa_type=Instant)
    closed_at: datetime | None = Field(default=None, sa_type=Instant)
    scanned: int = 0
    result: str = ""  # JSON, what `sise night --json` prints

    __table_args__ = (
        CheckConstraint(one_of("step", NightStep), name="night_step"),
        CheckConstraint("(step = 'closed') = (closed_at IS NOT NULL)", name="night_closed"),
    )


class NightShard(SQLModel, table=True):
    """A part of a night's sweep, for whichever worker takes it: the tasks from one id up to
    another. Who did it is written in the transaction that raises them. `done_at` None: nobody
    came to it, so the night's own sweep has done it."""

    __tablename__ = "night_shard"

    night_id: int = Field(primary_key=True, foreign_key="night.id")
    n: int = Field(primary_key=True)
    from_id: int
    before_id: int | None = None  # None: no end
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    moved: int | None = None
    worker: str = ""

    __table_args__ = (
        CheckConstraint(
            "(done_at IS NULL) = (moved IS NULL) AND (done_at IS NULL) = (worker = '')",
            name="night_shard_done",
        ),
    )

    def holds(self, task_id: Mapped[int]) -> ColumnElement[bool]:
        inside = task_id >= self.from_id
        return inside if self.before_id is None else and_(inside, task_id < self.before_id)
