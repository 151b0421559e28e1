"""Small files of every kind, as people (and others) upload them."""

import struct
from collections.abc import Sequence
from io import BytesIO
from zipfile import ZipFile

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x01" * 60
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 20
WEBP = b"RIFF\x20\x00\x00\x00WEBPVP8 " + b"\x00" * 20
HEIC = b"\x00\x00\x00\x18ftypheic" + b"\x00" * 20
MP4 = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 20
PROGRAM = b"MZ\x90\x00\x03" + b"\x00" * 200


def zipped(*names: str) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as file:
        for name in names:
            file.writestr(name, "内容")
    return out.getvalue()


DOCX = zipped("[Content_Types].xml", "_rels/.rels", "word/document.xml")
XLSX = zipped("[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
PPTX = zipped("[Content_Types].xml", "ppt/presentation.xml")
DOCM = zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
OFD = zipped("OFD.xml", "Doc_0/Document.xml")
ZIP = zipped("资料/一.pdf", "资料/二.pdf")
JAR = zipped("META-INF/MANIFEST.MF", "Main.class")


def ole(*names: str, far: bool = False) -> bytes:
    """A compound file with these entries; `far`: its directory is chained over two sectors."""
    sectors: dict[int, bytes] = {}
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    entries = [_entry(name) for name in ("Root Entry", *names)]
    chunks: Sequence[list[bytes]] = [entries[:1], entries[1:]] if far else [entries]
    places = [1, 3][: len(chunks)]
    fat = [free] * 128
    fat[0] = 0xFFFFFFFD
    for place, following in zip(places, [*places[1:], end], strict=True):
        fat[place] = following
    sectors[0] = struct.pack("<128I", *fat)
    for place, chunk in zip(places, chunks, strict=True):
        sectors[place] = b"".join(chunk).ljust(512, b"\x00")
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    struct.pack_into("<I", header, 48, places[0])
    struct.pack_into("<I", header, 68, end)
    struct.pack_into("<109I", header, 76, 0, *[free] * 108)
    return bytes(header) + b"".join(sectors.get(n, bytes(512)) for n in range(max(sectors) + 1))


def _entry(name: str) -> bytes:
    written = name.encode("utf-16-le")
    return written.ljust(64, b"\x00") + struct.pack("<H", len(written) + 2) + bytes(62)
