"""An office is put back from its backup, where there is none yet."""

import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import Connection, Table, func, insert, inspect, select, text
from sqlmodel import Session

from flows.backup.form import (
    EVIDENCE,
    KEYS,
    Contents,
    NoBackup,
    contents_of,
    member,
    rows_in,
    tables,
)
from flows.database import place_of, transaction
from flows.office import Office
from flows.schema import newest, upgrade
from flows.signoff.evidence_files import keep
from models import Unit
from models.refusal import Refusal

AT_A_TIME = 1000  # rows


class Occupied(Refusal):
    """There is an office already, and it stays as it is."""

    exit_code = 1

    def __init__(self, database: str) -> None:
        super().__init__(
            f"{database} 中已有数据；没有改动任何内容。请恢复到空的 SISE_HOME 或空的数据库",
            f"there is data in {database} already; nothing was changed. Restore into an empty "
            "SISE_HOME, or an empty database",
        )


def whole(file: Path) -> Contents:
    """What is in it, once all of it has been read and fits. Raises NoBackup."""
    contents = contents_of(file)
    if contents.schema != newest():
        raise NoBackup(
            file,
            f"由其他版本的 Sise 生成（结构版本 {contents.schema}，本程序为 {newest()}）；"
            "请用该版本恢复，再升级",
            f"made by another version of Sise (schema {contents.schema}, this one has {newest()}); "
            "restore it with that version, then upgrade",
        )
    with zipfile.ZipFile(file) as zipped:
        if damaged := zipped.testzip():
            raise NoBackup(file, f"已损坏（{damaged}）", f"it is damaged ({damaged})")
        if _rows_in(zipped) != contents.rows:
            raise NoBackup(file, "内容不完整", "it is not complete")
    return contents


def restore(
    office: Office,
    file: Path,
    contents: Contents,
    *,
    now: datetime,
    done: Callable[[int, int], None],
) -> None:
    """The database is whole or empty afterwards. `contents`: as `whole` found them; `done` is told
    how many rows of all are in. Raises Occupied."""
    if _occupied(office):
        raise Occupied(place_of(office.engine))
    with zipfile.ZipFile(file) as zipped:
        _put_back_files(office, zipped)
        upgrade(office.engine)
        with transaction(office.engine, now) as session:
            _put_back_rows(session, zipped, contents, done)


def _occupied(office: Office) -> bool:
    present = set(inspect(office.engine).get_table_names())
    with office.engine.connect() as connection:
        return any(
            connection.scalar(select(1).select_from(table).limit(1))
            for table in tables()
            if table.name in present
        )


def _rows_in(zipped: zipfile.ZipFile) -> dict[str, int]:
    """Below the line that names the columns."""
    found = {}
    for table in tables():
        with suppress(KeyError), zipped.open(member(table)) as lines:
            found[table.name] = sum(1 for _ in lines) - 1
    return found


def _put_back_files(office: Office, zipped: zipfile.ZipFile) -> None:
    """Before the rows: without them nothing points to a file, and no link hangs on a key."""
    for name in zipped.namelist():
        if name.startswith(EVIDENCE):
            with zipped.open(name) as content:
                keep(office.home, cast(BinaryIO, content))
    office.ring.put_back(zipped.read(KEYS))


def _put_back_rows(
    session: Session,
    zipped: zipfile.ZipFile,
    contents: Contents,
    done: Callable[[int, int], None],
) -> None:
    connection, so_far = session.connection(), 0
    total = sum(contents.rows.values())
    for table in tables():
        with zipped.open(member(table)) as lines:
            rows = rows_in(cast(BinaryIO, lines), table)
            if table is Unit.__table__:  # type: ignore[attr-defined]  # SQLModel does not type it
                rows = _parents_first(list(rows))
            while part := list(islice(rows, AT_A_TIME)):
                connection.execute(insert(table), part)
                so_far += len(part)
                done(so_far, total)
        _count_on(connection, table)


def _parents_first(units: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    parents = {unit["id"]: unit["parent_id"] for unit in units}

    def depth(unit: int | None) -> int:
        return 0 if unit is None else 1 + depth(parents[unit])

    return iter(sorted(units, key=lambda unit: depth(unit["id"])))


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL: the next row's number comes after the last; SQLite looks by itself."""
    if connection.dialect.name != "postgresql" or "id" not in table.columns:
        return
    sequence = connection.scalar(
        text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table.name}"'}
    )
    last = connection.scalar(select(func.max(table.columns.id)))
    if sequence and last:
        connection.execute(text("SELECT setval(:of, :last)"), {"of": sequence, "last": last})
