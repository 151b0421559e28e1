"""The database between two tests: emptied, kept as it stands, put back."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    RowMapping,
    Table,
    cast,
    create_engine,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.pool import StaticPool
from sqlmodel import SQLModel

from flows.database import sqlite_file
from tests.beside import Beside

TABLES = [table.name for table in SQLModel.metadata.sorted_tables]
OTHERS_GO = text(  # a test that failed may have left a transaction open, and its locks
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)
NUMBERS_BEGIN_ANEW = (
    "PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"
    " WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
)
NUMBERS = text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
ANY_ROWS = text("SELECT " + ", ".join(f'EXISTS (SELECT 1 FROM "{t}")' for t in TABLES))
_SOURCE = create_engine(
    "sqlite://", poolclass=StaticPool
)  # of what is poured: it knows its queries

AS_REPLICA = "-c session_replication_role=replica"  # in any order, and nothing else happens
BESIDE = "beside the tests"  # by which the server knows it
SWEPT = 250  # times until what was deleted row by row is swept up, which no vacuum does
TRUNCATED = text(f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY")

_times = count(1)
_kept: list[Engine] = []
_beside: dict[URL, Engine] = {}
_blank: dict[URL, Callable[[], None]] = {}
_sides: dict[Path, Beside] = {}  # of SQLite's files


def empty_sqlite(engine: Engine, blank: Path) -> None:
    if engine.url not in _blank:
        begin_with(engine, blank.read_bytes())
        _blank[engine.url] = keep(engine)
    _blank[engine.url]()


def begin_with(engine: Engine, whole: bytes) -> None:
    """Whatever a test left of the file, and beside it."""
    file = sqlite_file(engine)
    assert file is not None
    for left in file.parent.glob(f"{file.stem}.*"):
        left.unlink()
    engine.dispose()  # of a file that has gone SQLite does not copy the log into it
    file.write_bytes(whole)


def beside(engine: Engine) -> Engine:
    """One connection, for putting rows only. The server forgets whatever a connection has planned
    when it becomes a replica, and again afterwards: that of the tests is to stay."""
    if engine.url not in _beside:
        arguments = {"options": AS_REPLICA, "application_name": BESIDE}
        _beside[engine.url] = create_engine(
            engine.url, connect_args=arguments, pool_size=1, pool_pre_ping=True
        )
    return _beside[engine.url]


def can_be_emptied(engine: Engine) -> None:
    """Row by row, and where there are any: for as few as a test makes, a twentieth of TRUNCATE.
    As functions of the server, which keeps the plan of each; beside the schema that tests change.
    """
    emptied = (f'IF EXISTS (SELECT FROM "{t}") THEN DELETE FROM "{t}"; END IF' for t in TABLES)
    with beside(engine).begin() as connection:
        connection.execute(text("CREATE SCHEMA kept"))
        _function(connection, "kept.empty", (*emptied, NUMBERS_BEGIN_ANEW))


def empty_postgres(engine: Engine) -> None:
    with _emptied(engine):
        pass


@contextmanager
def _emptied(engine: Engine) -> Iterator[Connection]:
    with beside(engine).begin() as connection:
        connection.execute(OTHERS_GO)
        connection.execute(text("SELECT kept.empty()") if next(_times) % SWEPT else TRUNCATED)
        yield connection


def keep(engine: Engine) -> Callable[[], None]:
    """The database as it stands now, to be put back as often as this is called."""
    _kept.append(engine)
    if engine.dialect.name == "sqlite":
        return _keep_rows(engine, f"put_{len(_kept)}")
    put = f"kept.put_{len(_kept)}"
    with beside(engine).begin() as connection:
        _copy(connection, put)

    def put_back() -> None:
        with _emptied(engine) as connection:
            connection.execute(text(f"SELECT {put}()"))

    return put_back


def _keep_rows(engine: Engine, put: str) -> Callable[[], None]:
    """Of SQLite: put under open connections, if the file is still the same and nobody uses it."""
    file = whole(engine)
    kept = file.read_bytes()
    filled = _beside_file(file).copy(put)

    def put_back() -> None:
        idle = not engine.pool.checkedout() and _sides[file].stands()
        if not (idle and _sides[file].put(put, filled, len(kept))):
            begin_with(engine, kept)
            _beside_file(file)

    return put_back


def _beside_file(file: Path) -> Beside:
    if file in _sides and _sides[file].stands():
        return _sides[file]
    if file in _sides:
        _sides.pop(file).close()
    return _sides.setdefault(file, Beside(file))


def pour(whole: bytes, into: Engine) -> None:
    """All rows of a file of SQLite, and nothing else, into PostgreSQL."""
    with _SOURCE.connect() as rows, beside(into).begin() as connection:
        _hold(whole, rows)
        connection.execute(text("SELECT kept.empty()"))
        for table in _filled(rows):
            _pour(rows.execute(select(table)).mappings().all(), table, connection)


def _hold(whole: bytes, rows: Connection) -> None:
    """In memory; what is not in a file knows no log."""
    raw: Any = rows.connection.driver_connection
    raw.deserialize(whole[:18] + b"\x01\x01" + whole[20:])


def _pour(rows: Sequence[RowMapping], table: Table, connection: Connection) -> None:
    connection.execute(insert(table), [dict(row) for row in rows])
    column = table.autoincrement_column
    if column is not None:
        counter = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
        connection.execute(select(func.setval(cast(counter, REGCLASS), func.max(column))))


def whole(engine: Engine) -> Path:
    """The file, with all that its log held, and nobody using it."""
    file = sqlite_file(engine)
    assert file is not None
    engine.dispose()
    log = sqlite3.connect(file)
    log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log.close()
    return file


def _filled(connection: Connection) -> list[Table]:
    found = connection.execute(ANY_ROWS).one()
    tables = SQLModel.metadata.sorted_tables
    return [table for table, filled in zip(tables, found, strict=True) if filled]


def _copy(connection: Connection, put: str) -> None:
    """Into the one schema: when another is made, the server plans all statements anew."""
    filled = [table.name for table in _filled(connection)]
    for table in filled:
        connection.execute(text(f'CREATE TABLE {put}_{table} AS TABLE "{table}"'))
    rows = (f'INSERT INTO "{table}" SELECT * FROM {put}_{table}' for table in filled)
    numbers = (f"PERFORM setval('\"{name}\"', {n})" for name, n in connection.execute(NUMBERS))
    _function(connection, put, (*rows, *numbers))


def _function(connection: Connection, name: str, statements: Iterable[str]) -> None:
    body = "".join(f"{statement};" for statement in statements)
    connection.exec_driver_sql(
        f"CREATE FUNCTION {name}() RETURNS void LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    )
