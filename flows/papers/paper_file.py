"""A document's file: its name is checked before anything is done; it is whole or not there."""

import os
import secrets
from pathlib import Path

from models.refusal import Refusal
from notifications.papers.page import write_page
from notifications.papers.paper import Paper
from notifications.papers.word import write_word

WRITERS = {".docx": write_word, ".html": write_page}


class BadFile(Refusal):
    """The document cannot be written under this name."""


def check_file(file: Path) -> None:
    """Raises BadFile."""
    if file.suffix.lower() not in WRITERS:
        raise BadFile(
            f"{file}：文件名须以 .docx（Word）或 .html（网页）结尾；没有写入",
            f"{file}: its name must end with .docx (Word) or .html (a page); nothing was written",
        )
    if not file.parent.is_dir():
        raise BadFile(
            f"{file}：目录 {file.parent} 不存在，请先建立；没有写入",
            f"{file}: there is no folder {file.parent}; make it first. Nothing was written",
        )
    if file.is_dir():
        raise BadFile(
            f"{file}：这是一个目录，请写文件名；没有写入",
            f"{file}: this is a folder; write the name of a file. Nothing was written",
        )


def write_file(file: Path, paper: Paper) -> None:
    """What stood there before is replaced only when the new one is whole. Raises OSError."""
    content = WRITERS[file.suffix.lower()](paper)
    # Not by tempfile: a document is handed on, so it gets the rights that files get here.
    unfinished = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(unfinished, file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
