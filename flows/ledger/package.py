"""An .xlsx as a zip of parts: unpacked under limits, before anything else looks into it."""

import codecs
import io
import posixpath
import re
import zipfile
import zlib
from xml.etree import ElementTree

from flows.ledger.problems import UnreadableLedger

MAX_UNPACKED = 200_000_000  # bytes; 50,000 full rows take about 40 million
MAX_PARTS = 2_000
WORKBOOK = "xl/workbook.xml"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, b"<\0", b"\0<")
_DECLARED = re.compile(r"^<\?xml[^>]*\?>")
_TEXTS = re.compile(rb"""<(?:[^\s<>"'=]*:)?sst\s(?:[^>"']++|"[^"]*+"|'[^']*+')*+""")
_NOT_READ = ("xl/media/", "xl/drawings/", "xl/embeddings/", "xl/charts/", "xl/theme/")

TOO_LARGE = (
    "文件解压后过大，已拒绝读取；请只保留台账和通讯录的内容，另存后再导入",
    (
        "the file is too large when unpacked and was not read; keep only the ledger and the "
        "directory in it"
    ),
)
BROKEN = (
    "文件已损坏，无法读取；请在 Excel 或 WPS 中打开后另存为 .xlsx 再导入",
    "the file is damaged and cannot be read; open it in Excel or WPS and save it as .xlsx again",
)
NOT_A_WORKBOOK = (
    "文件不是 Excel 工作簿（.xlsx）；请另存为 .xlsx 或 CSV 再导入",
    "the file is no Excel workbook (.xlsx); save it as .xlsx or CSV",
)


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts that a reader of cells needs, by their names in lower case; raises
    UnreadableLedger."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            named = (
                (m.filename.lower(), m) for m in archive.infolist()
            )  # as the fast reader looks
            members = {name: m for name, m in named if not name.startswith(_NOT_READ)}
            if WORKBOOK not in members:
                raise UnreadableLedger(*NOT_A_WORKBOOK)
            if (
                len(members) > MAX_PARTS
                or sum(m.file_size for m in members.values()) > MAX_UNPACKED
            ):
                raise UnreadableLedger(*TOO_LARGE)
            parts = {name: _uncounted(_in_utf8(archive.read(m))) for name, m in members.items()}
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
    ) as error:
        raise UnreadableLedger(*BROKEN) from error
    if any(b"<!DOCTYPE" in part for part in parts.values()):
        raise UnreadableLedger(
            *BROKEN
        )  # no office program writes one; entities could unfold without end
    return parts


def _in_utf8(part: bytes) -> bytes:
    """Some programs write UTF-16, which the fast reader takes for an empty sheet. Raises
    ValueError."""
    if not part.startswith(_UTF16):
        return part
    big = part.startswith((codecs.BOM_UTF16_BE, b"\0<"))
    text = part.decode("utf-16-be" if big else "utf-16-le").removeprefix("\ufeff")
    return _DECLARED.sub("", text, count=1).encode()


def _uncounted(part: bytes) -> bytes:
    """The fast reader makes room for as many texts as a file says that it has; where there is not
    so much memory, the whole process is gone."""
    if b"uniqueCount" not in part:
        return part
    return _TEXTS.sub(lambda tag: tag[0].replace(b"uniqueCount", b"said"), part)


def repack(parts: dict[str, bytes]) -> io.BytesIO:
    """The parts as an uncompressed zip: the next reader cannot unpack more than we have seen."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    packed.seek(0)
    return packed


def sheet_parts(parts: dict[str, bytes]) -> dict[str, bytes]:
    """Sheet name → its XML, in the workbook's order."""
    try:
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
        }
        sheets = [
            {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
            for element in ElementTree.fromstring(parts[WORKBOOK]).iter()
            if element.tag.rpartition("}")[2] == "sheet"
        ]
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise UnreadableLedger(*BROKEN) from error
    named = {}
    for sheet in sheets:
        path = posixpath.join("/xl", targets.get(sheet.get("id", ""), ""))
        named[sheet.get("name", "")] = parts.get(posixpath.normpath(path).lstrip("/").lower(), b"")
    return named
