"""A file that was uploaded to be looked at waits here until it is imported: what is confirmed are
the bytes that were previewed. One for each person; a new one takes the place of the last."""

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from flows.ledger.reading import BOOKS, MAX_FILE
from flows.office import Office
from models.refusal import Refusal

FOLDER = "uploads"
KEPT = timedelta(days=1)
CHUNK = 1 << 20
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Uploaded:
    sha256: str
    path: Path


def keep(
    office: Office, official_id: int, name: str, content: BinaryIO, *, now: datetime
) -> Uploaded:
    """Readable by the owner alone: it may tell of restricted matters. What nobody confirmed for a
    day goes. Raises a Refusal for a file that is too large, before it is all on the disk."""
    folder = office.home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    forget(office, official_id)
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # somebody has just imported his own
            if path.stat().st_mtime < (now - KEPT).timestamp():
                path.unlink()
    suffix = Path(name).suffix.lower()
    path = folder / f"{official_id}{suffix if suffix in BOOKS else '.csv'}"
    digest, octets = hashlib.sha256(), 0
    with path.open("wb") as kept:
        path.chmod(0o600)
        while part := content.read(CHUNK):
            octets += len(part)
            if octets > MAX_FILE:
                forget(office, official_id)
                raise Refusal(
                    f"文件超过 {MAX_FILE // 1_000_000} MB，没有读取；请拆分后再导入",
                    f"the file is larger than {MAX_FILE // 1_000_000} MB and was not read; "
                    "split it",
                )
            digest.update(part)
            kept.write(part)
    return Uploaded(digest.hexdigest(), path)


def kept(office: Office, official_id: int, sha256: str) -> Uploaded:
    """Raises a Refusal if it is not there any more, or another one is."""
    for path in _files(office, official_id):
        with path.open("rb") as content:
            if hashlib.file_digest(content, "sha256").hexdigest() == sha256:
                return Uploaded(sha256, path)
    raise Refusal(
        "预览过的文件已不在（已导入，或又上传了别的文件）；请重新上传，没有导入任何内容",
        "the file that was previewed is gone (imported, or another one was uploaded): upload it "
        "again. Nothing was imported",
    )


def forget(office: Office, official_id: int) -> None:
    for path in _files(office, official_id):
        with suppress(FileNotFoundError):
            path.unlink()


def _files(office: Office, official_id: int) -> list[Path]:
    return list((office.home / FOLDER).glob(f"{official_id}.*"))
