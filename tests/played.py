"""A night that a test only begins with is played once for each beginning, and then put there.

From the same rows on the same date the same night follows, but for what it draws (salts, ids of
links), so what it left the first time is as good as another one, in a tenth of the time. Whoever
tests the night itself plays it.

On PostgreSQL it begins with the rows that the same night left on SQLite; that it would have left
them there too is a test of its own (tests/test_played.py).
"""

import hashlib
from collections.abc import Callable, Hashable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import URL, Engine, Integer, Select, Table, cast, func, select
from sqlmodel import SQLModel

from flows.office import Office
from models import OpenCount
from tests.databases import ANY_ROWS, begin_with, beside, filled, keep, octets, pour
from tests.kept import wind

Begun = tuple[URL, str, Hashable]  # the database, what it held, and what was played then
_DRAWN = {"link_id", "salt", "token_hash", "message_id", "boundary", "slot"}


def _said(table: Table) -> Select[Any]:
    """But for what is drawn; what connections count apart, together."""
    columns = [column for column in table.columns if column.name not in _DRAWN]
    if table.name != OpenCount.__tablename__:
        return select(*columns)
    kind = [column for column in columns if column.name != "n"]
    total = func.sum(table.c.n)
    return select(*kind, cast(total, Integer)).group_by(*kind).having(total != 0)


_SAID = {
    table.name: _said(table)
    for table in SQLModel.metadata.sorted_tables
    if table.name != "chain_link"
}
_LOOK = {
    name: str(said.compile(compile_kwargs={"literal_binds": True})) for name, said in _SAID.items()
}  # without what SQLAlchemy makes of the rows

_played: dict[Begun, Callable[[], None]] = {}  # how it is put there
_files: dict[tuple[str, Hashable], bytes] = {}  # what SQLite held then, by what either held before


def wound(office: Office, first: date, last: date) -> None:
    """The nights of these dates, one after the other."""
    as_played(office.engine, (first, last), lambda: wind(office, first, last))


def as_played(engine: Engine, on: Hashable, play: Callable[[], object]) -> None:
    """`on` names what is played: a night's date, or anything that is the same each time."""
    begun = (engine.url, digest_of(engine, _LOOK), on)
    if begun in _played:
        _played[begun]()
    else:
        _begin(engine, on, play)
        _played[begun] = keep(engine)


def _begin(engine: Engine, on: Hashable, play: Callable[[], object]) -> None:
    begun = hashlib.sha256(repr(rows_of_all(engine)).encode()).hexdigest(), on
    if begun in _files:
        if engine.dialect.name == "postgresql":
            pour(_files[begun], engine)
        else:  # another file than that in which it was played
            begin_with(engine, _files[begun])
        return
    play()
    if engine.dialect.name == "sqlite":
        _files[begun] = octets(engine)


def rows_of_all(engine: Engine) -> dict[str, list[str]]:
    """Of each table that has any, but for what is drawn: the same on either kind of database."""
    with engine.connect() as connection:
        found = {
            name: sorted(map(repr, map(tuple, connection.execute(_SAID[name]))))
            for name in filled(connection.exec_driver_sql(ANY_ROWS).one())
            if name in _SAID
        }
        connection.commit()
    return {name: rows for name, rows in found.items() if rows}


def digest_of(engine: Engine, looks: dict[str, str]) -> str:
    """Of every row that each of these finds in its table."""
    if engine.dialect.name == "postgresql":
        with beside(engine).connect() as connection:
            driver: Any = connection.connection.driver_connection
            return repr(driver.execute(_at_once(*looks.values()), prepare=True).fetchone())
    found = hashlib.sha256()
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        for name in filled(cursor.execute(ANY_ROWS).fetchone()):
            if name in looks:
                rows = sorted(map(repr, cursor.execute(looks[name]).fetchall()))
                found.update(repr((name, rows)).encode())
    return found.hexdigest()


@cache
def _at_once(*looks: str) -> str:
    """One statement, of which the server says as much as is to be compared."""
    each = 'md5(string_agg(found::text, chr(10) ORDER BY found::text COLLATE "C"))'
    return "SELECT " + ", ".join(f"(SELECT {each} FROM ({look}) AS found)" for look in looks)
