"""数据: a figure that a unit reports and the engine can only keep, and its approval."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant


class Figure(SQLModel, table=True):
    """One report of a figure; a later one of the same code stands in its place once it is approved.
    Append-only, and in the chained history. `value` is as reported, so that 4.49 stays 4.49."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(index=True)
    name: str
    value: str
    unit: str
    as_of: date
    period: str = ""  # 1-7月, as it was said
    source: str  # whose document
    remarks: str = ""
    task_id: int | None = Field(default=None, foreign_key="task.id", index=True)
    reported_by_id: int | None = Field(default=None, foreign_key="official.id")
    reported_by: str
    on: date
    at: datetime = Field(sa_type=Instant)
    link_id: str = Field(index=True)

    __table_args__ = (
        CheckConstraint("code <> '' AND value <> '' AND source <> ''", name="figure_filled"),
    )


class FigureApproval(SQLModel, table=True):
    """Once for each report of a figure, by somebody else than whoever reported it."""

    __tablename__ = "figure_approval"

    id: int = Field(default=None, primary_key=True)
    figure_id: int = Field(foreign_key="figure.id", unique=True)
    approved_by_id: int | None = Field(default=None, foreign_key="official.id")
    approved_by: str
    on: date
    at: datetime = Field(sa_type=Instant)
    link_id: str = Field(index=True)
