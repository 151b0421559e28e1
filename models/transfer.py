"""移送: what became a case lead, or what one was found in. Of the lead there is its row alone."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant


class Transfer(SQLModel, table=True):
    """`task_id` is the petition, or the finding whose visit it was; `lead_id` the case lead."""

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id")
    lead_id: int = Field(foreign_key="task.id", index=True)
    reason: str
    on: date
    at: datetime = Field(sa_type=Instant)
    actor_id: int | None = Field(default=None, foreign_key="official.id")
    said_by: str
    link_id: str = Field(index=True)

    __table_args__ = (
        UniqueConstraint("task_id", "lead_id", name="transfer_once"),
        CheckConstraint("task_id <> lead_id", name="transfer_to_another"),
    )
