"""A document read back as a person would read it: from the Word file, in its order."""

import io
import re

from docx import Document
from docx.table import Table

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")


def text_of(word: bytes) -> str:
    """Every word, the paragraphs and rows each on a line; a cell that is merged once."""
    lines = []
    for part in Document(io.BytesIO(word)).iter_inner_content():
        if isinstance(part, Table):
            for row in part.rows:
                cells = {id(cell._tc): cell.text for cell in row.cells}
                lines.append(" | ".join(cells.values()))
        else:
            lines.append(part.text)
    return "\n".join(lines)


def table_of(word: bytes, n: int) -> list[list[str]]:
    """The n-th table of the document, its headings first."""
    table = Document(io.BytesIO(word)).tables[n]
    return [[cell.text for cell in row.cells] for row in table.rows]


def pictures_of(word: bytes) -> list[str]:
    """What each picture of the document says to whoever cannot see it; each has its drawing."""
    document = Document(io.BytesIO(word))
    kept = [part for part in document.part.package.iter_parts() if part.partname.endswith(".png")]
    shown = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert all(part.blob.startswith(b"\x89PNG") for part in kept)
    assert len(kept) == len(shown)
    return shown
