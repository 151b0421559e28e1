"""Proof of who holds a browser: a six-digit code, mailed to the link's owner at that moment.

A code is for one link in one browser. Each try is one conditional UPDATE, so that many tries at
once are still counted one by one.
"""

import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, bindparam, case, func, select, update
from sqlmodel import Session, col

from flows.database import changed
from flows.office import Office
from models import ProofCode, ReplyLink
from notifications.links import new_salt, six_digits, token_hash

LIFE = timedelta(minutes=10)  # of a code, and of the proof that it gave
TRIES = 5
ASKED = 3  # codes for one link within LIFE


class Tried(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    LOCKED = "locked"
    NONE = "none"  # no code is out for this browser, or it is too old


def new_code(
    session: Session, office: Office, link: ReplyLink, browser: str, now: datetime
) -> str | None:
    """A code for this link in this browser: the salt that the sent mail derives it from. None:
    enough were asked for."""
    session.execute(select(col(ReplyLink.id)).where(col(ReplyLink.id) == link.id).with_for_update())
    lately = select(func.count()).where(
        col(ProofCode.link_id) == link.id, col(ProofCode.expires_at) > now
    )
    if (session.scalar(lately) or 0) >= ASKED:
        return None
    salt = new_salt()
    code = six_digits(office.secret, salt)
    session.add(
        ProofCode(
            link_id=link.id,
            browser_hash=token_hash(browser),
            code_hash=_code_hash(office.secret, link.id, browser, code),
            expires_at=now + LIFE,
        )
    )
    return salt


def try_code(
    session: Session, office: Office, link_id: int, browser: str, code: str, now: datetime
) -> tuple[Tried, int]:
    """What became of it, and how many tries are left."""
    newest = session.scalar(
        select(func.max(col(ProofCode.id))).where(*_of(link_id, browser), _waiting(now))
    )
    tried = session.execute(
        update(ProofCode)
        .where(col(ProofCode.id) == newest, _waiting(now), col(ProofCode.tries) < TRIES)
        .values(tries=col(ProofCode.tries) + 1)
        .returning(col(ProofCode.code_hash), col(ProofCode.tries))
    ).one_or_none()
    if tried is None:
        return (Tried.LOCKED if newest else Tried.NONE), 0
    expected, tries = tried
    given = (_code_hash(key, link_id, browser, code) for key in office.ring.keys)
    if not any(hmac.compare_digest(expected, one) for one in given):
        return Tried.WRONG, TRIES - tries
    changed(session, update(ProofCode).where(col(ProofCode.id) == newest).values(proved_at=now))
    return Tried.RIGHT, 0


def proof_of(
    session: Session, link_id: int, browser: str, now: datetime
) -> tuple[datetime | None, bool]:
    """Until when this browser counts as the owner's, for this link; and whether a code is on its
    way to the owner that can still be entered."""
    of = {"link": link_id, "browser": token_hash(browser), "now": now, "since": now - LIFE}
    at, awaited = session.execute(_PROOF, of).one()
    return at + LIFE if at else None, awaited is not None


def _of(link_id: int, browser: str) -> tuple[ColumnElement[bool], ...]:
    return col(ProofCode.link_id) == link_id, col(ProofCode.browser_hash) == token_hash(browser)


def _waiting(now: datetime) -> ColumnElement[bool]:
    return (col(ProofCode.expires_at) > now) & col(ProofCode.proved_at).is_(None)


def _code_hash(key: bytes, link_id: int, browser: str, code: str) -> str:
    """With the key in it: six digits alone would be found by trying them all."""
    return hmac.digest(key, f"proof.v1|{link_id}|{browser}|{code}".encode(), "sha256").hex()


_AWAITED = and_(
    col(ProofCode.expires_at) > bindparam("now"),
    col(ProofCode.proved_at).is_(None),
    col(ProofCode.tries) < TRIES,
)
_PROOF = select(
    func.max(case((col(ProofCode.proved_at) > bindparam("since"), col(ProofCode.proved_at)))),
    func.max(case((_AWAITED, col(ProofCode.id)))),
).where(
    col(ProofCode.link_id) == bindparam("link"),
    col(ProofCode.browser_hash) == bindparam("browser"),
)
