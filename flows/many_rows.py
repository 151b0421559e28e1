"""Many rows in few statements: what a database does once for a statement (the counts and the words
of flows.open_counts and flows.word_search above all), it does not do for each row."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import Session

VARIABLES = 30_000  # of one statement; SQLite takes 32,766
SENT_AT_ONCE = 200  # rows; PostgreSQL stores them while the next ones are made
_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})

Rows = Iterable[Sequence[Any]]
Write = Callable[[Any], Any]


def add_rows(
    session: Session, table: Table, names: Sequence[str], rows: Rows, alike: Mapping[str, Any]
) -> None:
    """Insert them in this order, after whatever the session has not written yet. Each row has the
    values of `names`, which can be hashed; `alike` is what all rows have. What a column is by
    default, it is here too. Nothing else may use the session while `rows` is read."""
    session.flush()
    connection = session.connection()
    alike = {**_unsaid(table, {*names, *alike}), **alike}
    writers = [_writer(table, name, connection.dialect) for name in names]
    same = [_writer(table, name, connection.dialect)(value) for name, value in alike.items()]
    add = _copy if connection.dialect.name == "postgresql" else _insert
    add(connection, table, (*names, *alike), writers, rows, same)


def _unsaid(table: Table, said: set[str]) -> dict[str, Any]:
    """What the models say of the other columns; the database knows the rest."""
    return {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in said and isinstance(column.default, ScalarElementColumnDefault)
    }


def _writer(table: Table, name: str, dialect: Dialect) -> Write:
    """A value as the driver takes it: as its column's type writes it. Few days, states and colours
    in many rows: each is written once."""
    write = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    if dialect.name != "postgresql":
        return lru_cache(1000)(write) if write else _as_it_is
    return lru_cache(1000)(lambda value: _as_text(write(value) if write else value))


def _as_it_is(value: Any) -> Any:
    return value


def _as_text(value: Any) -> str:
    """As COPY reads it."""
    if value is None:
        return r"\N"
    text = str(value)
    return text.translate(_ESCAPED) if _SPECIAL.search(text) else text


def _copy(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    writers: Sequence[Write],
    rows: Rows,
    same: Sequence[str],
) -> None:
    """The one way in on which PostgreSQL stores some rows while the next ones are made."""
    driver: Any = connection.dialect.loaded_dbapi
    statement = (
        f"COPY {_quoted(connection, [table.name])} ({_quoted(connection, names)}) FROM STDIN"
    )
    end = "".join(f"\t{value}" for value in same) + "\n"
    try:
        cursor: Any = connection.connection.cursor()
        with cursor, cursor.copy(statement) as copy:
            for some in _parts(rows, SENT_AT_ONCE):
                lines = ("\t".join(_written(writers, row)) + end for row in some)
                copy.write("".join(lines))
    except driver.Error as error:  # as any other statement of SQLAlchemy's would say it
        raise DBAPIError.instance(
            statement, None, error, driver.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def _insert(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    writers: Sequence[Write],
    rows: Rows,
    same: Sequence[Any],
) -> None:
    name, columns = _quoted(connection, [table.name]), _quoted(connection, names)
    one = f"({', '.join('?' * len(names))})"
    for some in _parts(rows, VARIABLES // len(names)):
        connection.exec_driver_sql(
            f"INSERT INTO {name} ({columns}) VALUES {', '.join([one] * len(some))}",
            tuple(chain.from_iterable((*_written(writers, row), *same) for row in some)),
        )


def _written(writers: Sequence[Write], row: Sequence[Any]) -> list[Any]:
    return [write(value) for write, value in zip(writers, row, strict=True)]


def _parts(rows: Rows, size: int) -> Iterator[Sequence[Sequence[Any]]]:
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


def _quoted(connection: Connection, names: Sequence[str]) -> str:
    quote = connection.dialect.identifier_preparer.quote
    return ", ".join(quote(name) for name in names)
