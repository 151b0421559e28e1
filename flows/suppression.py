"""Addresses that mail is not sent to, because somebody's server said that they do not exist."""

import re
from contextlib import suppress as ignoring
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from flows.database import changed
from models import Message, Suppression
from models.message import MessageState
from models.relay import BounceKind
from notifications.verdicts import verdict

KEPT = timedelta(days=90)
_REFUSED = re.compile(r"(RCPT|final dot): 5\d\d")


def suppress(session: Session, address: str, reason: str, status: str, at: datetime) -> None:
    """From now on whoever has this address counts as not reachable."""
    said = {"reason": reason, "status": status, "at": at, "until": at + KEPT}
    known = update(Suppression).where(col(Suppression.address) == address.lower())
    if not changed(session, known.values(**said)):
        with ignoring(IntegrityError), session.begin_nested():  # another refusal was quicker
            session.execute(insert(Suppression).values(address=address.lower(), **said))


def suppress_refused(
    session: Session,
    message: Message,
    at: datetime,
    *,
    state: str = "",
    outcome: str = "",
    **_: Any,
) -> None:
    """After an attempt: the relay's words tell whether it is the address that is wrong."""
    refused = _REFUSED.match(outcome)
    if state != MessageState.DEAD or refused is None:
        return
    judged = verdict(outcome)
    # After the final dot it is mostly the content that is refused: there the code alone counts.
    if judged.kind == BounceKind.HARD and (refused[1] == "RCPT" or judged.status):
        suppress(session, message.to_address, outcome, judged.status, at)


def reach(session: Session, address: str) -> bool:
    """Take a suppression back. False: there was none."""
    which = col(Suppression.address) == address.strip().lower()
    return bool(changed(session, delete(Suppression).where(which)))
