"""A backup is taken: one consistent look at the database, while everything goes on."""

import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Table, func, select
from sqlmodel import Session, col

from flows import history
from flows.backup.form import EVIDENCE, KEYS, Contents, contents_of, member, tables, written
from flows.database import reading
from flows.office import Office
from flows.put_in_place import put_in_place
from flows.schema import newest
from flows.signoff.evidence_files import path_of
from models import Evidence

AT_A_TIME = 1000  # rows


def back_up(
    office: Office, file: Path, *, now: datetime, done: Callable[[int, int], None]
) -> Contents:
    """The whole office in one file, readable by its owner alone: the keys are in it. The file is
    whole or not there; only a backup is ever replaced by it. `done` is told how many rows of all
    are written. Raises NoBackup, and as flows.put_in_place does."""
    if file.exists():
        contents_of(file)
    with put_in_place(file) as path, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as into:
        return _write(office, into, now, done)


def _write(
    office: Office, into: zipfile.ZipFile, now: datetime, done: Callable[[int, int], None]
) -> Contents:
    with reading(office.engine) as session:
        rows = {table.name: _count(session, table) for table in tables()}
        total, so_far = sum(rows.values()), 0
        for table in tables():
            for n in _write_rows(session, into, table):
                so_far += n
                done(so_far, total)
        kept = set(session.scalars(select(col(Evidence.sha256))))
        head = history.head(session)
    missing = [sha256 for sha256 in sorted(kept) if not _write_evidence(office, into, sha256)]
    into.write(office.ring.file, KEYS)
    contents = Contents(now.isoformat(), newest(), rows, len(kept), missing, head)
    contents.write(into)
    return contents


def _count(session: Session, table: Table) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _write_rows(session: Session, into: zipfile.ZipFile, table: Table) -> Iterator[int]:
    """Tells how many it wrote, now and then."""
    found = session.execute(
        select(table).order_by(*table.primary_key), execution_options={"yield_per": AT_A_TIME}
    )
    with into.open(member(table), "w", force_zip64=True) as out:
        out.write(written(table.columns.keys()))
        for part in found.partitions():
            out.writelines(map(written, part))
            yield len(part)


def _write_evidence(office: Office, into: zipfile.ZipFile, sha256: str) -> bool:
    """As it is: what people send is packed already. False: the file is gone."""
    path = path_of(office.home, sha256)
    if not path.is_file():
        return False
    into.write(path, f"{EVIDENCE}{sha256}", zipfile.ZIP_STORED)
    return True
