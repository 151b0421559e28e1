"""The content of evidence on disk: one file for one content, whole or not there at all."""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

PIECE = 1 << 20  # octets


def path_of(home: Path, sha256: str) -> Path:
    return home / "evidence" / sha256[:2] / sha256


def keep(home: Path, content: BinaryIO) -> str:
    """Write the content under its hash and return the hash. It is durable when this returns."""
    folder = home / "evidence"
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(prefix="unfinished-", dir=folder)
    try:
        with open(descriptor, "wb") as out:
            sha256 = _copy(content, out)
        path = path_of(home, sha256)
        path.parent.mkdir(exist_ok=True)
        os.replace(unfinished, path)  # if it is there already: over the same content
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(unfinished)
        raise
    for made in (path.parent, folder, home):  # a new name is durable once its folder is
        _sync(made)
    return sha256


def _copy(content: BinaryIO, out: BinaryIO) -> str:
    content.seek(0)
    found = hashlib.sha256()
    while piece := content.read(PIECE):
        found.update(piece)
        out.write(piece)
    out.flush()
    os.fsync(out.fileno())
    return found.hexdigest()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
