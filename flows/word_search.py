"""Which tasks have some characters in their number or title, found by what the database indexes of
them (migrations 0017 and 0022): the same work however many tasks there are."""

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import text
from sqlmodel import Session

MOST = 1000  # that are looked at; whoever finds more has to say more


def with_words(session: Session, words: str) -> Sequence[int]:
    """The ids of those that may have them, one more than MOST at most; whoever shows them looks
    at each. Capital letters count as small ones."""
    said = words.lower()
    if session.get_bind().dialect.name == "postgresql":
        return session.scalars(_BY_GRAMS, {"grams": _as_tsquery(said), "most": MOST + 1}).all()
    if len(said) < 3:
        until = said + chr(0x10FFFF)
        return session.scalars(_BY_TERM, {"said": said, "until": until, "most": MOST + 1}).all()
    quoted = ('"' + said[k : k + 3].replace('"', '""') + '"' for k in range(len(said) - 2))
    wanted = " AND ".join(dict.fromkeys(quoted))
    return session.scalars(_BY_MATCH, {"wanted": wanted, "most": MOST + 1}).all()


def _as_tsquery(said: str) -> str:
    """All of its twos; of a single character, whatever begins with it."""
    escaped = [one.replace("\\", r"\\").replace("'", "''") for one in said]
    if len(said) < 2:
        return f"'{said and escaped[0]}':*"
    return " & ".join(dict.fromkeys(f"'{a}{b}'" for a, b in pairwise(escaped)))


_BY_GRAMS = text(
    "SELECT id FROM task WHERE task_grams(number, title) @@ CAST(:grams AS tsquery) LIMIT :most"
)
_BY_TERM = text(
    "SELECT DISTINCT doc FROM task_terms WHERE term >= :said AND term < :until LIMIT :most"
)
_BY_MATCH = text(
    "SELECT rowid FROM task_words WHERE task_words MATCH :wanted ORDER BY rowid DESC LIMIT :most"
)
