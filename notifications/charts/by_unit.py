"""Unit × colour: a bar for each unit, its parts in the patterns of the colours, and in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from models.warning import Colour
from notifications.charts.chart import (
    SIZE,
    WIDTH,
    WORST_FIRST,
    Chart,
    Counts,
    counts_words,
    cut,
    text_width,
    used,
)
from notifications.render import render_page
from notifications.wording import ENGLISH

MOST = 15  # units; more are counted in a line below, and so are those with nothing to draw
LEAST = 4  # matters that the whole width stands for
NAME, GAP = 170, 8


@dataclass(frozen=True)
class Part:
    colour: Colour
    x: float
    width: float


@dataclass(frozen=True)
class Row:
    name: str  # as much of it as there is room for
    whole: str
    parts: Sequence[Part]
    end: float
    words: str


def by_unit(rows: Sequence[tuple[str, Counts]], language: str) -> Chart:
    """(a unit's name, its counts). Whoever has most of the worst colour stands first."""
    ranked = sorted((row for row in rows if sum(row[1].values())), key=_worst)
    shown, below = ranked[:MOST], _below(len(ranked) - MOST, len(rows) - len(ranked), language)
    said = [counts_words(counts, language) for _, counts in shown]
    room = WIDTH - NAME - 2 * GAP - max(map(text_width, said), default=0)
    most = max((sum(counts.values()) for _, counts in shown), default=0)
    colours = used([counts for _, counts in rows])
    drawn = [
        _row(name, counts, words, colours, room / max(most, LEAST))
        for (name, counts), words in zip(shown, said, strict=True)
    ]
    svg = render_page(
        "chart_by_unit.svg",
        rows=drawn,
        colours=colours,
        below=below,
        width=WIDTH,
        size=SIZE,
        name_end=NAME - GAP,
        bars_from=NAME,
        language=language,
    )
    return Chart(svg, _words(shown, said, below, language))


def _below(left: int, none: int, language: str) -> str:
    english = language == ENGLISH
    said = []
    if left > 0:
        said.append(f"{left} more units" if english else f"另有 {left} 个单位")
    if none:
        said.append(f"{none} units without any" if english else f"{none} 个单位没有")
    return (", " if english else "，").join(said)


def _worst(row: tuple[str, Counts]) -> tuple[list[int], str]:
    name, counts = row
    return [-counts.get(colour, 0) for colour in WORST_FIRST], name


def _row(name: str, counts: Counts, words: str, colours: Sequence[Colour], scale: float) -> Row:
    widths = [counts.get(colour, 0) * scale for colour in colours]
    starts = accumulate(widths, initial=float(NAME))
    parts = [
        Part(colour, round(x, 1), round(width, 1))
        for colour, x, width in zip(colours, starts, widths, strict=False)
        if width
    ]
    end = round(NAME + sum(widths) + GAP, 1)
    return Row(cut(name, NAME - GAP), name, parts, end, words)


def _words(
    shown: Sequence[tuple[str, Counts]], said: Sequence[str], below: str, language: str
) -> str:
    english = language == ENGLISH
    each = [
        f"{name}{': ' if english else ''}{words}"
        for (name, _), words in zip(shown, said, strict=True)
    ]
    if not each:
        return "No matter is counted." if english else "没有可统计的事项。"
    if below:
        each.append(below)
    return f"By unit: {'; '.join(each)}." if english else f"各单位：{'；'.join(each)}。"
