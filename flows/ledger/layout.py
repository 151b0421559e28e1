"""How the two sheets look: which columns in which order, how wide, and how their cells are set."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from flows.ledger.headings import DIRECTORY, LEDGER, SHOWN, Heading
from models.warning import Colour


class Style(StrEnum):
    """What stands in a column's cells."""

    PROSE = "prose"
    WORD = "word"
    CODE = "code"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    heading: Heading
    width: float  # as Excel counts it: Latin letters
    style: Style


CELL: Mapping[str, Any] = {
    "font_name": "宋体",
    "font_size": 10,
    "valign": "vcenter",
    "text_wrap": True,
    "border": 1,
    "border_color": "#8B949E",
}
SET: Mapping[Style, Mapping[str, Any]] = {
    Style.PROSE: {"align": "left"},
    Style.WORD: {"align": "center"},
    Style.CODE: {"align": "center", "num_format": "@"},  # 1-2 is to become no date
    Style.DAY: {"align": "center", "num_format": "yyyy-mm-dd"},
}
HEAD: Mapping[str, Any] = {
    **CELL,
    "font_name": "黑体",
    "bold": True,
    "align": "center",
    "bg_color": "#E8EBEF",
}
TITLE: Mapping[str, Any] = {"font_name": "黑体", "font_size": 16, "valign": "vcenter"}
FILLS: Mapping[Colour, Mapping[str, Any]] = {  # the colours of web/static/sise.css
    Colour.GREEN: {"bg_color": "#E6F4EC", "font_color": "#17683F"},
    Colour.BLUE: {"bg_color": "#2F74D0", "font_color": "#FFFFFF", "bold": True},
    Colour.YELLOW: {"bg_color": "#E3B008", "font_color": "#1F2328", "bold": True},
    Colour.ORANGE: {"bg_color": "#E8750C", "font_color": "#1F2328", "bold": True},
    Colour.RED: {"bg_color": "#CF2E26", "font_color": "#FFFFFF", "bold": True},
}

SCALE = 70  # per cent: what is set in 10 points is printed in 7
SECOND_SHEET = "opened_on"  # before it stands what is to be done and by whom, then how it stands


def _columns(
    table: tuple[Heading, ...], layout: tuple[tuple[str, float, Style], ...]
) -> tuple[Column, ...]:
    by_field = {heading.field: heading for heading in table}
    return tuple(Column(by_field[field], width, style) for field, width, style in layout)


LEDGER_COLUMNS = _columns(
    (*LEDGER, *SHOWN),
    (
        ("serial", 5, Style.WORD),
        ("number", 13, Style.CODE),
        ("title", 30, Style.PROSE),
        ("procedure", 10, Style.WORD),
        ("goal", 22, Style.PROSE),
        ("measures", 34, Style.PROSE),
        ("track", 9, Style.WORD),
        ("unit", 14, Style.WORD),
        ("handler", 9, Style.WORD),
        ("handler_email", 19, Style.WORD),
        ("supervising_leader", 9, Style.WORD),
        ("lead_unit", 13, Style.WORD),
        ("supporting_units", 14, Style.WORD),
        ("opened_on", 11, Style.DAY),
        ("due_on", 11, Style.DAY),
        ("original_due_on", 11, Style.DAY),
        ("colour", 7, Style.WORD),
        ("state", 10, Style.WORD),
        ("notice", 13, Style.WORD),
        ("progress", 28, Style.PROSE),
        ("applied_on", 11, Style.DAY),
        ("signed_off_on", 11, Style.DAY),
        ("look_back", 11, Style.WORD),
        ("lists", 12, Style.WORD),
        ("restricted", 6, Style.WORD),
        ("remarks", 18, Style.PROSE),
    ),
)
DIRECTORY_COLUMNS = _columns(
    DIRECTORY,
    (
        ("unit", 24, Style.PROSE),
        ("parent", 20, Style.PROSE),
        ("name", 18, Style.WORD),
        ("post", 16, Style.WORD),
        ("email", 36, Style.PROSE),
        ("deputy", 14, Style.WORD),
        ("from", 12, Style.DAY),
        ("to", 12, Style.DAY),
        ("language", 9, Style.WORD),
    ),
)
