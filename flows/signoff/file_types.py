"""What a file is, by its content and never by its name; and which kinds are taken as evidence.

The list of what is taken is closed; docs/decisions/0016-evidence.md tells why no library says it.
"""

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from flows.signoff.office_files import OFFICE_KINDS, office_file

HEAD = 4096  # octets that tell what a file is
PIECE = 256 * 1024


@dataclass(frozen=True)
class FileType:
    """`endings`: how its names may end; the first is added to a name that ends otherwise. None:
    it is not taken."""

    chinese: str
    english: str
    media_type: str = ""
    endings: tuple[str, ...] = ()

    @property
    def taken(self) -> bool:
        return bool(self.endings)


PDF = FileType("PDF", "a PDF", "application/pdf", (".pdf",))
JPEG = FileType("JPEG 图片", "a JPEG picture", "image/jpeg", (".jpg", ".jpeg", ".jpe"))
PNG = FileType("PNG 图片", "a PNG picture", "image/png", (".png",))
WEBP = FileType("WebP 图片", "a WebP picture", "image/webp", (".webp",))
HEIC = FileType("HEIC 图片", "a HEIC picture", "image/heic", (".heic", ".heif"))
UTF_8, GB18030 = (
    FileType(
        "文本",
        "plain text",
        f"text/plain; charset={charset}",
        (".txt", ".csv", ".log", ".md", ".tsv"),
    )
    for charset in ("utf-8", "gb18030")
)
TAKEN = (PDF, JPEG, PNG, WEBP, HEIC, UTF_8, GB18030, *(FileType(*kind) for kind in OFFICE_KINDS))
UNKNOWN = FileType("无法识别的文件", "a file of an unknown kind")
MARKUP = FileType("网页（HTML 或 XML）", "a web page (HTML or XML)")
SVG = FileType("SVG 图片（可以含脚本）", "an SVG picture, which can hold a script")
SCRIPT = FileType("脚本", "a script")
PROGRAM = FileType("可执行程序", "a program")

_BEGINNINGS = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"MZ", FileType("Windows 可执行程序", "a Windows program")),
    (b"\x7fELF", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"\xfe\xed\xfa", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"\xce\xfa\xed\xfe", PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0", FileType("Windows 快捷方式", "a Windows shortcut")),
    (b"#!", SCRIPT),
    (b"{\\rtf", FileType("RTF 文档", "an RTF document")),
    (b"Rar!", FileType("RAR 压缩包", "a RAR archive")),
    (b"7z\xbc\xaf\x27\x1c", FileType("7z 压缩包", "a 7z archive")),
    (b"\x1f\x8b", FileType("GZIP 压缩包", "a gzip archive")),
    (b"GIF8", FileType("GIF 图片", "a GIF picture")),
    (b"II*\0", FileType("TIFF 图片", "a TIFF picture")),
    (b"MM\0*", FileType("TIFF 图片", "a TIFF picture")),
)
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"}
_MARKUP = re.compile(
    r"\A<[a-z!?%]|<(!doctype|html|head|body|script|iframe|object|embed|svg|\?php)\b"
)
_SCRIPT = re.compile(r"\A@?echo off\b|\A(set-executionpolicy|wscript\.|on error resume next)")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x9f]")


def what_is(file: BinaryIO) -> FileType:
    """Reads as much as it needs, from the beginning."""
    file.seek(0)
    head = file.read(HEAD)
    for beginning, found in _BEGINNINGS:
        if head.startswith(beginning):
            return found
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[4:8] == b"ftyp":
        is_picture = head[8:12] in _HEIC
        return HEIC if is_picture else FileType("视频或音频", "a video or a recording")
    return _office(file, head) or _text(file)


def _office(file: BinaryIO, head: bytes) -> FileType | None:
    found = office_file(file, head)
    return FileType(*found) if found else None


def _text(file: BinaryIO) -> FileType:
    for found, charset in ((UTF_8, "utf-8-sig"), (GB18030, "gb18030")):
        head = _decoded(file, charset)
        if head is not None:
            return _kind_of_text(head) or found
    return UNKNOWN


def _decoded(file: BinaryIO, charset: str) -> str | None:
    """The beginning, if all of it is text in this charset."""
    decoder = codecs.getincrementaldecoder(charset)()
    file.seek(0)
    head = ""
    try:
        while piece := file.read(PIECE):
            text = decoder.decode(piece)
            if _NO_TEXT.search(text):
                return None
            head = head or text
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return head[:HEAD]


def _kind_of_text(head: str) -> FileType | None:
    head = head.lstrip().lower()
    if _MARKUP.search(head):
        return SVG if "<svg" in head else MARKUP
    return SCRIPT if _SCRIPT.search(head) else None
