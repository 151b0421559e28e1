"""Proof of who holds a browser: a six-digit code, mailed at that moment."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.columns import Instant


class Assurance(StrEnum):
    """How sure it is who acted."""

    LINK = "link"  # whoever had the link: not verified
    CODE = "code"  # the owner's mailbox was open to that browser at that moment
    SESSION = "session"  # the owner was signed in


class ProofCode(SQLModel, table=True):
    """One code for one link in one browser. Consumed by one conditional UPDATE."""

    __tablename__ = "proof_code"

    id: int = Field(default=None, primary_key=True)
    link_id: int = Field(foreign_key="reply_link.id", index=True)
    browser_hash: str
    code_hash: str
    expires_at: datetime = Field(sa_type=Instant)
    tries: int = 0
    proved_at: datetime | None = Field(default=None, sa_type=Instant)
