"""送审与决定: who is asked to decide on what, by when, and what each one decided."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of
from models.organisation import PostKind

_ONE_MATTER = (
    "(CASE WHEN application_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN request_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN look_back_id IS NULL THEN 0 ELSE 1 END) = 1"
)


class Packet(SQLModel, table=True):
    """Exactly what somebody was shown when he decided: kept for ever, by its hash."""

    hash: str = Field(primary_key=True)  # SHA-256 of `shown`
    shown: str  # canonical JSON, with the hashes of all evidence


class ReferralState(StrEnum):
    OPEN = "open"
    DECIDED = "decided"
    OVERTAKEN = "overtaken"  # somebody else who was asked decided first
    VOID = "void"  # the matter changed, went back, or came to its end


class Referral(SQLModel, table=True):
    """One person is asked to decide on an application's level, a request or a look-back.

    `capacity`, `stands_for_id` and `climbed_from` as on a receipt. `named_by_id`: the office named
    this person by hand, and `named_because`. `version` is the application's.
    """

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    application_id: int | None = Field(default=None, foreign_key="application.id", index=True)
    request_id: int | None = Field(default=None, foreign_key="change_request.id", index=True)
    look_back_id: int | None = Field(default=None, foreign_key="look_back.id", index=True)
    version: int = 1
    level: int | None = None
    official_id: int = Field(foreign_key="official.id", index=True)
    capacity: PostKind = Field(sa_column=Column(by_value(PostKind), nullable=False))
    stands_for_id: int | None = Field(default=None, foreign_key="official.id")
    climbed_from: PostKind | None = Field(
        default=None, sa_column=Column(by_value(PostKind), nullable=True)
    )
    named_by_id: int | None = Field(default=None, foreign_key="official.id")
    named_because: str = ""
    given_on: date
    decide_by: date
    state: ReferralState = Field(sa_column=Column(by_value(ReferralState), nullable=False))
    closed_at: datetime | None = Field(default=None, sa_type=Instant)

    __table_args__ = (
        CheckConstraint(_ONE_MATTER, name="referral_one_matter"),
        CheckConstraint("(application_id IS NULL) = (level IS NULL)", name="referral_level"),
        CheckConstraint(one_of("capacity", PostKind), name="referral_capacity"),
        CheckConstraint(one_of("state", ReferralState), name="referral_state"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="referral_closed"),
        CheckConstraint("decide_by >= given_on", name="referral_dates"),
        Index(  # flows.signoff.chasing: who is late
            "referral_open",
            "decide_by",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )


class Verdict(StrEnum):
    APPROVE = "approve"  # of an application's level
    RETURN = "return"
    ASK = "ask"  # for more, before deciding
    GRANT = "grant"  # of a request
    REFUSE = "refuse"
    SOLID = "solid"  # 稳固, of a look-back
    RECURRED = "recurred"  # 反弹
    SHAM = "sham"  # 虚假整改
    FALLS_SHORT = "falls_short"  # 不到位


class Decision(SQLModel, table=True):
    """What one person decided on one referral; append-only, and in the chained history.

    `packet` is the hash of what was shown. A decision signed on paper names who signed, when, and
    the scan; `recorded_by_id` is then whoever of the office recorded it.
    """

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    referral_id: int = Field(foreign_key="referral.id", index=True)
    verdict: Verdict = Field(sa_column=Column(by_value(Verdict), nullable=False))
    official_id: int = Field(foreign_key="official.id")
    said_by: str = ""
    assurance: str = ""
    reason: str = ""
    requirement: str = ""  # what a return demands
    packet: str = Field(foreign_key="packet.hash")
    paper_signed_on: date | None = None
    scan_id: int | None = Field(default=None, foreign_key="evidence.id")
    recorded_by_id: int | None = Field(default=None, foreign_key="official.id")
    on: date
    at: datetime = Field(sa_type=Instant)
    link_id: str = Field(index=True)

    __table_args__ = (
        CheckConstraint(one_of("verdict", Verdict), name="decision_verdict"),
        CheckConstraint(
            "(paper_signed_on IS NULL) = (recorded_by_id IS NULL)", name="decision_paper"
        ),
        CheckConstraint(
            "verdict IN ('approve', 'grant', 'solid') OR reason <> ''", name="decision_reason"
        ),
    )


class Chase(SQLModel, table=True):
    """催办: who was reminded in which night that a decision is owed. `superior`: the level above
    whoever owes it."""

    id: int = Field(default=None, primary_key=True)
    referral_id: int = Field(foreign_key="referral.id", index=True)
    official_id: int = Field(foreign_key="official.id")
    superior: bool = False
    night_id: int = Field(foreign_key="night.id", index=True)
    on: date

    __table_args__ = (
        UniqueConstraint("referral_id", "official_id", "night_id", name="chase_once_a_night"),
    )
