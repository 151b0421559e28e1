"""By colour over time: for each colour a row of bars on one scale, the figure above each bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.warning import Colour
from notifications.charts.chart import SIZE, WIDTH, Chart, Counts, counts_words, used
from notifications.render import render_page
from notifications.wording import ENGLISH, day_words

LEFT, HEIGHT, TALLEST = 60, 64, 40


@dataclass(frozen=True)
class Bar:
    x: float
    width: float
    height: float
    n: int


@dataclass(frozen=True)
class Band:
    colour: Colour
    bars: Sequence[Bar]


def over_time(days: Sequence[tuple[date, Counts]], language: str) -> Chart:
    """In the order of the days: what stood at the end of each. Green is not drawn: there is so
    much of it that nothing else could be seen."""
    warned = [_warned(counts) for _, counts in days]
    colours = used(warned)
    most = max((n for counts in warned for n in counts.values()), default=0) or 1
    step = (WIDTH - LEFT) / max(len(days), 6)
    bands = [
        Band(
            colour, [_bar(k, counts.get(colour, 0), step, most) for k, counts in enumerate(warned)]
        )
        for colour in colours
    ]
    svg = render_page(
        "chart_over_time.svg",
        bands=bands,
        days=[
            (round(LEFT + (k + 0.5) * step, 1), *_label(days, k, language))
            for k in range(len(days))
        ],
        width=WIDTH,
        size=SIZE,
        left=LEFT,
        height=HEIGHT,
        language=language,
    )
    return Chart(svg, _words(days, warned, language))


def _warned(counts: Counts) -> Counts:
    return {colour: n for colour, n in counts.items() if colour != Colour.GREEN}


def _bar(k: int, n: int, step: float, most: int) -> Bar:
    height = max(n / most * TALLEST, 1.5) if n else 0.0
    return Bar(round(LEFT + (k + 0.2) * step, 1), round(step * 0.6, 1), round(height, 1), n)


def _label(days: Sequence[tuple[date, Counts]], k: int, language: str) -> tuple[str, str]:
    """7.14, or 14 Jul; and the year where it begins to be so."""
    on = days[k][0]
    new = k == 0 or days[k - 1][0].year != on.year
    if language == ENGLISH:
        day, month, _ = day_words(on, ENGLISH).split()
        return f"{day} {month[:3]}", str(on.year) if new else ""
    return f"{on.month}.{on.day}", str(on.year) if new else ""


def _words(days: Sequence[tuple[date, Counts]], warned: Sequence[Counts], language: str) -> str:
    english = language == ENGLISH
    if not days:
        return "Nothing is counted yet." if english else "还没有可统计的日期。"
    ends = [
        (day_words(days[k][0], language), counts_words(warned[k], language))
        for k in sorted({0, len(days) - 1})
    ]
    if english:
        said = "; ".join(f"{counts} at the end of {on}" for on, counts in ends)
        return f"Matters in a warning colour: {said}."
    return f"处于预警状态的事项：{'；'.join(f'{on}{counts}' for on, counts in ends)}。"
