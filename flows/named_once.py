"""What the office names itself has its name, and the form of its numbers, once: of two who bring
such a thing at the same moment the second finds what the first has brought."""

from sqlmodel import Session

from flows.locks import Lock, hold


def hold_names(session: Session) -> None:
    """Whoever else names something waits until this transaction ends. Taken before the row that is
    looked for, and by nobody who then asks for all tasks."""
    hold(session, Lock.NAMES)
