"""考核: schemes of rules, a period's result with its machine and history, and objections to it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of
from models.machine import Machine, Move

_STANDS = "state IN ('draft', 'published')"


class ScoreState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    SENT_BACK = "sent_back"  # by whoever was to approve it
    TAKEN_BACK = "taken_back"  # by the office


S = ScoreState

SCORE = Machine(
    name="score",
    initial=S.DRAFT,
    final=frozenset({S.PUBLISHED, S.SENT_BACK, S.TAKEN_BACK}),
    moves=(
        Move(S.DRAFT, "approve", S.PUBLISHED, ("approver",), ("decision",)),
        Move(S.DRAFT, "send_back", S.SENT_BACK, ("approver",), ("reason",)),
        Move(S.DRAFT, "take_back", S.TAKEN_BACK, ("office",), ("reason",)),
    ),
)


class ScoreScheme(SQLModel, table=True):
    """One version of a scheme; append-only, the highest `version` of a name counts. A result keeps
    the version that it was counted by."""

    __tablename__ = "score_scheme"

    id: int = Field(default=None, primary_key=True)
    name: str
    version: int
    source: str  # the TOML text
    reason: str = ""
    on: date
    at: datetime = Field(sa_type=Instant)
    said_by: str

    __table_args__ = (UniqueConstraint("name", "version", name="score_scheme_version"),)


class ScoreSheet(SQLModel, table=True):
    """The result of one period, frozen when it was prepared; `content` is canonical JSON, in facts
    and not in words. Of a scheme and period one waits or is published."""

    __tablename__ = "score_sheet"

    id: int = Field(default=None, primary_key=True)
    scheme_id: int = Field(foreign_key="score_scheme.id")
    name: str  # the scheme's
    from_on: date
    to_on: date
    as_of: datetime = Field(sa_type=Instant)
    content: str
    state: ScoreState = Field(sa_column=Column(by_value(ScoreState), nullable=False))
    prepared_by_id: int | None = Field(default=None, foreign_key="official.id")
    prepared_by: str
    published_on: date | None = None

    __table_args__ = (
        CheckConstraint(one_of("state", ScoreState), name="score_sheet_state"),
        CheckConstraint("from_on <= to_on", name="score_sheet_period"),
        CheckConstraint(
            "(state = 'published') = (published_on IS NOT NULL)", name="score_sheet_published"
        ),
        Index(
            "score_sheet_once",
            "name",
            "from_on",
            unique=True,
            sqlite_where=text(_STANDS),
            postgresql_where=text(_STANDS),
        ),
    )


class ScoreMove(SQLModel, table=True):
    """One move of a result, its preparation first; append-only, in the chained history."""

    __tablename__ = "score_move"

    id: int = Field(default=None, primary_key=True)
    sheet_id: int = Field(foreign_key="score_sheet.id", index=True)
    event: str
    source: str
    target: str
    content_hash: str
    reason: str = ""
    on: date
    at: datetime = Field(sa_type=Instant)
    actor_id: int | None = Field(default=None, foreign_key="official.id")
    said_by: str
    assurance: str = ""
    link_id: str = Field(index=True)


class ScoreObjection(SQLModel, table=True):
    """A unit objects to one line of a result, or (`key` empty) to what is missing in it. Its task
    has the clock, the handler and the sign-off."""

    __tablename__ = "score_objection"

    id: int = Field(default=None, primary_key=True)
    sheet_id: int = Field(foreign_key="score_sheet.id", index=True)
    task_id: int = Field(foreign_key="task.id", unique=True)
    unit: str
    key: str = ""
    reason: str
    raised_by_id: int = Field(foreign_key="official.id")
    said_by: str
    on: date
    at: datetime = Field(sa_type=Instant)


class ScoreRuling(SQLModel, table=True):
    """What the office answers: `change` of the unit's points, 0 where the result is upheld. The
    newest of an objection counts, once its task is signed off. Append-only, in the chained
    history."""

    __tablename__ = "score_ruling"

    id: int = Field(default=None, primary_key=True)
    objection_id: int = Field(foreign_key="score_objection.id", index=True)
    change: str  # a decimal number
    reason: str
    on: date
    at: datetime = Field(sa_type=Instant)
    actor_id: int | None = Field(default=None, foreign_key="official.id")
    said_by: str
    link_id: str = Field(index=True)

    __table_args__ = (CheckConstraint("reason <> ''", name="score_ruling_reason"),)
