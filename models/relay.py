"""What is known of the ways that mail takes: relays that are paused, addresses that bounce."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of


class RelayState(SQLModel, table=True):
    """A pause of a relay (`domain` empty: its circuit is open), or of one recipient domain on it.
    No row, or one with `paused_until` None: nothing holds it back."""

    __tablename__ = "relay_state"

    relay: str = Field(primary_key=True)  # host:port
    domain: str = Field(primary_key=True)
    paused_until: datetime | None = Field(default=None, sa_type=Instant)
    since: datetime | None = Field(default=None, sa_type=Instant)  # the first failure in a row
    failures: int = 0  # in a row
    said: str = ""


class BounceKind(StrEnum):
    HARD = "hard"  # the address does not exist, or does not take mail any more
    SOFT = "soft"  # a full mailbox, a delay, a refused content: the address is right
    AWAY = "away"  # an automatic answer: somebody is out of office


class Bounce(SQLModel, table=True):
    """What came back for one of our messages; append-only. Nothing is ever answered."""

    id: int = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    address: str
    kind: BounceKind = Field(sa_column=Column(by_value(BounceKind), nullable=False))
    status: str  # the enhanced status code (RFC 3463), where there is one
    said: str
    their_id: str = Field(unique=True)  # of the mail that came back: read twice, counted once
    at: datetime = Field(sa_type=Instant)

    __table_args__ = (CheckConstraint(one_of("kind", BounceKind), name="bounce_kind"),)


class Suppression(SQLModel, table=True):
    """An address that mail is not sent to: whoever has it counts as not reachable. It ends by a
    corrected address in the directory, or by itself."""

    address: str = Field(primary_key=True)
    reason: str
    status: str
    at: datetime = Field(sa_type=Instant)
    until: datetime = Field(sa_type=Instant)
