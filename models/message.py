"""The outbox: a mail is committed here, frozen, before anybody tries to send it."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field, Relationship, SQLModel

from models.columns import Instant, by_value, one_of


class MessageKind(StrEnum):
    DIGEST = "digest"
    SUMMARY = "summary"
    RECEIPT = "receipt"  # to the owner of a link that somebody else acted by
    CODE = "code"  # six digits, to prove who holds the browser
    ALARM = "alarm"  # to the office: that mail could not be sent, or that nobody may decide
    REFERRAL = "referral"  # to whoever is asked to decide
    OUTCOME = "outcome"  # to whoever has to know what was decided


class MessageState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    DEAD = "dead"  # refused for good: this person was not informed
    SUPERSEDED = "superseded"  # never attempted; a later digest took its items over
    SKIPPED = "skipped"  # nothing in it was still owed


class Dropped(StrEnum):
    """Why a line was left out of a digest before the first attempt to send it."""

    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    LIFTED = "lifted"
    ANSWERED = "answered"
    ACKNOWLEDGED = "acknowledged"
    REASSIGNED = "reassigned"
    EXCLUDED = "excluded"  # this person stands aside from the task now
    DECIDED = "decided"  # a referral: somebody decided, or there is nothing to decide any more
    NOT_DUE = "not_due"  # a reminder whose deadline was moved, or whose task was warned of


class Message(SQLModel, table=True):
    """One mail to one person. `night_id` None: it was written between two nights."""

    id: int = Field(default=None, primary_key=True)
    kind: MessageKind = Field(sa_column=Column(by_value(MessageKind), nullable=False))
    night_id: int | None = Field(default=None, foreign_key="night.id")
    official_id: int = Field(foreign_key="official.id", index=True)
    to_name: str
    to_address: str
    domain: str  # of the address, in lower case: what a limit or a pause is for
    message_id: str = Field(unique=True)
    boundary: str
    urgent: bool = False  # it holds red; marked as of high importance
    composed_at: datetime = Field(sa_type=Instant)  # also the Date header
    expires_at: datetime = Field(sa_type=Instant)  # an attempt that fails after this is the last

    state: MessageState = Field(sa_column=Column(by_value(MessageState), nullable=False))
    attempts: int = 0
    next_at: datetime = Field(sa_type=Instant)
    lease_owner: str | None = None
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    possible_duplicate: bool = False
    outcome: str = ""  # what the relay said last, or why it was not sent
    sent_at: datetime | None = Field(default=None, sa_type=Instant)

    subject: str
    body: "MessageBody" = Relationship(sa_relationship_kwargs={"lazy": "joined", "innerjoin": True})

    __table_args__ = (
        CheckConstraint(one_of("kind", MessageKind), name="message_kind"),
        CheckConstraint(one_of("state", MessageState), name="message_state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="message_sent"),
        UniqueConstraint("night_id", "official_id", "kind", name="message_once_a_night"),
        Index(  # flows.morning: whose last mail was refused
            "message_outcome",
            "official_id",
            "id",
            sqlite_where=sql("state IN ('dead', 'sent')"),
            postgresql_where=sql("state IN ('dead', 'sent')"),
        ),
        Index(  # flows.climb: who was not informed
            "message_dead",
            "id",
            sqlite_where=sql("state = 'dead'"),
            postgresql_where=sql("state = 'dead'"),
        ),
        # The claim's one index.
        Index(
            "message_owed",
            "next_at",
            "id",
            sqlite_where=sql("state = 'queued'"),
            postgresql_where=sql("state = 'queued'"),
        ),
    )


class MessageBody(SQLModel, table=True):
    """What a mail says, with placeholders where links will stand.

    Apart from its message, because that row is written anew with every step of the delivery, and
    a database writes a whole row.
    """

    __tablename__ = "message_body"

    message_id: int = Field(primary_key=True, foreign_key="message.id")
    text: str
    html: str


_SUBJECTS = (
    *("receipt_id", "reminder_id", "referral_id", "chase_id"),
    *("transition_id", "request_id", "look_back_id"),
)


class MessageItem(SQLModel, table=True):
    """One line of a mail: a receipt for a notice, a reminder while still green, a decision that
    is asked for or chased, or a move of the sign-off that somebody has to know of. A request or a
    look-back: the office was told that nobody may decide on it."""

    __tablename__ = "message_item"

    id: int = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    receipt_id: int | None = Field(default=None, foreign_key="receipt.id", index=True)
    reminder_id: int | None = Field(default=None, foreign_key="reminder.id", index=True)
    referral_id: int | None = Field(default=None, foreign_key="referral.id", index=True)
    chase_id: int | None = Field(default=None, foreign_key="chase.id", index=True)
    transition_id: int | None = Field(default=None, foreign_key="transition.id", index=True)
    request_id: int | None = Field(default=None, foreign_key="change_request.id", index=True)
    look_back_id: int | None = Field(default=None, foreign_key="look_back.id", index=True)
    dropped: str = Field(default="", sa_column_kwargs={"server_default": ""})  # as Dropped

    __table_args__ = (
        CheckConstraint(
            " + ".join(f"(CASE WHEN {c} IS NULL THEN 0 ELSE 1 END)" for c in _SUBJECTS) + " = 1",
            name="message_item_one",
        ),
    )


class MessageAttempt(SQLModel, table=True):
    """One attempt to send, written when it ended; append-only. An attempt whose process died is
    written by whoever claims the message next."""

    __tablename__ = "message_attempt"

    id: int = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id", index=True)
    n: int
    began_at: datetime = Field(sa_type=Instant)
    ended_at: datetime = Field(sa_type=Instant)
    outcome: str  # as notifications.mailer.Outcome
    said: str  # the relay's words, with the phase in front
    worker: str
    relay: str
    domain: str

    __table_args__ = (
        CheckConstraint(
            "outcome IN ('sent', 'retry', 'unknown', 'reject', 'config')", name="attempt_outcome"
        ),
        Index("message_attempt_rate", "relay", "began_at"),  # limits per minute
    )


class Resending(SQLModel, table=True):
    """A dead mail that somebody had sent again: what it had died of, and where it goes now;
    append-only, in the chained history. `released`: mail to the address was held back till then."""

    id: int = Field(default=None, primary_key=True)
    message_id: int = Field(foreign_key="message.id")
    n: int  # the how-manieth time
    to_address: str
    outcome: str
    released: bool
    on: date
    at: datetime = Field(sa_type=Instant)
    actor_id: int = Field(foreign_key="official.id")
    assurance: str
    link_id: str = Field(index=True)

    __table_args__ = (UniqueConstraint("message_id", "n", name="resending_once"),)


class Reminder(SQLModel, table=True):
    """Said once per deadline and entry of the policy, while the task is green."""

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id")
    official_id: int = Field(foreign_key="official.id")
    night_id: int = Field(foreign_key="night.id", index=True)
    clock: str
    anchor: date  # what the clock hangs on: a new deadline may be reminded of again
    entry: str  # which entry of the ladder, as "due -10d"

    __table_args__ = (
        UniqueConstraint("task_id", "official_id", "anchor", "entry", name="reminder_once"),
    )


class ReplyLink(SQLModel, table=True):
    """A person's way to answer. Only the token's hash is kept; the token is derived at sending.

    Of a receipt or a referral; with neither it is the mail's own link, which opens everything that
    the person owes.
    """

    __tablename__ = "reply_link"

    id: int = Field(default=None, primary_key=True)
    official_id: int = Field(foreign_key="official.id")
    message_id: int = Field(foreign_key="message.id", index=True)
    receipt_id: int | None = Field(default=None, foreign_key="receipt.id", index=True)
    referral_id: int | None = Field(default=None, foreign_key="referral.id", index=True)
    salt: str
    key_id: str  # the key that the token is derived with; without that key it does not open
    token_hash: str = Field(unique=True)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)  # set when it is sent

    __table_args__ = (
        CheckConstraint("receipt_id IS NULL OR referral_id IS NULL", name="reply_link_one"),
    )


class SignInLink(SQLModel, table=True):
    """A one-time way into the desk; consumed by one conditional UPDATE."""

    __tablename__ = "sign_in_link"

    id: int = Field(default=None, primary_key=True)
    official_id: int = Field(foreign_key="official.id")
    token_hash: str = Field(unique=True)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
