"""The links of a mail that is put together: in its text placeholders, and a row for each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from models import ReplyLink
from notifications.links import key_id, new_salt, placeholder, token, token_hash

Opens = tuple[int | None, int | None]
"""A receipt's or a referral's id; neither for the mail's own link."""


@dataclass
class MailLinks:
    """Those of one mail to one person. `salts`: of links that the mail has already."""

    official_id: int
    secret: bytes
    salts: Mapping[Opens, str] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def to(self, *, receipt_id: int | None = None, referral_id: int | None = None) -> str:
        if (opens := (receipt_id, referral_id)) in self.salts:
            return placeholder(self.salts[opens])
        salt = new_salt()
        self.rows.append(
            {
                "official_id": self.official_id,
                "receipt_id": receipt_id,
                "referral_id": referral_id,
                "salt": salt,
                "key_id": key_id(self.secret),
                "token_hash": token_hash(token(self.secret, salt)),
            }
        )
        return placeholder(salt)


def salts_of(session: Session, message_id: int) -> dict[Opens, str]:
    """Those that a mail holds already."""
    links = session.execute(
        select(col(ReplyLink.receipt_id), col(ReplyLink.referral_id), col(ReplyLink.salt)).where(
            col(ReplyLink.message_id) == message_id
        )
    )
    return {(receipt_id, referral_id): salt for receipt_id, referral_id, salt in links}
