"""Which tasks have some characters in their number or title, found by what the database indexes of
them (migrations 0017 and 0022): the same work however many tasks there are."""

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, TextClause, column, func, select, text
from sqlmodel import Session, col

from models import Task

MOST = 1000  # that are looked at; whoever finds more has to say more


def with_words(session: Session, words: str, among: ColumnElement[bool]) -> Sequence[int]:
    """The ids of those `among` all that may have them, one more than MOST at most; whoever shows
    them looks at each. Capital letters count as small ones."""
    if session.get_bind().dialect.name == "postgresql":
        # By its own lower(), as the index was: it knows other small letters than Python.
        said = words.lower() if words.isascii() else session.scalar(select(func.lower(words)))
        found = select(col(Task.id)).where(_HAS_GRAMS, among).limit(MOST + 1)
        return session.scalars(found, {"grams": _as_tsquery(said or "")}).all()
    if len(words) < 3:
        folded = enumerate(_folded(words))
        given = {f"said_{n}": said for n, said in folded}
        return _found(session, _by_term(len(given)), given, among)
    quoted = ('"' + words[k : k + 3].replace('"', '""') + '"' for k in range(len(words) - 2))
    return _found(session, _BY_MATCH, {"wanted": " AND ".join(dict.fromkeys(quoted))}, among)


def _found(
    session: Session, by: TextClause, given: Mapping[str, Any], among: ColumnElement[bool]
) -> Sequence[int]:
    """Of what has the words, and not of all; no further than to the last that is wanted."""
    have = by.columns(column("id", Integer)).subquery("have")
    found: Select[int] = (
        select(have.c.id).distinct().join(Task, col(Task.id) == have.c.id).where(among)
    )
    return session.scalars(found.limit(MOST + 1), dict(given)).all()


def _folded(words: str) -> Collection[str]:
    """As SQLite's index may have them, which folds each character by itself, in a way of its
    own."""
    if words.isascii():
        return (words.lower(),)
    lower, folded = ("".join(fold(one)[0] for one in words) for fold in (str.lower, str.casefold))
    return sorted({words, lower, folded})


def _by_term(n: int) -> TextClause:
    """Not by OR: the rows of this table have no ids that SQLite could tell them apart by."""
    each = (
        f"SELECT doc AS id FROM task_terms WHERE term >= :said_{k} AND term < :said_{k} || :last"
        for k in range(n)
    )
    return text(" UNION ALL ".join(each)).bindparams(last=chr(0x10FFFF))


def _as_tsquery(said: str) -> str:
    """All of its twos; of a single character, whatever begins with it."""
    escaped = [one.replace("\\", r"\\").replace("'", "''") for one in said]
    if len(said) < 2:
        return f"'{said and escaped[0]}':*"
    return " & ".join(dict.fromkeys(f"'{a}{b}'" for a, b in pairwise(escaped)))


_HAS_GRAMS: ColumnElement[bool] = text(  # type: ignore[assignment]  # which WHERE takes
    "task_grams(task.number, task.title) @@ CAST(:grams AS tsquery)"
)
_BY_MATCH = text(
    "SELECT rowid AS id FROM task_words WHERE task_words MATCH :wanted ORDER BY rowid DESC"
)
