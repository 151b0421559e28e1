"""A night that a test only begins with is played once for each beginning, and then put there.

From the same rows on the same date the same night follows, but for what it draws (salts, ids of
links), so what it left the first time is as good as another one, in a tenth of the time. Whoever
tests the night itself plays it.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Hashable, Mapping
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from flows.database import sqlite_file
from flows.office import Office
from tests.conftest import empty_postgres
from tests.kept import wind

Begun = tuple[str, Hashable]  # the database as it was, and what was played then
TABLES = [table.name for table in SQLModel.metadata.sorted_tables]
_DRAWN = {"link_id", "salt", "token_hash", "message_id", "boundary"}
_LOOK = {
    table.name: "SELECT {} FROM {}".format(
        ", ".join(f'"{c.name}"' for c in table.columns if c.name not in _DRAWN), table.name
    )
    for table in SQLModel.metadata.sorted_tables
    if table.name != "chain_link"
}
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"

_files: dict[Begun, bytes] = {}
_kept: list[tuple[str, Mapping[str, int]]] = []
_schemas: dict[Begun, tuple[str, Mapping[str, int]]] = {}  # with the value of each sequence


def wound(office: Office, first: date, last: date) -> None:
    """The nights of these dates, one after the other."""
    as_played(office.engine, (first, last), lambda: wind(office, first, last))


def as_played(engine: Engine, on: Hashable, play: Callable[[], object]) -> None:
    """`on` names what is played: a night's date, or anything that is the same each time."""
    kept = _on_sqlite if engine.dialect.name == "sqlite" else _on_postgresql
    kept(engine, on, play)


def keep(engine: Engine) -> Callable[[], None]:
    """The database as it stands now, to be put back as often as this is called."""
    if engine.dialect.name == "sqlite":
        whole = _whole(engine).read_bytes()
        return lambda: put_whole(engine, whole)
    kept = _keep(engine, f"kept_{len(_kept)}")
    _kept.append(kept)

    def put_back() -> None:
        empty_postgres(engine)
        _put_there(engine, *kept)

    return put_back


def put_whole(engine: Engine, whole: bytes) -> None:
    _whole(engine).write_bytes(whole)


def _on_sqlite(engine: Engine, on: Hashable, play: Callable[[], object]) -> None:
    begun = (_digest(engine), on)
    if begun in _files:
        _whole(engine).write_bytes(_files[begun])
    else:
        play()
        _files[begun] = _whole(engine).read_bytes()


def _digest(engine: Engine) -> str:
    """Of every row, but for what is drawn anew in every run."""
    found = hashlib.sha256()
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        for look in _LOOK.values():
            cursor.execute(look)
            found.update(repr(sorted(map(repr, cursor.fetchall()))).encode())
    return found.hexdigest()


def _whole(engine: Engine) -> Path:
    """The file, with all that its log held, and nobody using it."""
    file = sqlite_file(engine)
    assert file is not None
    engine.dispose()
    log = sqlite3.connect(file)
    log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log.close()
    return file


def _on_postgresql(engine: Engine, on: Hashable, play: Callable[[], object]) -> None:
    begun = (_digest(engine), on)
    if begun in _schemas:
        empty_postgres(engine)
        _put_there(engine, *_schemas[begun])
    else:
        play()
        _schemas[begun] = _keep(engine, f"played_{len(_schemas)}")


def _keep(engine: Engine, schema: str) -> tuple[str, Mapping[str, int]]:
    copies = (f'CREATE TABLE {schema}."{name}" AS TABLE "{name}"' for name in TABLES)
    with engine.begin() as connection:
        connection.execute(text(";".join([f"CREATE SCHEMA {schema}", *copies])))
        return schema, dict(connection.execute(text(_SEQUENCES)).all())


def _put_there(engine: Engine, schema: str, sequences: Mapping[str, int]) -> None:
    rows = (f'INSERT INTO "{name}" SELECT * FROM {schema}."{name}"' for name in TABLES)
    values = (f"SELECT setval('\"{name}\"', {last})" for name, last in sequences.items())
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(";".join([*rows, *values])))
