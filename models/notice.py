"""预警单: one notice per escalation, and one receipt for everybody who is told of it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Index,
    UniqueConstraint,
    and_,
    or_,
    text,
)
from sqlmodel import Field, SQLModel, col

from models.columns import Instant, by_value, one_of, written_out
from models.notice_machine import LIVE, NoticeState
from models.organisation import PostKind
from models.warning import Colour

_LIVE = "state IN ({})".format(", ".join(f"'{state}'" for state in LIVE))


class Duty(StrEnum):
    """What the person told owes: to move the notice, to acknowledge, or nothing."""

    ACT = "act"
    ACKNOWLEDGE = "acknowledge"
    COPY = "copy"


class Notice(SQLModel, table=True):
    """Numbered per policy and year. A due date is None where the rung asks for nothing."""

    id: int = Field(default=None, primary_key=True)
    transition_id: int = Field(foreign_key="transition.id", unique=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    policy_name: str
    year: int
    sequence: int
    number: str = Field(unique=True)
    colour: Colour = Field(sa_column=Column(by_value(Colour), nullable=False))
    state: NoticeState = Field(sa_column=Column(by_value(NoticeState), nullable=False))
    issued_on: date
    acknowledge_by: date | None = None
    answer_by: date | None = None

    __table_args__ = (
        CheckConstraint(one_of("colour", Colour), name="notice_colour"),
        CheckConstraint("colour <> 'green'", name="notice_is_a_warning"),
        CheckConstraint(one_of("state", NoticeState), name="notice_state"),
        CheckConstraint(
            "acknowledge_by >= issued_on AND answer_by >= issued_on", name="notice_dates"
        ),
        UniqueConstraint("policy_name", "year", "sequence", name="notice_sequence"),
        Index(
            "notice_live",
            "task_id",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        # Their one reader is flows.sweep, for the clocks that hang on a notice.
        Index(
            "notice_unacknowledged",
            "colour",
            "acknowledge_by",
            sqlite_where=text("state = 'issued'"),
            postgresql_where=text("state = 'issued'"),
        ),
        Index(
            "notice_unanswered",
            "colour",
            "answer_by",
            sqlite_where=text("state IN ('issued', 'acknowledged')"),
            postgresql_where=text("state IN ('issued', 'acknowledged')"),
        ),
    )


class Receipt(SQLModel, table=True):
    """One person's copy of a notice, with what that person did about it.

    `capacity` is the post by which the person was told, `stands_for_id` the absent official
    whose deputy this is, `climbed_from` the post that nobody could be found for. `raised_from`
    is the lighter duty that was owed until `raised_on`, when somebody else could not be reached.
    From `ended_on` on nothing is owed by this person any more: it passed to somebody else, by a
    reassignment, a hand-over, or because he stands aside.
    """

    id: int = Field(default=None, primary_key=True)
    notice_id: int = Field(foreign_key="notice.id")
    official_id: int = Field(foreign_key="official.id", index=True)
    capacity: PostKind = Field(sa_column=Column(by_value(PostKind), nullable=False))
    duty: Duty = Field(sa_column=Column(by_value(Duty), nullable=False))
    stands_for_id: int | None = Field(default=None, foreign_key="official.id")
    climbed_from: PostKind | None = Field(
        default=None, sa_column=Column(by_value(PostKind), nullable=True)
    )
    given_on: date
    raised_on: date | None = None
    raised_from: Duty | None = Field(default=None, sa_column=Column(by_value(Duty), nullable=True))
    ended_on: date | None = None
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)
    answered_at: datetime | None = Field(default=None, sa_type=Instant)
    said_by: str = Field(default="", sa_column_kwargs={"server_default": ""})
    assurance: str = Field(default="", sa_column_kwargs={"server_default": ""})
    words: str = ""  # the progress reported, or the instruction given

    __table_args__ = (
        CheckConstraint(one_of("duty", Duty), name="receipt_duty"),
        CheckConstraint(one_of("capacity", PostKind), name="receipt_capacity"),
        CheckConstraint("answered_at IS NULL OR duty = 'act'", name="receipt_answer"),
        CheckConstraint("answered_at IS NULL OR acknowledged_at IS NOT NULL", name="receipt_order"),
        CheckConstraint(one_of("raised_from", Duty), name="receipt_raised_from"),
        CheckConstraint("(raised_on IS NULL) = (raised_from IS NULL)", name="receipt_raised"),
        UniqueConstraint("notice_id", "official_id", name="receipt_person"),
        Index(  # flows.notices: for whom another was told, of the notices of a night
            "receipt_climbed",
            "given_on",
            "notice_id",
            sqlite_where=text("climbed_from IS NOT NULL"),
            postgresql_where=text("climbed_from IS NOT NULL"),
        ),
        Index(  # flows.handing_on: which notices changed hands
            "receipt_ended",
            "notice_id",
            sqlite_where=text("ended_on IS NOT NULL"),
            postgresql_where=text("ended_on IS NOT NULL"),
        ),
    )


def owed() -> ColumnElement[bool]:
    """A receipt of a live notice on which its person has something left to do, or to know."""
    undone = or_(
        col(Receipt.duty) == Duty.COPY,
        and_(col(Receipt.duty) == Duty.ACKNOWLEDGE, col(Receipt.acknowledged_at).is_(None)),
        and_(col(Receipt.duty) == Duty.ACT, col(Notice.state) != NoticeState.ANSWERED),
    )
    return and_(col(Notice.state).in_(written_out(*LIVE)), col(Receipt.ended_on).is_(None), undone)
