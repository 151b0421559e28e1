"""That a file was imported: by whom, and what it did. Its changes lie in the same link."""

from collections.abc import Sequence

from sqlmodel import Session

from flows.ledger.apply import Applied
from flows.office_changes import Entry, Told, changes_of, record
from flows.signoff.actor import OfficeActor
from models.office_change import Subject

COUNTED = ("opened", "updated", "units", "officials", "posts", "absences")


def record_import(
    session: Session, author: OfficeActor, applied: Applied, *, file: str, sha256: str
) -> None:
    """A file that changed nothing leaves no trace."""
    did = {name: n for name in COUNTED if (n := getattr(applied, name))}
    if did:
        record(session, author, [Entry(Subject.LEDGER, sha256, file, "imported", None, did)])


def recently_imported(session: Session, limit: int = 10) -> Sequence[Told]:
    return changes_of(session, Subject.LEDGER, limit=limit)
