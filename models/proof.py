"""Proof of who holds a browser: a six-digit code, mailed at that moment."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from models.columns import Instant
from models.machine import Move
from models.refusal import Refusal

BY_LINK = {"handler"}
"""Whose moves need the link alone: receipt, report, application, objection. The others decide."""


class Assurance(StrEnum):
    """How sure it is who acted."""

    LINK = "link"  # whoever had the link: not verified
    CODE = "code"  # the owner's mailbox was open to that browser at that moment
    SESSION = "session"  # the owner was signed in
    COMMAND = "command"  # named by whoever started a command, who has the database itself


class NotProved(Refusal):
    """A decision, by somebody of whom nothing is known but the link."""

    def __init__(self) -> None:
        super().__init__(
            "作出决定须先证明是本人：请先登录，或在链接页面用邮件验证码证明；本次没有记录任何操作",
            "a decision needs proof of who decides: sign in, or use a code mailed from the link's "
            "page; nothing was recorded",
        )


def require_proof(move: Move, assurance: str) -> None:
    """Raises NotProved for a decision by the link alone. What came by no link (the night, an
    import) has no assurance, and its own rules."""
    if assurance == Assurance.LINK and BY_LINK.isdisjoint(move.who):
        raise NotProved


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
