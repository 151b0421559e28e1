"""领导联系结对: which leader is paired with whom, from when until when."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of


class PairedWith(StrEnum):
    VILLAGE = "village"
    ENTERPRISE = "enterprise"
    HOUSEHOLD = "household"
    UNIT = "unit"


class Pairing(SQLModel, table=True):
    """Append-only, and in the chained history. `topic`: which pairing this is part of, as
    相对薄弱村; duties and figures go by it. A household is a token, and no name."""

    id: int = Field(default=None, primary_key=True)
    topic: str = Field(index=True)
    leader_id: int = Field(foreign_key="official.id", index=True)
    subject: str
    kind: PairedWith = Field(sa_column=Column(by_value(PairedWith), nullable=False))
    from_on: date
    remarks: str = ""
    on: date
    at: datetime = Field(sa_type=Instant)
    actor_id: int | None = Field(default=None, foreign_key="official.id")
    said_by: str
    link_id: str = Field(index=True)

    __table_args__ = (
        CheckConstraint(one_of("kind", PairedWith), name="pairing_kind"),
        CheckConstraint("topic <> '' AND subject <> ''", name="pairing_filled"),
    )


class PairingEnd(SQLModel, table=True):
    """Its last day, once. Append-only, and in the chained history."""

    __tablename__ = "pairing_end"

    id: int = Field(default=None, primary_key=True)
    pairing_id: int = Field(foreign_key="pairing.id", unique=True)
    until_on: date
    reason: str
    on: date
    at: datetime = Field(sa_type=Instant)
    actor_id: int | None = Field(default=None, foreign_key="official.id")
    said_by: str
    link_id: str = Field(index=True)

    __table_args__ = (CheckConstraint("reason <> ''", name="pairing_end_reason"),)
