"""What a backup holds: a zip of all tables' rows, the evidence, the keys, and a list of it.

Rows are JSON, so that a copy of SQLite can be put back on PostgreSQL, and the other way.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import Column, Table
from sqlmodel import SQLModel

from models.refusal import Refusal
from notifications.system_words import system_words

CONTENTS = "backup.json"
KEYS = "secret"
EVIDENCE = "evidence/"


@dataclass(frozen=True)
class Contents:
    """`rows` by table; `missing` is evidence whose file was gone already; `audit` is number and
    hash of the newest link of the history."""

    made_at: str
    schema: str
    rows: Mapping[str, int]
    evidence: int
    missing: Sequence[str]
    audit: tuple[int, str]

    def write(self, into: zipfile.ZipFile) -> None:
        into.writestr(CONTENTS, json.dumps(asdict(self), ensure_ascii=False, indent=2))


class NoBackup(Refusal):
    """The file is none, or not whole. Nothing was changed."""

    exit_code = 2

    def __init__(self, file: Path, chinese: str, english: str) -> None:
        super().__init__(
            f"{file}：{chinese}；没有改动任何内容", f"{file}: {english}; nothing was changed"
        )


def tables() -> list[Table]:
    """What is pointed at comes before what points. The database itself counts the open tasks
    again as they come back."""
    return [one for one in SQLModel.metadata.sorted_tables if one.name != "open_count"]


def member(table: Table) -> str:
    return f"tables/{table.name}.jsonl"


def contents_of(file: Path) -> Contents:
    """Raises NoBackup."""
    try:
        with zipfile.ZipFile(file) as zipped:
            read = json.loads(zipped.read(CONTENTS))
            return Contents(**read | {"audit": tuple(read["audit"])})
    except OSError as error:
        raise NoBackup(
            file, f"无法读取（{system_words(error)}）", f"it cannot be read ({error.strerror})"
        ) from error
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise NoBackup(file, "不是 sise backup 生成的备份", "no backup made by Sise") from error


def written(row: Sequence[Any]) -> bytes:
    return json.dumps(list(row), ensure_ascii=False, default=_plain).encode() + b"\n"


def rows_in(lines: BinaryIO, table: Table) -> Iterator[dict[str, Any]]:
    """The first line names the columns."""
    columns = [table.columns[name] for name in json.loads(next(lines))]
    for line in lines:
        values = zip(columns, json.loads(line), strict=True)
        yield {column.name: _value(column, plain) for column, plain in values}


def _plain(value: date | datetime) -> str:
    return value.isoformat()


def _value(column: Column[Any], plain: Any) -> Any:
    if plain is None:
        return None
    kind = column.type.python_type
    if issubclass(kind, StrEnum):
        return kind(plain)
    return kind.fromisoformat(plain) if issubclass(kind, date) else plain
