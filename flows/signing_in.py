"""One-time sign-in links to the desk; consumed by one conditional UPDATE."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, func, select, update
from sqlmodel import Session, col

from flows.database import changed
from flows.office import Office
from flows.urgent_mail import write_sign_in
from models import Official, SignInLink
from models.columns import Instant
from notifications.links import new_salt, sign_in_token, token_hash

LIFE = timedelta(minutes=30)
_NOW = bindparam("now", type_=Instant())
ASKED = 3  # mailed links of one person that still work


def offer_sign_in(session: Session, official: Official, now: datetime) -> str:
    """A token that signs this official in once, within half an hour."""
    token = secrets.token_hex(16)
    _keep(session, official, token, now)
    return token


def mail_sign_in(session: Session, office: Office, address: str, now: datetime) -> None:
    """To whoever in the directory has this address, if anybody: a link into the desk. Whoever asks
    is not told whether there was one. The database never has what the mail has."""
    official = session.scalar(
        select(Official)
        .where(func.lower(Official.email) == address.lower(), col(Official.left_on).is_(None))
        .order_by(col(Official.id))
        .limit(1)
        .with_for_update()
    )
    if official is None or _unused(session, official, now) >= ASKED:
        return
    salt = new_salt()
    _keep(session, official, sign_in_token(office.secret, salt), now)
    write_sign_in(session, office, official, salt, now + LIFE, now)


def _keep(session: Session, official: Official, token: str, now: datetime) -> None:
    session.add(
        SignInLink(official_id=official.id, token_hash=token_hash(token), expires_at=now + LIFE)
    )


def _unused(session: Session, official: Official, now: datetime) -> int:
    waiting = select(func.count()).where(
        col(SignInLink.official_id) == official.id,
        col(SignInLink.used_at).is_(None),
        col(SignInLink.expires_at) > now,
    )
    return session.scalar(waiting) or 0


def use_sign_in(session: Session, token: str, now: datetime) -> Official | None:
    """The official whom the token signs in; None when it is unknown, used or expired, or its
    owner is out of service."""
    of = {"hash": token_hash(token), "now": now}
    if not changed(session, _USE, of):
        return None
    return session.scalar(_WHOSE, of)


def sign_in_is_open(session: Session, token: str, now: datetime) -> bool:
    """Whether the token would still sign somebody in. Looking consumes nothing."""
    return session.scalar(_OPEN, {"hash": token_hash(token), "now": now}) is not None


# Built once: building one costs as much as asking it.
_THIS = col(SignInLink.token_hash) == bindparam("hash")
_UNUSED = and_(_THIS, col(SignInLink.used_at).is_(None), col(SignInLink.expires_at) > _NOW)
_OPEN = select(col(SignInLink.id)).where(_UNUSED)
_USE = update(SignInLink).where(_UNUSED).values(used_at=_NOW)
_WHOSE = (
    select(Official)
    .join(SignInLink, col(SignInLink.official_id) == col(Official.id))
    .where(_THIS, col(Official.left_on).is_(None))
)
