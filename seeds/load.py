"""The shipped policies, procedures and lists on their way into a database."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from sqlmodel import Session

from flows.office_changes import version
from flows.rulebook import load_kinds, load_list, load_policy, load_procedure
from models import Policy, Procedure, RecordKind, WatchList
from models.office_change import Subject

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the database now holds of what we ship, in the order of the files."""

    policies: tuple[Policy, ...]
    procedures: tuple[Procedure, ...]
    lists: tuple[WatchList, ...]
    kinds: tuple[RecordKind, ...]


def load_rulebook(session: Session, *, now: datetime) -> Loaded:
    """Policies first: a procedure names one, and a list may. Loading the same files again changes
    nothing, and what the office has brought under a name of ours stays."""
    policies = tuple(
        load_policy(session, text, file=file, now=now)
        for file, text in _texts("policies")
        if not version(session, Subject.POLICY, Path(file).stem)
    )
    procedures = tuple(
        load_procedure(session, text, file=file, now=now)
        for file, text in _texts("procedures")
        if not version(session, Subject.PROCEDURE, Path(file).stem)
    )
    lists = tuple(load_list(session, text, file=file, now=now) for file, text in _texts("lists"))
    kinds = [load_kinds(session, text, file=file) for file, text in _texts("kinds")]
    return Loaded(policies, procedures, lists, tuple(chain.from_iterable(kinds)))


def _texts(folder: str) -> list[tuple[str, str]]:
    return [(path.name, path.read_text("utf-8")) for path in sorted((HERE / folder).glob("*.toml"))]
