"""One-time sign-in links to the desk; consumed by one conditional UPDATE."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from flows.database import changed
from models import Official, SignInLink
from notifications.links import token_hash

LIFE = timedelta(minutes=30)


def offer_sign_in(session: Session, official: Official, now: datetime) -> str:
    """A token that signs this official in once, within half an hour."""
    token = secrets.token_hex(16)
    session.add(
        SignInLink(official_id=official.id, token_hash=token_hash(token), expires_at=now + LIFE)
    )
    return token


def use_sign_in(session: Session, token: str, now: datetime) -> Official | None:
    """The official whom the token signs in; None when it is unknown, used or expired, or its
    owner is out of service."""
    wanted = col(SignInLink.token_hash) == token_hash(token)
    if not changed(
        session,
        update(SignInLink)
        .where(
            wanted,
            col(SignInLink.used_at).is_(None),
            col(SignInLink.expires_at) > now,
        )
        .values(used_at=now),
    ):
        return None
    return session.scalar(
        select(Official)
        .join(SignInLink, col(SignInLink.official_id) == col(Official.id))
        .where(wanted, col(Official.left_on).is_(None))
    )


def sign_in_is_open(session: Session, token: str, now: datetime) -> bool:
    """Whether the token would still sign somebody in. Looking consumes nothing."""
    return (
        session.scalar(
            select(col(SignInLink.id)).where(
                col(SignInLink.token_hash) == token_hash(token),
                col(SignInLink.used_at).is_(None),
                col(SignInLink.expires_at) > now,
            )
        )
        is not None
    )
