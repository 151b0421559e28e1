"""A series of measurements: a small line for each subject, the code of each value as a shape."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.warning import Colour
from notifications.charts.chart import SIZE, WIDTH, Chart, cut, text_width
from notifications.render import render_page
from notifications.wording import ENGLISH, word

COLUMNS, GAP = 3, 20
CELL = (WIDTH - (COLUMNS - 1) * GAP) / COLUMNS
HEIGHT, TOP, TALL = 96, 24, 50  # of one subject: all, above the line, the line
SHAPES = (Colour.GREEN, Colour.YELLOW, Colour.RED)  # a circle, a triangle, a square


@dataclass(frozen=True)
class Point:
    """One value; `green` is the bound that it was measured against."""

    value: float
    shown: str
    green: float
    code: Colour


@dataclass(frozen=True)
class Subject:
    """Its values by period; None: nothing was reported."""

    name: str
    points: Sequence[Point | None]


@dataclass(frozen=True)
class Mark:
    x: float
    y: float
    code: Colour


@dataclass(frozen=True)
class Small:
    """One subject as it is drawn: the runs of its line between gaps, and the bound."""

    x: float
    y: float
    title: str
    last: str
    runs: Sequence[str]
    bound: str
    marks: Sequence[Mark]


def lines(subjects: Sequence[Subject], periods: Sequence[str], language: str) -> Chart:
    """Each on a scale of its own, so that a turn shows; the dashed line is where green begins."""
    cells = [_small(one, n, len(periods)) for n, one in enumerate(subjects)]
    rows = -(-len(subjects) // COLUMNS)
    svg = render_page(
        "chart_lines.svg",
        cells=cells,
        shapes=SHAPES,
        ends=(periods[0], periods[-1]) if periods else (),
        cell=round(CELL, 1),
        tall=HEIGHT,
        height=rows * HEIGHT + 28,
        width=WIDTH,
        size=SIZE,
        language=language,
    )
    return Chart(svg, _words(subjects, periods, language))


def _small(one: Subject, n: int, periods: int) -> Small:
    left, top = n % COLUMNS * (CELL + GAP), n // COLUMNS * HEIGHT + 28
    there = [point for point in one.points if point]
    said = [*(point.value for point in there), *(point.green for point in there)]
    low, high = min(said, default=0.0), max(said, default=1.0)
    span = high - low or 1.0

    def at(k: int, value: float) -> tuple[float, float]:
        x = left + 6 + k * (CELL - 12) / max(periods - 1, 1)
        return round(x, 1), round(top + TOP + (high - value) / span * TALL, 1)

    placed = [(k, point) for k, point in enumerate(one.points) if point]
    last = there[-1].shown if there else "—"
    return Small(
        x=round(left, 1),
        y=round(top, 1),
        title=cut(one.name, CELL - text_width(last) - 6),
        last=last,
        runs=[_path([at(k, point.value) for k, point in run]) for run in _runs(placed)],
        bound=_path([at(k, point.green) for k, point in placed]),
        marks=[Mark(*at(k, point.value), point.code) for k, point in placed],
    )


def _runs(placed: Sequence[tuple[int, Point]]) -> list[list[tuple[int, Point]]]:
    """Where a period is missing the line breaks."""
    found: list[list[tuple[int, Point]]] = []
    for k, point in placed:
        if found and found[-1][-1][0] == k - 1:
            found[-1].append((k, point))
        else:
            found.append([(k, point)])
    return found


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x} {y}" for x, y in points) if len(points) > 1 else ""


def _words(subjects: Sequence[Subject], periods: Sequence[str], language: str) -> str:
    """The newest value and code of each; the table beside it says the rest."""
    newest = [(one.name, next(filter(None, reversed(one.points)), None)) for one in subjects]
    if language == ENGLISH:
        told = "; ".join(
            f"{name} {point.shown}, {word(f'code.{point.code}', ENGLISH)}" if point else name
            for name, point in newest
        )
        return f"By subject, {' to '.join(_ends(periods))}. Newest: {told}."
    told = "；".join(
        f"{name}{point.shown}，{word(f'code.{point.code}')}" if point else f"{name}未报"
        for name, point in newest
    )
    return f"各对象{'至'.join(_ends(periods))}的数值，最新为：{told}。"


def _ends(periods: Sequence[str]) -> Sequence[str]:
    return list(dict.fromkeys((periods[0], periods[-1]))) if periods else []
