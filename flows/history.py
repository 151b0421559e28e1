"""The tamper-evident history: one chain link per commit that wrote transitions."""

import hashlib
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, bindparam, func, insert, select
from sqlmodel import Session, col

from flows.locks import Lock, hold
from models import (
    Bulletin,
    ChainLink,
    DeadlineChange,
    Decision,
    Figure,
    FigureApproval,
    LineVerdict,
    LookBackRound,
    OfficeChange,
    Pairing,
    PairingEnd,
    PostingMove,
    Proposal,
    ProposalLine,
    Reassignment,
    Record,
    RecordLine,
    Resending,
    ScoreMove,
    ScoreRuling,
    Transfer,
    Transition,
)

CHAINED: tuple[Table, ...] = (
    Transition.__table__,  # type: ignore[attr-defined]  # SQLModel does not type its table
    DeadlineChange.__table__,  # type: ignore[attr-defined]  # the same
    Decision.__table__,  # type: ignore[attr-defined]  # the same
    Reassignment.__table__,  # type: ignore[attr-defined]  # the same
    LookBackRound.__table__,  # type: ignore[attr-defined]  # the same
    Resending.__table__,  # type: ignore[attr-defined]  # the same
    Bulletin.__table__,  # type: ignore[attr-defined]  # the same
    PostingMove.__table__,  # type: ignore[attr-defined]  # the same
    Transfer.__table__,  # type: ignore[attr-defined]  # the same
    OfficeChange.__table__,  # type: ignore[attr-defined]  # the same
    Record.__table__,  # type: ignore[attr-defined]  # the same
    RecordLine.__table__,  # type: ignore[attr-defined]  # the same
    Figure.__table__,  # type: ignore[attr-defined]  # the same
    FigureApproval.__table__,  # type: ignore[attr-defined]  # the same
    Proposal.__table__,  # type: ignore[attr-defined]  # the same
    ProposalLine.__table__,  # type: ignore[attr-defined]  # the same
    LineVerdict.__table__,  # type: ignore[attr-defined]  # the same
    Pairing.__table__,  # type: ignore[attr-defined]  # the same
    PairingEnd.__table__,  # type: ignore[attr-defined]  # the same
    ScoreMove.__table__,  # type: ignore[attr-defined]  # the same
    ScoreRuling.__table__,  # type: ignore[attr-defined]  # the same
)
GENESIS = "0" * 64
NO_ROWS = hashlib.sha256().hexdigest()
AT_A_TIME = 1000  # rows; a cursor on the server costs four messages, and is for more than these

_ROWS = {  # built once: putting a statement together costs more than running it
    table.name: select(*(table.c[name] for name in sorted(table.c.keys())))
    .where(table.c.link_id == bindparam("link"))
    .order_by(table.c.id)
    for table in CHAINED
}
# Most links have rows in one or two of the tables: one statement says in which. Counted, for a plan
# that fits any link must not take "the first that is found" for cheap and read a whole table.
_N = {table: select(func.count()).select_from(table) for table in CHAINED}
_HOW_MANY = select(
    *(
        n.where(table.c.link_id == bindparam("link")).scalar_subquery().label(table.name)
        for table, n in _N.items()
    )
)
_SEALED = select(col(ChainLink.id))
_LOOSE = select(
    *(
        n.where(table.c.link_id.not_in(_SEALED)).scalar_subquery().label(table.name)
        for table, n in _N.items()
    )
)

_HEAD = (
    select(col(ChainLink.number), col(ChainLink.hash))
    .order_by(col(ChainLink.number).desc())
    .limit(1)
)
_APPEND = insert(ChainLink)


def link_id(session: Session) -> str:
    """The link that this transaction's history rows belong to."""
    drawn: str = session.info.setdefault("link_id", secrets.token_hex(16))
    return drawn


def link_ahead(session: Session) -> str:
    """The link for rows that a statement may write or not; `belongs` once it has."""
    return session.info.get("link_id") or secrets.token_hex(16)


def belongs(session: Session, link: str) -> None:
    """Rows of this transaction were written with the link that was given ahead."""
    session.info["link_id"] = link


def seal(session: Session, now: datetime) -> None:
    """Append the transaction's link, if it wrote any history. The rows are hashed first and the
    head is locked last: whoever else appends waits for one row, not for the hashing."""
    link = session.info.pop("link_id", None)
    if link is None:
        return
    rows = rows_hash(session, link)
    if rows == NO_ROWS:
        return
    hold(session, Lock.HEAD)
    number, previous = head(session)
    sealed = ChainLink(id=link, number=number + 1, previous=previous, rows=rows, at=now, hash="")
    sealed.hash = link_hash(sealed)
    session.connection().execute(_APPEND, sealed.model_dump())


def head(session: Session) -> tuple[int, str]:
    """Number and hash of the newest link."""
    newest = session.connection().execute(_HEAD).first()
    return (newest[0], newest[1]) if newest else (0, GENESIS)


def link_hash(link: ChainLink) -> str:
    said = [link.number, link.id, link.previous, link.rows, link.at]
    return hashlib.sha256(_canonical(said).encode()).hexdigest()


def rows_hash(session: Session, link: str) -> str:
    """What is empty is not hashed, so that a column added later leaves old links as they are."""
    digest, connection = hashlib.sha256(), session.connection()
    counted = connection.execute(_HOW_MANY, {"link": link}).one()
    for table, n in ((table, n) for table, n in counted._mapping.items() if n):
        piecewise = {"yield_per": AT_A_TIME} if n > AT_A_TIME else {}
        found = connection.execute(_ROWS[table], {"link": link}, execution_options=piecewise)
        head, names = _canonical(table), found.keys()
        for row in found:
            filled = [_pair(name, said) for name, said in zip(names, row, strict=True) if said]
            digest.update(f"[{','.join([head, *filled])}]".encode())
    return digest.hexdigest()


def _pair(name: str, said: Any) -> str:
    """As canonical JSON. Days, instants and causes are the same in many rows, numbers are not."""
    return f'["{name}",{said}]' if type(said) is int else _written_once(name, said)


def faults(session: Session) -> Iterator[tuple[str, str]]:
    """Everything that shows tampering, in Chinese and English; an empty result is the proof that
    `audit verify` prints."""
    previous, expected = GENESIS, 1
    for link in session.scalars(select(ChainLink).order_by(col(ChainLink.number))):
        if link.number != expected or link.previous != previous:
            yield (
                f"第 {link.number} 环：与第 {expected - 1} 环不相接",
                f"link {link.number}: does not follow link {expected - 1}",
            )
        if link.rows != rows_hash(session, link.id):
            yield (
                f"第 {link.number} 环：所载历史记录被改动",
                f"link {link.number}: its history rows were changed",
            )
        if link.hash != link_hash(link):
            yield (
                f"第 {link.number} 环：链环本身被改动",
                f"link {link.number}: the link itself was changed",
            )
        previous, expected = link.hash, link.number + 1
    for name, loose in session.execute(_LOOSE).one()._mapping.items():
        if loose:
            yield (
                f"{name} 表：{loose} 条记录不属于任何一环",
                f"{name}: {loose} rows belong to no link",
            )


@lru_cache(maxsize=1000, typed=True)
def _written_once(name: str, said: Any) -> str:
    return _canonical([name, said])


def _canonical(said: Any) -> str:
    return _JSON.encode(said)


@lru_cache(1000)  # many rows are of one day
def _written(value: date | datetime) -> str:
    return (value.astimezone(UTC) if isinstance(value, datetime) else value).isoformat()


# Built once: json.dumps would build one for each row. A row holds no row, so none is looked for.
_JSON = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=_written, check_circular=False
)
