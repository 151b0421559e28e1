"""docs/systems.md: each system of the notice once, and every file, page and test of it exists."""

import re
from pathlib import Path

import pytest

from web.app import _PARTS

ROOT = Path(__file__).parents[1]
ROWS = [
    [cell.strip() for cell in line.strip("|\n ").split(" | ")]
    for line in (ROOT / "docs/systems.md").read_text("utf-8").splitlines()
    if re.match(r"\| [CM][0-9]+ ", line)
]
PAGES = {route.path for part in _PARTS for route in part.router.routes}
NONE = "—"


def test_each_system_of_the_notice_has_its_row():
    wanted = [f"C{n}" for n in range(1, 20)] + [f"M{n}" for n in range(1, 29)]
    assert [row[0] for row in ROWS] == wanted


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_names_is_there(row):
    _, _, lives, page, shown_by = row
    for file in re.findall(r"`([^`]+)`", lives):
        assert (ROOT / file).is_file(), file
    for path in re.findall(r"`([^`]+)`", page):
        assert path in PAGES, path
    for file, name in re.findall(r"`([^`]+)::([^`]+)`", shown_by):
        text = (ROOT / file).read_text("utf-8")
        assert name == "*" or re.search(rf"^def {name}\(", text, re.MULTILINE), (file, name)


def test_a_row_without_a_test_says_what_is_missing():
    for row in ROWS:
        if row[4] == NONE:
            assert "not there yet" in row[2] or row[0] == "M28", row[0]
