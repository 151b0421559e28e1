"""What the office changed about its calendar, with the reason."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from models.columns import Instant


class CalendarDay(SQLModel, table=True):
    __tablename__ = "calendar_day"

    on: date = Field(primary_key=True)
    working: bool
    why: str
    edited_at: datetime = Field(sa_type=Instant)


class CalendarYear(SQLModel, table=True):
    """A year that the office has confirmed: its dates no longer count provisionally."""

    __tablename__ = "calendar_year"

    year: int = Field(primary_key=True)
    confirmed_at: datetime = Field(sa_type=Instant)
