"""What is counted once and kept: open matters by unit and colour, and how a day ended."""

from datetime import date

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, SQLModel

from models.columns import by_value, one_of
from models.warning import Colour


class OpenCount(SQLModel, table=True):
    """Open tasks of a unit, policy and colour: the sum of `n` over the slots.

    The database keeps it, as it keeps an index, by triggers on `task` (migrations 0017 and 0021).
    On PostgreSQL each connection counts in a slot of its own, so that two that move tasks of one
    unit never wait for each other here; the night puts the slots together.
    """

    __tablename__ = "open_count"

    unit_id: int = Field(primary_key=True)  # no foreign keys: they are the tasks'
    policy_id: int = Field(primary_key=True)
    colour: Colour = Field(sa_column=Column(by_value(Colour), primary_key=True))
    restricted: bool = Field(primary_key=True)
    slot: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int

    __table_args__ = (CheckConstraint(one_of("colour", Colour), name="open_count_colour"),)


class DayCount(SQLModel, table=True):
    """How many open matters, none of them restricted, had this colour at the end of a day that is
    over. Written by the first night after it."""

    __tablename__ = "day_count"

    on: date = Field(primary_key=True)
    colour: Colour = Field(sa_column=Column(by_value(Colour), primary_key=True))
    n: int

    __table_args__ = (CheckConstraint(one_of("colour", Colour), name="day_count_colour"),)
