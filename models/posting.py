"""The machine of what is approved before it is issued, a monthly posting (上墙晾晒) or a progress
report (通报); its draft, and the history of both."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from models.bulletin import BulletinKind
from models.columns import Instant, by_value, one_of
from models.machine import Machine, Move


class PostingState(StrEnum):
    DRAFT = "draft"
    POSTED = "posted"
    SENT_BACK = "sent_back"  # by whoever was to approve it
    TAKEN_BACK = "taken_back"  # by the office


P = PostingState

POSTING = Machine(
    name="posting",
    initial=P.DRAFT,
    final=frozenset({P.POSTED, P.SENT_BACK, P.TAKEN_BACK}),
    moves=(
        Move(P.DRAFT, "approve", P.POSTED, ("approver",), ("decision",)),
        Move(P.DRAFT, "send_back", P.SENT_BACK, ("approver",), ("reason",)),
        Move(P.DRAFT, "take_back", P.TAKEN_BACK, ("office",), ("reason",)),
    ),
)


class PostingDraft(SQLModel, table=True):
    """A snapshot of one month, or as of one day, that waits, or waited, for approval; at most one
    of each kind waits. What was approved is a Bulletin of the same kind, number and content; what
    was not, gives its number back."""

    __tablename__ = "posting_draft"

    id: int = Field(default=None, primary_key=True)
    kind: BulletinKind = Field(
        sa_column=Column(by_value(BulletinKind), nullable=False, server_default="posting")
    )
    number: int
    from_on: date
    to_on: date
    as_of: datetime = Field(sa_type=Instant)
    content: str
    state: PostingState = Field(sa_column=Column(by_value(PostingState), nullable=False))
    prepared_by_id: int | None = Field(default=None, foreign_key="official.id")
    prepared_by: str  # the person's name, or how it came

    __table_args__ = (
        CheckConstraint(one_of("state", PostingState), name="posting_state"),
        CheckConstraint("kind IN ('posting', 'progress')", name="posting_kind"),
        Index(
            "posting_draft_waits",
            "kind",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
    )


class PostingMove(SQLModel, table=True):
    """One move of a posting, its preparation first; append-only, in the chained history.
    `content_hash` is of the content that was prepared, or decided on."""

    __tablename__ = "posting_move"

    id: int = Field(default=None, primary_key=True)
    draft_id: int = Field(foreign_key="posting_draft.id", index=True)
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
