"""What the office names itself has its name, and the form of its numbers, once: of two who bring
such a thing at the same moment the second finds what the first has brought."""

from sqlalchemy import text
from sqlmodel import Session

NAMES_LOCK = 0x515E6  # PostgreSQL: of two at once the second waits


def hold_names(session: Session) -> None:
    """Whoever else names something waits until this transaction ends. On SQLite a writer is alone
    anyway. Taken before the row that is looked for, and by nobody who then asks for all tasks."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": NAMES_LOCK})
