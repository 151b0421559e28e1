"""Webhooks: addresses that are told of transitions, what each is told, and every attempt."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of


class Webhook(SQLModel, table=True):
    """An address of another program. `told_link` and `told_id` say how far in the history it has
    been told, by link and row. Its secret is derived from `salt`, by the key of `key_id`.

    `paused_until` not None: its circuit is open. What was removed stays, so that its deliveries
    keep a meaning.
    """

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    address: str
    events: str = ""  # machine or machine.event, divided by spaces; empty: all
    procedures: str = ""  # names, divided by spaces; empty: all
    salt: str
    key_id: str
    told_link: int
    told_id: int
    failures: int = 0  # in a row
    since: datetime | None = Field(default=None, sa_type=Instant)  # the first of them
    paused_until: datetime | None = Field(default=None, sa_type=Instant)
    said: str = ""  # what went wrong last
    added_at: datetime = Field(sa_type=Instant)
    added_by: str
    removed_at: datetime | None = Field(default=None, sa_type=Instant)
    removed_by: str = ""


class DeliveryState(StrEnum):
    QUEUED = "queued"
    TAKEN = "taken"  # the receiver answered 2xx
    EXPIRED = "expired"  # given up; the feed of transitions still has it
    DROPPED = "dropped"  # its webhook was removed


class WebhookDelivery(SQLModel, table=True):
    """One transition for one address. `event_id` and `body` never change, whatever the attempt.
    Without a transition it is a trial that a person asked for."""

    __tablename__ = "webhook_delivery"

    id: int = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id")
    transition_id: int | None = Field(default=None, foreign_key="transition.id")
    event_id: str = Field(unique=True)
    body: str
    composed_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)  # an attempt that fails after this is the last

    state: DeliveryState = Field(sa_column=Column(by_value(DeliveryState), nullable=False))
    attempts: int = 0
    next_at: datetime = Field(sa_type=Instant)
    lease_owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    taken_at: datetime | None = Field(default=None, sa_type=Instant)

    __table_args__ = (
        CheckConstraint(one_of("state", DeliveryState), name="webhook_delivery_state"),
        CheckConstraint("(state = 'taken') = (taken_at IS NOT NULL)", name="webhook_taken"),
        UniqueConstraint("webhook_id", "transition_id", name="webhook_delivery_once"),
        Index(
            "webhook_delivery_owed",
            "webhook_id",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
    )


class AttemptOutcome(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"  # an answer other than 2xx
    FAILED = "failed"  # no answer: not reached, no certificate that we trust, too slow
    UNKNOWN = "unknown"  # whoever sent it ended without a word


class WebhookAttempt(SQLModel, table=True):
    """One attempt, written when it ended; append-only."""

    __tablename__ = "webhook_attempt"

    id: int = Field(default=None, primary_key=True)
    delivery_id: int = Field(foreign_key="webhook_delivery.id", index=True)
    n: int
    began_at: datetime = Field(sa_type=Instant)
    ended_at: datetime = Field(sa_type=Instant)
    outcome: AttemptOutcome = Field(sa_column=Column(by_value(AttemptOutcome), nullable=False))
    status: int | None = None  # of HTTP
    said: str
    worker: str

    __table_args__ = (
        CheckConstraint(one_of("outcome", AttemptOutcome), name="webhook_attempt_outcome"),
    )
