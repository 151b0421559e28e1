"""挂图作战: the wall chart, on sheets of A3. A unit's tile, then those of its matters, column by
column: all are of one size, so that it is read from afar and a sheet is full."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from models.warning import Colour
from notifications.charts.chart import WORST_FIRST
from notifications.render import render_page

COLUMNS, ROWS = 6, 8  # tiles on a sheet


@dataclass(frozen=True)
class Tile:
    """One matter. Long-term ones have no deadline."""

    number: str
    title: str
    colour: Colour
    due_on: date | None
    days_over: int | None

    def rank(self) -> tuple[int, date, str]:
        return -self.colour.rank, self.due_on or date.max, self.number


@dataclass(frozen=True)
class WallUnit:
    name: str
    tiles: Sequence[Tile]

    @cached_property
    def counts(self) -> Mapping[Colour, int]:
        return Counter(tile.colour for tile in self.tiles)

    def rank(self) -> tuple[list[int], str]:
        return [-self.counts.get(colour, 0) for colour in WORST_FIRST], self.name


@dataclass(frozen=True)
class WallFacts:
    """`on`: as of this date. Not `all_there`: of very many the worst alone."""

    office: str
    on: date
    units: Sequence[WallUnit]
    all_there: bool = True

    @property
    def totals(self) -> Mapping[Colour, int]:
        return sum((Counter(unit.counts) for unit in self.units), Counter[Colour]())


@dataclass(frozen=True)
class Head:
    """A unit's own tile. `again`: its matters go on from the column before."""

    name: str
    counts: Mapping[Colour, int]
    again: bool = False


@dataclass
class _Sheets:
    sheets: list[list[list[Head | Tile]]] = field(default_factory=list)

    @property
    def column(self) -> list[Head | Tile]:
        return self.sheets[-1][-1]

    def room(self) -> int:
        return ROWS - len(self.column) if self.sheets else 0

    def turn(self) -> None:
        """To the next column, or the next sheet."""
        if not self.sheets or len(self.sheets[-1]) == COLUMNS:
            self.sheets.append([])
        self.sheets[-1].append([])


def sheets(units: Sequence[WallUnit]) -> list[list[list[Head | Tile]]]:
    """Each sheet its columns, each column its tiles. No unit's tile stands without a matter below
    it, and no column begins without saying whose it is."""
    laid = _Sheets()
    for unit in units:
        for n, tile in enumerate(unit.tiles):
            if laid.room() < (2 if n == 0 else 1):
                laid.turn()
            if n == 0 or not laid.column:
                laid.column.append(Head(unit.name, unit.counts, again=n > 0))
            laid.column.append(tile)
    return laid.sheets


def wall_page(facts: WallFacts, language: str, **around: Any) -> str:
    """One HTML page. `around`: what the desk sets around it — `style`, where its style sheet is;
    `back`, the desk's own address; `paging`, which of the sheets is shown and where the others
    are; `whole`, where all of them are. Without them the page is whole in itself."""
    laid = sheets(facts.units)
    shown = [around["paging"].page] if around.get("paging") else range(1, len(laid) + 1)
    return render_page(
        "wall.html",
        facts=facts,
        sheets=[(n, laid[n - 1]) for n in shown if laid],
        n_sheets=len(laid),
        colours=_colours(facts.totals),
        language=language,
        **{"style": "", "back": "", "whole": "", "paging": None} | around,
    )


def n_sheets(facts: WallFacts) -> int:
    return len(sheets(facts.units))


def wall_style() -> str:
    return render_page("wall.css")


def _colours(totals: Mapping[Colour, int]) -> list[Colour]:
    return [c for c in WORST_FIRST if totals.get(c) or c != Colour.ORANGE]
