"""期: a numbered bulletin, with everything that it says frozen when it was issued."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of


class BulletinKind(StrEnum):
    BULLETIN = "bulletin"  # 督查通报
    POSTING = "posting"  # 上墙晾晒
    PROGRESS = "progress"  # 整改进展情况通报


class Bulletin(SQLModel, table=True):
    """Append-only, and in the chained history. `content` is canonical JSON: the lines and totals,
    in facts and not in words. Both dates of the period are included."""

    id: int = Field(default=None, primary_key=True)
    kind: BulletinKind = Field(sa_column=Column(by_value(BulletinKind), nullable=False))
    number: int
    from_on: date
    to_on: date
    as_of: datetime = Field(sa_type=Instant)
    content: str
    link_id: str = Field(index=True)

    __table_args__ = (
        CheckConstraint(one_of("kind", BulletinKind), name="bulletin_kind"),
        CheckConstraint("from_on <= to_on", name="bulletin_period"),
        UniqueConstraint("kind", "number", name="bulletin_number"),
        UniqueConstraint("kind", "from_on", "to_on", name="bulletin_once"),
    )
