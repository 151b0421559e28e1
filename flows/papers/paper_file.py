"""A document's file, as Word or as a page: its name says which."""

from pathlib import Path

from flows.put_in_place import put_in_place, require_place
from notifications.papers.page import write_page
from notifications.papers.paper import Paper
from notifications.papers.word import write_word

WRITERS = {".docx": write_word, ".html": write_page}
PAGES = (".html",)


def check_file(file: Path) -> None:
    """Before anything is issued. Raises as flows.put_in_place does."""
    require_place(file, WRITERS)


def write_file(file: Path, paper: Paper) -> None:
    """Raises as flows.put_in_place does. It is handed on, so it gets the rights that files get."""
    with put_in_place(file, WRITERS, private=False) as path:
        path.write_bytes(WRITERS[file.suffix.lower()](paper))


def write_page_file(file: Path, page: str) -> None:
    """What is a page only, as the wall chart. Raises as flows.put_in_place does."""
    with put_in_place(file, PAGES, private=False) as path:
        path.write_text(page, "utf-8")
