"""What an import would do: looked at first, then done only if it is still the same."""

import hashlib
from dataclasses import dataclass

from sqlmodel import Session

from flows.ledger.apply import Applied, apply_ledger
from flows.ledger.imported import record_import
from flows.ledger.rows import Ledger
from flows.ledger.uploaded import Uploaded
from flows.signoff.actor import Actor
from flows.working_days import load_calendar


class Moved(Exception):
    """The ledger moved since the preview: the import would do something else now."""


@dataclass(frozen=True)
class Preview:
    """`digest`: two imports that do the same have the same."""

    ledger: Ledger
    applied: Applied
    digest: str
    late: int  # new ones past their deadline: the next night colours them


def preview(session: Session, actor: Actor, ledger: Ledger) -> Preview:
    """Writes, to look: for a session that keeps nothing. Raises LedgerRefused."""
    applied = apply_ledger(
        session,
        ledger,
        today=actor.on,
        now=actor.now,
        calendar=load_calendar(session),
        author=actor,
    )
    late = sum(1 for row in applied.new if row.due_on and row.due_on < actor.on)
    return Preview(ledger, applied, _digest(applied), late)


def import_previewed(
    session: Session, actor: Actor, ledger: Ledger, uploaded: Uploaded, *, name: str, seen: str
) -> Applied:
    """`seen`: the digest that was shown. Raises Moved or LedgerRefused: then nothing is kept."""
    found = preview(session, actor, ledger)
    if found.digest != seen:
        raise Moved
    record_import(session, actor, found.applied, file=name, sha256=uploaded.sha256)
    return found.applied


def _digest(applied: Applied) -> str:
    """Ids are drawn anew each time, so they do not count."""
    counts = (applied.opened, applied.updated, applied.unchanged)
    entries = [(e.subject, e.name, e.fact, e.before, e.after) for e in applied.directory]
    said = (counts, applied.changes, applied.new, applied.restricted, entries, applied.unkept)
    return hashlib.sha256(repr(said).encode()).hexdigest()
