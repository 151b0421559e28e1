"""The keys of SISE_HOME/secret, from which links are derived and with which sessions are signed."""

import os
import re
import secrets
from pathlib import Path

from models.refusal import Refusal
from notifications.links import key_id

OCTETS = 32
_LINE = re.compile(rf"[0-9a-f]{{{2 * OCTETS}}}", re.IGNORECASE)


class UnreadableKeys(Refusal):
    """The file holds no keys of ours. Nothing is made anew over it: links hang on it."""

    exit_code = 1

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} 不是可用的密钥文件（每行一个密钥，64 位十六进制）；请用备份恢复",
            f"{file} holds no keys (one a line, 64 hex digits each); please put a copy back",
        )


class KeyRing:
    """Newest first. The file is read again when it has changed, so that a key that was dropped
    opens nothing from that moment on, whatever is running."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._read: tuple[tuple[int, int, int], tuple[bytes, ...]] | None = None

    @property
    def keys(self) -> tuple[bytes, ...]:
        found = self.file.stat()
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        if self._read is None or self._read[0] != stamp:
            self._read = stamp, _parse(self.file)
        return self._read[1]

    @property
    def newest(self) -> bytes:
        return self.keys[0]

    def named(self, wanted: str) -> bytes | None:
        """The key of this id, while it is on the ring."""
        return next((key for key in self.keys if key_id(key) == wanted), None)

    def rotate(self) -> None:
        """A new key comes first; what the others made stays good."""
        self._write(secrets.token_bytes(OCTETS), *self.keys)

    def drop(self) -> None:
        """Only the newest stays."""
        self._write(self.newest)

    def put_back(self, content: bytes) -> None:
        """The keys of a copy of the file, instead of those that are here."""
        self._write(*_keys_in(content, self.file))

    def _write(self, *keys: bytes) -> None:
        fresh = _beside(self.file, *keys)
        fresh.replace(self.file)


def open_ring(file: Path) -> KeyRing:
    """The ring of this file, which is made if it is missing. Raises UnreadableKeys."""
    if not file.exists():
        fresh = _beside(file, secrets.token_bytes(OCTETS))
        try:
            os.link(fresh, file)  # whole or not at all, and never over another's
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    ring = KeyRing(file)
    _ = ring.keys
    return ring


def _beside(file: Path, *keys: bytes) -> Path:
    """Written with its mode from the start, so that nobody can read it in between."""
    fresh = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as written:
        written.writelines(f"{key.hex()}\n" for key in keys)
        written.flush()
        os.fsync(written.fileno())
    return fresh


def _parse(file: Path) -> tuple[bytes, ...]:
    return _keys_in(file.read_bytes(), file)


def _keys_in(content: bytes, file: Path) -> tuple[bytes, ...]:
    if len(content) == OCTETS:  # as it was before there could be several
        return (content,)
    lines = content.decode("ascii", errors="replace").split()
    if not lines or not all(map(_LINE.fullmatch, lines)):
        raise UnreadableKeys(file)
    return tuple(map(bytes.fromhex, lines))
