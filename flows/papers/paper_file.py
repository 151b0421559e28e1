"""A document's file, as Word, a page or a workbook: its name says which."""

from collections.abc import Callable, Mapping
from pathlib import Path

from flows.put_in_place import put_in_place, require_place
from notifications.papers.page import write_page
from notifications.papers.paper import Paper
from notifications.papers.word import write_word
from notifications.papers.workbook import write_workbook

Writers = Mapping[str, Callable[[Paper], bytes]]
WRITERS: Writers = {".docx": write_word, ".html": write_page}
TABLES: Writers = {**WRITERS, ".xlsx": write_workbook}  # of what is worked on as a table, too
PAGES = (".html",)


def check_file(file: Path, writers: Writers = WRITERS) -> None:
    """Before anything is issued. Raises as flows.put_in_place does."""
    require_place(file, writers)


def write_file(file: Path, paper: Paper, writers: Writers = WRITERS) -> None:
    """Raises as flows.put_in_place does. It is handed on, so it gets the rights that files get."""
    with put_in_place(file, writers, private=False) as path:
        path.write_bytes(writers[file.suffix.lower()](paper))


def write_page_file(file: Path, page: str) -> None:
    """What is a page only, as the wall chart. Raises as flows.put_in_place does."""
    with put_in_place(file, PAGES, private=False) as path:
        path.write_text(page, "utf-8")
