"""The database at an edge: opening it, and the one place that commits."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Engine, Row, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from flows import history
from flows.turns import Turns

BUSY_SECONDS = 15  # how long SQLite waits for another writer before it says "locked"
GONE_AFTER = 30  # seconds without a word; by itself the other end is given up after two hours
ALIVE = {
    "keepalives_idle": GONE_AFTER // 3,
    "keepalives_interval": GONE_AFTER // 3,
    "keepalives_count": 2,
    "tcp_user_timeout": 1000 * GONE_AFTER,
}
LOOKING = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
A_PAUSE = 1  # second: no server comes back sooner than that
KEPT_OPEN = 20  # connections; opening one costs as much as a small page
KEPT_COMPILED = 2_000  # statements; there are 1,200, and by itself SQLAlchemy forgets after 500
_COUNTED = {
    "preserve_rowcount": True
}  # psycopg forgets it with the cursor, after an INSERT too soon
_turns: dict[Path, Turns] = {}  # of each file of SQLite


def open_engine(url: str) -> Engine:
    """SQLite in write-ahead mode, or PostgreSQL as it is."""
    sqlite = url.startswith("sqlite")
    engine = create_engine(
        url,
        connect_args={} if sqlite else ALIVE | {"connect_timeout": GONE_AFTER},
        pool_size=KEPT_OPEN,
        pool_use_lifo=True,  # the one last used knows the statements: it has them prepared
        query_cache_size=KEPT_COMPILED,
        # No limit beside that of whoever runs threads: a page that waits for a connection while it
        # holds one would be in the way of all others.
        max_overflow=-1,
        hide_parameters=True,  # in errors: words of restricted matters, and people's names
    )
    event.listen(engine, "connect", _prepare_sqlite if sqlite else _prepare_postgresql)
    if sqlite:
        event.listen(engine, "begin", begin_sqlite)
        _let_go_of_a_moved_file(engine)
    else:
        _ask_after_a_pause(engine)
    return engine


def _ask_after_a_pause(engine: Engine) -> None:
    """Whether it still stands is asked of a connection that nobody has used for a while. Of one
    that was used just now it would cost a short transaction a quarter of its time, to learn no
    more: it may break in the next moment as well. If one has gone, all are opened anew."""

    def given_back(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["given_back"] = monotonic()

    def taken(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        if monotonic() - record.info.get("given_back", monotonic()) < A_PAUSE:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.OperationalError as error:
            raise InvalidatePoolError("the server has gone, or let go of us") from error

    event.listen(engine, "checkin", given_back)
    event.listen(engine, "checkout", taken)


def sqlite_file(engine: Engine) -> Path | None:
    """The database's own file; None on PostgreSQL."""
    database = make_url(engine.url).database
    return Path(database) if engine.dialect.name == "sqlite" and database else None


def place_of(engine: Engine) -> str:
    """Where the data are, as a person reads it: without a password, a path as it is written."""
    return str(sqlite_file(engine) or engine.url.render_as_string())


@contextmanager
def transaction(engine: Engine, now: datetime, kept: Connection | None = None) -> Iterator[Session]:
    """All or nothing: one commit at the end, which seals the history that was written. `kept`: on
    this connection, of whoever has many short ones to make."""
    with _writing(engine, kept) as session:
        yield session
        session.flush()
        history.seal(session, now)
        session.commit()


@contextmanager
def trial(engine: Engine) -> Iterator[Session]:
    """As a transaction, but nothing is kept: for a dry run, which writes to look."""
    with _writing(engine) as session:
        yield session
        session.rollback()


@contextmanager
def _writing(engine: Engine, kept: Connection | None = None) -> Iterator[Session]:
    with _turn(engine), nullcontext(kept) if kept else engine.connect() as connection:
        writer = connection.execution_options(sise_writes=True)
        with Session(writer, expire_on_commit=False) as session:
            yield session


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Another process is waited for in SQLite itself."""
    file = sqlite_file(engine)
    turns = _turns.setdefault(file, Turns()) if file else None
    taken = turns is not None and turns.take(BUSY_SECONDS)
    try:
        yield
    finally:
        if turns is not None and taken:
            turns.give()


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """One consistent look, however many statements it takes: what others commit meanwhile is not
    seen, and nothing that happens inside is kept. What was read stays readable."""
    if engine.dialect.name != "postgresql":  # SQLite looks so by itself
        with Session(engine) as session:
            yield session
        return
    with (
        engine.connect() as connection,
        Session(connection.execution_options(**LOOKING)) as session,
    ):
        yield session
        # There is nothing to roll back; and after a ROLLBACK the driver throws away all that the
        # connection has prepared, so that every page would be parsed and planned anew.
        session.expunge_all()
        session.commit()


def look(engine: Engine, statement: Any, known: dict[str, Any] | None = None) -> Row[Any] | None:
    """The first row that one question finds, in columns. It sees one moment by itself, so that a
    server need not be told where it begins and ends."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="AUTOCOMMIT")
        return connection.execute(statement, known).first()


def changed(
    session: Session, statement: Any, known: dict[str, Any] | Sequence[dict[str, Any]] | None = None
) -> int:
    """Run an UPDATE or an INSERT and say how many rows it hit. `known`: what its parameters are,
    or the rows. What is in memory is not looked through, which would cost thrice as much."""
    session.flush()
    return session.connection().execute(statement, known, execution_options=_COUNTED).rowcount


def _let_go_of_a_moved_file(engine: Engine) -> None:
    """A connection that was kept open stays with the file that it opened. Where somebody has put
    another in its place, as a backup, all that is written would be lost with the old one. What
    the old one's log (`-wal`) still holds SQLite would put into the new one: it has to go too."""
    file = sqlite_file(engine)
    if file is None:
        return

    def opened(_connection: Any, record: Any) -> None:
        record.info["file"] = _identity(file)

    def taken(_connection: Any, record: Any, _proxy: Any) -> None:
        found = _identity(file)
        if found is not None and found != record.info["file"]:
            raise DisconnectionError  # by which the pool opens another

    event.listen(engine, "connect", opened)
    event.listen(engine, "checkout", taken)


def _identity(file: Path) -> tuple[int, int] | None:
    """None: it is not there, or is no file (a database in memory)."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN is switched off, so that a writer can begin with IMMEDIATE:
    # it waits for the lock up front and cannot lose it half-way.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    """The server's end of the same: what a machine held that was cut off is let go of."""
    connection.autocommit = True
    for name, value in ALIVE.items():
        connection.execute(f"SET tcp_{name.removeprefix('tcp_')} = {value}")
    connection.autocommit = False


def begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("sise_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
