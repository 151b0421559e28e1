"""Units, officials, and who holds which post when. Persons change; records keep the holder."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index
from sqlmodel import Field, SQLModel

from models.columns import by_value, one_of


class PostKind(StrEnum):
    HANDLER = "handler"
    UNIT_HEAD = "unit_head"
    SUPERVISING_LEADER = "supervising_leader"
    REVIEWER = "reviewer"
    OFFICE = "office"
    COMMISSION_HEAD = "commission_head"
    ADMINISTRATOR = "administrator"


class Unit(SQLModel, table=True):
    """A unit of the tree; its name is how ledgers speak of it. From `closed_on` on nothing new is
    given to it."""

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    parent_id: int | None = Field(default=None, foreign_key="unit.id")
    closed_on: date | None = None


class Official(SQLModel, table=True):
    """A person, known by mail address, else by name within the unit. From `left_on` on out of
    service: neither told nor asked, and not to be signed in."""

    id: int = Field(default=None, primary_key=True)
    name: str
    unit_id: int = Field(foreign_key="unit.id")
    email: str | None = None  # lower case
    language: str | None = None  # None: the office's own
    left_on: date | None = None

    __table_args__ = (
        Index("official_email", "email", unique=True),
        Index("official_name", "unit_id", "name"),
    )


class Post(SQLModel, table=True):
    """A dated assignment. Both ends are included; open ends are None."""

    id: int = Field(default=None, primary_key=True)
    official_id: int = Field(foreign_key="official.id")
    unit_id: int = Field(foreign_key="unit.id", index=True)
    kind: PostKind = Field(sa_column=Column(by_value(PostKind), nullable=False))
    from_on: date | None = None
    until_on: date | None = None

    __table_args__ = (
        CheckConstraint(one_of("kind", PostKind), name="post_kind"),
        CheckConstraint(
            "until_on IS NULL OR from_on IS NULL OR from_on <= until_on", name="post_dates"
        ),
    )


class Absence(SQLModel, table=True):
    """While an official is away, the deputy is told and may act. Both ends are included."""

    id: int = Field(default=None, primary_key=True)
    official_id: int = Field(foreign_key="official.id", index=True)
    deputy_id: int = Field(foreign_key="official.id")
    from_on: date | None = None
    until_on: date | None = None

    __table_args__ = (
        CheckConstraint("official_id <> deputy_id", name="absence_deputy"),
        CheckConstraint(
            "until_on IS NULL OR from_on IS NULL OR from_on <= until_on", name="absence_dates"
        ),
    )
