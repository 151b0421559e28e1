"""Rows of SQLite put back under the connections that have its file open: the schema that they
have read, and what they have prepared, stay theirs, which is most of what a short test costs."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

A_MOMENT = 0.2  # seconds for which another's lock is waited for
GROWN = 3  # times the size; a file that a test has blown up is replaced
Kept = dict[str, tuple[int, int]]  # of each table that had any rows: after which, up to which
_TABLES = (
    "SELECT name FROM sqlite_schema WHERE type = 'table'"
    " AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'"
)


class Beside:
    """A connection that knows of no triggers: it read the schema when there were none for a
    moment, and SQLite does not look again until the schema's number changes."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with _without_triggers(file):
            self.raw = _connect(file)
            self.tables = [name for (name,) in self.raw.execute(_TABLES)]
        self.raw.execute("PRAGMA synchronous = OFF")
        self.raw.execute("ATTACH ? AS kept", (str(file.with_name("kept.db")),))
        self.raw.execute("PRAGMA kept.journal_mode = OFF")
        self.raw.execute("PRAGMA kept.synchronous = OFF")
        found = ", ".join(f'EXISTS (SELECT 1 FROM main."{name}")' for name in self.tables)
        self.look = f"SELECT {found}"
        self.opened = self._seen()

    def stands(self) -> bool:
        """Whether the file is the one that was opened, with the schema that was read."""
        return self._seen() == self.opened

    def copy(self) -> Kept:
        """What the tables hold now."""
        self.raw.execute("BEGIN")
        kept = {name: self._copied(name) for name in self._filled()}
        self.raw.execute("COMMIT")
        return kept

    def _copied(self, name: str) -> tuple[int, int]:
        """Behind what was kept of this table before: with a table for each time, SQLite would read
        all of them anew whenever one is added."""
        rows = f'SELECT * FROM main."{name}"'
        self.raw.execute(f'CREATE TABLE IF NOT EXISTS kept."{name}" AS {rows} WHERE 0')
        added = self.raw.execute(f'INSERT INTO kept."{name}" {rows}')
        assert added.lastrowid is not None
        return added.lastrowid - added.rowcount, added.lastrowid

    def put(self, kept: Kept, size: int) -> bool:
        """As they were then. False: it cannot be, and nothing has changed."""
        if self._octets() > GROWN * size:
            return False
        try:
            self.raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:  # somebody has left a transaction open
            return False
        for name in self._filled():
            self.raw.execute(f'DELETE FROM main."{name}"')
        for name, place in kept.items():
            rows = f'SELECT * FROM kept."{name}" WHERE rowid > ? AND rowid <= ? ORDER BY rowid'
            self.raw.execute(f'INSERT INTO main."{name}" {rows}', place)
        self.raw.execute("COMMIT")
        return True

    def close(self) -> None:
        self.raw.close()

    def _filled(self) -> list[str]:
        found = self.raw.execute(self.look).fetchone()
        return [name for name, filled in zip(self.tables, found, strict=True) if filled]

    def _seen(self) -> tuple[int, ...] | None:
        try:
            file, log = (Path(f"{self.file}{end}").stat() for end in ("", "-wal"))
        except FileNotFoundError:
            return None
        (schema,) = self.raw.execute("PRAGMA schema_version").fetchone()
        return file.st_dev, file.st_ino, log.st_ino, schema

    def _octets(self) -> int:
        (pages,) = self.raw.execute("PRAGMA page_count").fetchone()
        (size,) = self.raw.execute("PRAGMA page_size").fetchone()
        return pages * size


def _connect(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        file, A_MOMENT, isolation_level=None, cached_statements=1_000, check_same_thread=False
    )


@contextmanager
def _without_triggers(file: Path) -> Iterator[None]:
    with closing(_connect(file)) as other:
        other.execute("PRAGMA writable_schema = ON")
        triggers = other.execute("SELECT * FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        other.execute("DELETE FROM sqlite_schema WHERE type = 'trigger'")
        yield
        other.executemany("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", triggers)
