"""申请: an extension, a suspension, another track, a review, an objection, as it was asked for."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of
from models.request_machine import RequestKind, RequestState


class ChangeRequest(SQLModel, table=True):
    """One at a time for a task. `until_on` is the date asked for: the new deadline, the expected
    end of a suspension, the first or next review. How it ended stands in the transitions."""

    __tablename__ = "change_request"

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    cycle: int
    kind: RequestKind = Field(sa_column=Column(by_value(RequestKind), nullable=False))
    state: RequestState = Field(sa_column=Column(by_value(RequestState), nullable=False))
    reason: str
    legal_basis: str = ""
    until_on: date | None = None
    review_every: str = ""  # a span
    asked_by_id: int = Field(foreign_key="official.id")
    said_by: str = ""
    assurance: str = ""
    asked_on: date
    asked_at: datetime = Field(sa_type=Instant)
    packet: str = Field(foreign_key="packet.hash")  # what whoever decides is shown

    __table_args__ = (
        CheckConstraint(one_of("kind", RequestKind), name="change_request_kind"),
        CheckConstraint(one_of("state", RequestState), name="change_request_state"),
        CheckConstraint(
            "kind IN ('objection') OR until_on IS NOT NULL", name="change_request_until"
        ),
        Index(
            "change_request_asked",
            "task_id",
            unique=True,
            sqlite_where=text("state = 'asked'"),
            postgresql_where=text("state = 'asked'"),
        ),
    )
