"""What one transaction at a time does. On SQLite a writer is alone from its BEGIN on; on PostgreSQL
an advisory lock keeps the others waiting, which a dying connection lets go of."""

from enum import IntEnum

from sqlalchemy import text
from sqlmodel import Session


class Lock(IntEnum):
    NIGHT = 0x515E2  # of the one running night: see flows.night_lock
    MOVES = 0x515E3  # shared by who moves a task, or holds each; alone with who moves all
    NUMBERS = 0x515E4  # of two at once the second takes the next number
    PAIRINGS = 0x515E5  # of two who pair at once the second waits
    NAMES = 0x515E6  # of two at once the second waits
    HEAD = 0x5155E  # whoever appends to the chain holds it
    COUNT = 0x5155F  # between the count and the claim nobody else may count
    TELLING = 0x51577  # so that two do not both tell the same


def hold(session: Session, lock: Lock) -> None:
    """Whoever else wants it waits until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_ALONE, {"key": lock.value})


def share(session: Session, lock: Lock) -> None:
    """With others who share it; whoever holds it alone is waited for, and waits."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_SHARED, {"key": lock.value})


_ALONE = text("SELECT pg_advisory_xact_lock(:key)")
_SHARED = text("SELECT pg_advisory_xact_lock_shared(:key)")
