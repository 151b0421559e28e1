"""What the office changed that is no task's: units, people, posts, calendar, rules, imports,
duties, series of measurements."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of

_EMPTY = Field(default="", sa_column_kwargs={"server_default": ""})


class Subject(StrEnum):
    """Of what kind the thing is that was changed; `key` says which."""

    UNIT = "unit"  # its id
    OFFICIAL = "official"  # the id; posts and absences are the holder's
    CALENDAR = "calendar"  # the day, or the year that was confirmed
    POLICY = "policy"  # its name
    PROCEDURE = "procedure"  # its name
    LEDGER = "ledger"  # the hash of the file that was imported
    DUTY = "duty"  # its name
    SERIES = "series"  # its name


class OfficeChange(SQLModel, table=True):
    """One fact of one thing, before and after; append-only, in the chained history. `name` is how
    the thing was called then, `before` and `after` are JSON: facts, not words; empty for nothing.
    The newest id of a thing is its version: a form that was opened at an older one is not obeyed.
    """

    __tablename__ = "office_change"

    id: int = Field(default=None, primary_key=True)
    subject: Subject = Field(sa_column=Column(by_value(Subject), nullable=False))
    key: str
    name: str
    fact: str
    before: str = _EMPTY
    after: str = _EMPTY
    reason: str = _EMPTY
    on: date
    at: datetime = Field(sa_type=Instant)
    actor_id: int | None = Field(default=None, foreign_key="official.id")
    said_by: str = _EMPTY
    assurance: str = _EMPTY
    link_id: str = Field(index=True)

    __table_args__ = (
        CheckConstraint(one_of("subject", Subject), name="office_change_subject"),
        CheckConstraint("before <> after", name="office_change_changes"),
        Index("office_change_of", "subject", "key", "id"),
    )
