"""Measurements: series, each reported value with its code, and what a change for the worse
opened."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of
from models.warning import Colour


class MeasurementSeries(SQLModel, table=True):
    __tablename__ = "measurement_series"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    source: str  # the TOML text
    loaded_at: datetime = Field(sa_type=Instant)


class SeriesVersion(SQLModel, table=True):
    """One text of a series' file; append-only. The highest `n` counts."""

    __tablename__ = "series_version"

    id: int = Field(default=None, primary_key=True)
    series_id: int = Field(foreign_key="measurement_series.id")
    n: int
    source: str  # the TOML text
    reason: str = ""
    on: date
    at: datetime = Field(sa_type=Instant)
    said_by: str

    __table_args__ = (UniqueConstraint("series_id", "n", name="series_version_once"),)


class Measurement(SQLModel, table=True):
    """One report of one value; append-only. The highest `n` of a period counts, the others are
    what it corrected. `code` is as the series' bounds were then, in this `version` of its file."""

    id: int = Field(default=None, primary_key=True)
    series_id: int = Field(foreign_key="measurement_series.id")
    subject: str
    period: date  # its first day
    n: int
    value: str  # a decimal number, as reported
    code: Colour = Field(sa_column=Column(by_value(Colour), nullable=False))
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    reason: str = ""  # of a correction
    on: date
    at: datetime = Field(sa_type=Instant)
    said_by: str

    __table_args__ = (
        UniqueConstraint("series_id", "period", "subject", "n", name="measurement_once"),
        CheckConstraint(one_of("code", Colour), name="measurement_code"),
        CheckConstraint("(n = 1) = (reason = '')", name="measurement_corrected"),
    )


class MeasurementFollowUp(SQLModel, table=True):
    """The task that a change for the worse opened; one per subject and period."""

    __tablename__ = "measurement_follow_up"

    id: int = Field(default=None, primary_key=True)
    series_id: int = Field(foreign_key="measurement_series.id")
    subject: str
    period: date
    code: Colour = Field(sa_column=Column(by_value(Colour), nullable=False))
    year: int
    n: int  # in the series' numbers of that year
    task_id: int = Field(foreign_key="task.id", unique=True)

    __table_args__ = (
        UniqueConstraint("series_id", "subject", "period", name="measurement_follow_up_once"),
        UniqueConstraint("series_id", "year", "n", name="measurement_follow_up_number"),
        CheckConstraint(one_of("code", Colour), name="measurement_follow_up_code"),
    )
