"""Office documents: which kind the directory inside them says. Nothing is unpacked."""

import struct
from collections.abc import Iterator
from io import SEEK_END
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

Found = tuple[str, str, str, tuple[str, ...]] | tuple[str, str]
"""As FileType takes it: Chinese, English, and for what is taken media type and endings."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LONGEST_LIST = 1 << 20  # octets of a zip's list of names
LONGEST_DIRECTORY = 256  # sectors of an OLE file's
MOST_OF_TABLES = 8  # sectors that list tables; 20 MiB need two
NO_SECTOR = 0xFFFFFFFA  # from here on: the end of a chain, or nothing

_XML = "application/vnd.openxmlformats-officedocument."
_WORD, _EXCEL, _SLIDES = (
    ("Word 文档", "a Word document"),
    ("Excel 表格", "an Excel sheet"),
    ("PowerPoint 演示文稿", "a PowerPoint presentation"),
)
_IN_ZIP: dict[str, Found] = {
    "word/document.xml": (*_WORD, f"{_XML}wordprocessingml.document", (".docx",)),
    "xl/workbook.xml": (*_EXCEL, f"{_XML}spreadsheetml.sheet", (".xlsx",)),
    "ppt/presentation.xml": (*_SLIDES, f"{_XML}presentationml.presentation", (".pptx",)),
    "ofd.xml": ("OFD 版式文件", "an OFD document", "application/ofd", (".ofd",)),
}
_IN_OLE: dict[str, Found] = {
    "worddocument": (*_WORD, "application/msword", (".doc", ".wps")),
    "workbook": (*_EXCEL, "application/vnd.ms-excel", (".xls", ".et")),
    "book": (*_EXCEL, "application/vnd.ms-excel", (".xls", ".et")),
    "powerpoint document": (*_SLIDES, "application/vnd.ms-powerpoint", (".ppt", ".dps")),
}
OFFICE_KINDS: tuple[Found, ...] = (*_IN_ZIP.values(), *_IN_OLE.values())
_ZIP: Found = ("压缩包", "an archive")
_OTHER: Found = ("无法识别的 Office 文件", "an Office file of an unknown kind")
_MACROS: Found = ("带宏的 Office 文档", "an Office document with macros")
_LOCKED: Found = ("加密的 Office 文档", "an encrypted Office document")


def office_file(file: BinaryIO, head: bytes) -> Found | None:
    """What a zip or an OLE file is; None: it is neither."""
    if head.startswith(b"PK"):
        return _in_zip(file)
    return _in_ole(file, head) if head.startswith(OLE) else None


def _in_zip(file: BinaryIO) -> Found:
    if not _list_is_short(file):
        return _ZIP
    try:
        with ZipFile(file) as listed:
            names = {name.lower() for name in listed.namelist()}
    except (BadZipFile, NotImplementedError, ValueError, OSError):
        return _ZIP
    if any(name.endswith("vbaproject.bin") for name in names):
        return _MACROS
    if "[content_types].xml" not in names and "ofd.xml" not in names:
        return _ZIP
    return next((found for name, found in _IN_ZIP.items() if name in names), _ZIP)


def _list_is_short(file: BinaryIO) -> bool:
    """What the end of the zip says of its list of names. No document of this size needs the
    64-bit form, which could say it anew."""
    size = file.seek(0, SEEK_END)
    file.seek(max(0, size - 66_000))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22 or b"PK\x06\x07" in tail[max(0, at - 20) : at]:
        return False
    listed: int = struct.unpack_from("<I", tail, at + 12)[0]
    return listed <= LONGEST_LIST


def _in_ole(file: BinaryIO, head: bytes) -> Found:
    try:
        names = set(_entries(file, head))
    except (struct.error, IndexError):
        return _OTHER
    if "encryptedpackage" in names:
        return _LOCKED
    if names & {"vba", "_vba_project", "_vba_project_cur"}:
        return _MACROS
    return next((found for name, found in _IN_OLE.items() if name in names), _OTHER)


def _entries(file: BinaryIO, head: bytes) -> Iterator[str]:
    """The names in the directory, whose sectors the tables chain."""
    (shift,) = struct.unpack_from("<H", head, 30)
    if shift not in (9, 12):
        return
    size = 1 << shift
    tables = _tables(file, head, size)
    (sector,) = struct.unpack_from("<I", head, 48)
    for _ in range(LONGEST_DIRECTORY):
        yield from _names(_sector(file, sector, size))
        table, place = divmod(sector, size // 4)
        (sector,) = struct.unpack_from("<I", _sector(file, tables[table], size), place * 4)
        if sector >= NO_SECTOR:
            return


def _tables(file: BinaryIO, head: bytes, size: int) -> list[int]:
    """Where the tables are: the first 109 in the header, more of them in sectors of their own."""
    found = list(struct.unpack_from("<109I", head, 76))
    (more,) = struct.unpack_from("<I", head, 68)
    for _ in range(MOST_OF_TABLES):
        if more >= NO_SECTOR:
            break
        *others, more = struct.unpack(f"<{size // 4}I", _sector(file, more, size))
        found += others
    return found


def _sector(file: BinaryIO, number: int, size: int) -> bytes:
    file.seek((number + 1) * size)
    return file.read(size)


def _names(sector: bytes) -> Iterator[str]:
    for at in range(0, len(sector), 128):
        (length,) = struct.unpack_from("<H", sector, at + 64)
        if 2 < length <= 64:
            written = sector[at : at + length - 2].decode("utf-16-le", "replace")
            yield written.lower()
