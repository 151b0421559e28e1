"""The history: append-only. Notices and mails follow from these rows, never from callbacks."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.columns import Instant

_EMPTY = Field(default="", sa_column_kwargs={"server_default": ""})
_DECIDED = "machine IN ('sign-off', 'request')"
_COUNTED = "machine IN ('warning', 'sign-off')"
_ESCALATED = "machine = 'warning' AND event = 'escalate'"


class Transition(SQLModel, table=True):
    """One move of one machine. `on` is the business date, `at` the instant of writing.

    `cause` names the clock that struck; `passed` the rungs passed over on the way.
    """

    id: int = Field(default=None, primary_key=True)
    machine: str
    task_id: int = Field(foreign_key="task.id", index=True)
    notice_id: int | None = None  # no foreign key: a notice already points at its transition
    request_id: int | None = Field(default=None, foreign_key="change_request.id", index=True)
    event: str
    source: str
    target: str
    on: date
    at: datetime = Field(sa_type=Instant)
    night_id: int | None = Field(default=None, foreign_key="night.id")
    actor_id: int | None = Field(default=None, foreign_key="official.id")
    said_by: str = _EMPTY  # who the person behind a link said they were
    assurance: str = _EMPTY  # how sure that is: models.proof.Assurance
    cause: str = _EMPTY
    passed: str = _EMPTY
    reason: str = _EMPTY
    link_id: str

    __table_args__ = (
        CheckConstraint(
            "machine IN ('warning', 'notice', 'sign-off', 'request', 'stage')",
            name="transition_machine",
        ),
        CheckConstraint(
            "source <> target OR event IN ('approve', 'ask', 'amend', 'reassign')",
            name="transition_moves",
        ),
        # A night escalates a task once, however often it is run.
        Index(
            "transition_once_a_night",
            "night_id",
            "task_id",
            unique=True,
            sqlite_where=text(_ESCALATED),
            postgresql_where=text(_ESCALATED),
        ),
        Index("transition_link", "link_id"),
        Index(
            "transition_relieved",
            "at",
            sqlite_where=text("event = 'relieve'"),
            postgresql_where=text("event = 'relieve'"),
        ),
        Index(  # what a night raised, in the order in which its page shows it
            "transition_night",
            "night_id",
            "event",
            "target",
            "task_id",
        ),
        Index(  # flows.signoff.outcomes: what somebody has to know of
            "transition_decided",
            "at",
            sqlite_where=text(_DECIDED),
            postgresql_where=text(_DECIDED),
        ),
        Index(  # flows.signoff.look_back_rounds: whose look-back dates have come
            "transition_signed_off",
            "on",
            sqlite_where=text("event = 'sign_off'"),
            postgresql_where=text("event = 'sign_off'"),
        ),
        Index(  # flows.colour_counts: how a day ended
            "transition_counted",
            "on",
            sqlite_where=text(_COUNTED),
            postgresql_where=text(_COUNTED),
        ),
    )


class DeadlineChange(SQLModel, table=True):
    """The deadline ledger: every date that a task was ever due on, and why it changed."""

    __tablename__ = "deadline_change"

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    kind: str
    previous_due_on: date | None = None
    due_on: date | None = None
    reason: str
    legal_basis: str = ""
    on: date
    at: datetime = Field(sa_type=Instant)
    actor_id: int | None = Field(default=None, foreign_key="official.id")
    link_id: str = Field(index=True)

    __table_args__ = (
        CheckConstraint(
            "kind IN ('opened', 'imported', 'extension', 'suspension', 'return', 'review', "
            "'end_long_term', 'reopened', 'reassigned', 'stage')",
            name="deadline_change_kind",
        ),
        Index(  # flows.colour_counts: what came into the ledger on a day
            "deadline_change_opened",
            "on",
            sqlite_where=text("kind = 'opened'"),
            postgresql_where=text("kind = 'opened'"),
        ),
    )


class ChainLink(SQLModel, table=True):
    """One link per commit that wrote history: the hash of its rows and of the link before.

    `id` is drawn before the first row is written, so that rows can carry it; the link itself
    is written last, under the lock on the head.
    """

    __tablename__ = "chain_link"

    id: str = Field(primary_key=True)
    number: int = Field(unique=True)
    previous: str
    rows: str
    hash: str
    at: datetime = Field(sa_type=Instant)
