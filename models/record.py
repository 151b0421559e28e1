"""台账记录: what leaders and supervisors did (acts) and what came of it (outcomes), to be counted.

Both are one thing to the engine: a dated record of some kind, with lines that name units, people,
matters and sums. The kinds are data.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of

_FIRST = "corrects_id IS NULL AND reference <> ''"


class Family(StrEnum):
    ACT = "act"  # 批示、会议、督查、约谈
    OUTCOME = "outcome"  # 处分、制度、清退款项


class RecordKind(SQLModel, table=True):
    """One kind, as a file says. What is counted of it is counted of its parent too."""

    __tablename__ = "record_kind"

    name: str = Field(primary_key=True)
    family: Family = Field(sa_column=Column(by_value(Family), nullable=False))
    title: str
    english: str
    parent: str = ""
    position: int  # in the order of the files

    __table_args__ = (CheckConstraint(one_of("family", Family), name="record_kind_family"),)


class Record(SQLModel, table=True):
    """Append-only, and in the chained history. A correction is a record that stands in the place of
    an earlier one; `void`: nothing does. `reference`: the office's own number, used once."""

    id: int = Field(default=None, primary_key=True)
    kind: str = Field(foreign_key="record_kind.name", index=True)
    on: date
    topic: str = ""
    led_by: str = ""  # who did or decided it, by post
    reference: str = ""
    remarks: str = ""
    balancing: bool = False  # 平衡记录: makes up the difference to a total that was reported
    corrects_id: int | None = Field(default=None, foreign_key="record.id", unique=True)
    void: bool = False
    reason: str = ""  # of a correction
    recorded_by_id: int | None = Field(default=None, foreign_key="official.id")
    said_by: str
    recorded_on: date
    at: datetime = Field(sa_type=Instant)
    link_id: str = Field(index=True)

    __table_args__ = (
        CheckConstraint("(corrects_id IS NULL) = (reason = '')", name="record_reason"),
        CheckConstraint("NOT void OR corrects_id IS NOT NULL", name="record_void"),
        Index(
            "record_reference",
            "reference",
            unique=True,
            sqlite_where=text(_FIRST),
            postgresql_where=text(_FIRST),
        ),
    )


class RecordLine(SQLModel, table=True):
    """One unit, person, matter, sum or task of a record. `person` is a post or a token, and no
    name where nobody is to be named; money is in 分."""

    __tablename__ = "record_line"

    id: int = Field(default=None, primary_key=True)
    record_id: int = Field(foreign_key="record.id", index=True)
    unit: str = ""
    person: str = ""
    subject: str = ""
    result: str = ""
    amount: int | None = Field(default=None, sa_type=BigInteger)
    task_id: int | None = Field(default=None, foreign_key="task.id", index=True)
    link_id: str = Field(index=True)

    __table_args__ = (
        CheckConstraint(
            "unit <> '' OR person <> '' OR subject <> '' OR result <> '' "
            "OR amount IS NOT NULL OR task_id IS NOT NULL",
            name="record_line_filled",
        ),
    )
