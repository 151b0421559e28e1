"""清单: lists that a task may stand on, as 七张问题清单 or 挂牌督办; some have stricter rules."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field, SQLModel

from models.columns import Instant


class WatchList(SQLModel, table=True):
    """`policy_name` empty: standing on it changes no colour."""

    __tablename__ = "watch_list"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    title: str = Field(unique=True)
    policy_name: str = ""
    source: str  # the TOML text
    loaded_at: datetime = Field(sa_type=Instant)


class ListMembership(SQLModel, table=True):
    """From when until when a task stands on a list, by whose leader it is held, and why.
    `policy_id` is the task's own policy, which it gets back when it leaves its last list;
    `list_policy_id` is the list's, in the version of the day on which it joined."""

    __tablename__ = "list_membership"

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    list_id: int = Field(foreign_key="watch_list.id", index=True)
    leader_id: int | None = Field(default=None, foreign_key="official.id")
    policy_id: int = Field(foreign_key="policy.id")
    list_policy_id: int | None = Field(default=None, foreign_key="policy.id")
    reason: str
    from_on: date
    until_on: date | None = None
    left_because: str = ""

    __table_args__ = (
        CheckConstraint("until_on IS NULL OR from_on <= until_on", name="list_membership_dates"),
        CheckConstraint("(until_on IS NULL) = (left_because = '')", name="list_membership_left"),
        Index(
            "list_membership_present",
            "task_id",
            "list_id",
            unique=True,
            sqlite_where=text("until_on IS NULL"),
            postgresql_where=text("until_on IS NULL"),
        ),
    )
