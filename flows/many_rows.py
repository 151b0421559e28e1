"""Many rows in few statements: what a database does once for a statement (the counts and the words
of flows.open_counts and flows.word_search above all), it does not do for each row."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import Session

AT_ONCE = 5000  # rows
VARIABLES = 30_000  # of one statement; SQLite takes 32,766

Row = Mapping[str, Any]


def add_rows(session: Session, table: Table, rows: Sequence[Row]) -> None:
    """Insert them in this order, after whatever the session has not written yet. All have the
    fields of the first, and values that can be hashed; what a column is by default, it is here
    too."""
    if not rows:
        return
    session.flush()
    connection = session.connection()
    unsaid = _unsaid(table, rows[0])
    names = (*unsaid, *rows[0])
    stored = _stored(table, names, connection.dialect)
    if connection.dialect.name == "postgresql":
        add, at_once = _as_json, AT_ONCE
    else:
        add, at_once = _as_values, min(AT_ONCE, VARIABLES // len(names))
    for start in range(0, len(rows), at_once):
        some = rows[start : start + at_once]
        add(connection, table, names, [stored({**unsaid, **row}) for row in some])


def _unsaid(table: Table, row: Row) -> Row:
    """What the models say of columns that the row lacks; the database knows the rest."""
    return {
        column.name: column.default.arg
        for column in table.columns
        if column.name not in row and isinstance(column.default, ScalarElementColumnDefault)
    }


def _stored(
    table: Table, names: Sequence[str], dialect: Dialect
) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A row as the driver takes it: each value as its column's type writes it."""
    types = {name: table.c[name].type.dialect_impl(dialect) for name in names}
    writers = {name: kind.bind_processor(dialect) for name, kind in types.items()}
    # Few days, states and colours in many rows: each is written once.
    needed = [(name, lru_cache(1000)(write)) for name, write in writers.items() if write]

    def stored(row: dict[str, Any]) -> dict[str, Any]:
        for name, write in needed:
            row[name] = write(row[name])
        return row

    return stored


def _as_json(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Row]
) -> None:
    """PostgreSQL reads one text faster than many parameters, by the types of the table itself."""
    name, columns = _quoted(connection, (table.name,)), _quoted(connection, names)
    connection.exec_driver_sql(
        f"INSERT INTO {name} ({columns}) SELECT {columns} "
        f"FROM json_populate_recordset(NULL::{name}, %(rows)s::json)",
        {"rows": json.dumps(rows, ensure_ascii=False, default=_isoformat)},
    )


def _as_values(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Row]
) -> None:
    name, columns = _quoted(connection, (table.name,)), _quoted(connection, names)
    one = f"({', '.join('?' * len(names))})"
    connection.exec_driver_sql(
        f"INSERT INTO {name} ({columns}) VALUES {', '.join([one] * len(rows))}",
        tuple(row[name] for row in rows for name in names),
    )


def _quoted(connection: Connection, names: Sequence[str]) -> str:
    quote = connection.dialect.identifier_preparer.quote
    return ", ".join(quote(name) for name in names)


def _isoformat(value: date | datetime) -> str:
    return value.isoformat()  # of a datetime, date.isoformat would leave out the time
