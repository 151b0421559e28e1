"""督查通报: what stands in one issue of the bulletin."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from models.warning import Colour
from notifications.charts.by_unit import by_unit
from notifications.charts.chart import used
from notifications.papers.over_time import over_time_blocks
from notifications.papers.paper import (
    Block,
    Grid,
    Heading,
    Number,
    Paper,
    Paragraph,
    Picture,
    Signature,
    Title,
)
from notifications.wording import ENGLISH, colour_word, day_words, moment_words

WARNINGS = tuple(colour for colour in Colour if colour is not Colour.GREEN)
Counts = Mapping[Colour, int]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(Frozen):
    """One matter in a warning colour. Of a restricted one `title` and `unit` are empty."""

    number: str
    title: str
    unit: str
    colour: Colour
    due_on: date | None
    days_over: int | None
    warned_on: date


class Closed(Frozen):
    """A matter that was signed off in the period after it had been warned of."""

    number: str
    title: str
    unit: str
    warned_on: date
    closed_on: date


class UnitTotal(Frozen):
    """`unit` empty: all that is restricted, whosever it is."""

    unit: str
    counts: dict[Colour, int]


class DayCounts(Frozen):
    """The open matters of each colour at the end of this day, without whatever is restricted."""

    on: date
    counts: dict[Colour, int]


class BulletinFacts(Frozen):
    """What an issue says, as it was when it was issued: this is what is kept of it."""

    office: str
    issued: dict[Colour, int]  # notices of the period
    warned: int  # matters that they were about
    lines: list[Line]
    totals: list[UnitTotal]
    closed: list[Closed]
    over_time: Sequence[DayCounts] = ()  # issues from before there were charts have none


def bulletin_paper(
    facts: BulletinFacts, number: int, period: tuple[date, date], as_of: datetime, language: str
) -> Paper:
    """`as_of` in the office's own zone."""
    english = language == ENGLISH
    name = f"Supervision bulletin No. {number}" if english else f"督查通报第{number}期"
    return Paper(
        name=name,
        author=facts.office,
        language=language,
        on=as_of.date(),
        blocks=[
            Title("Supervision bulletin" if english else "督查通报"),
            Number(f"No. {number}" if english else f"第{number}期"),
            *_overview(facts, period, as_of, language),
            *_totals(facts, language),
            *_lines(facts, language),
            *_closed(facts, language),
            *over_time_blocks([(day.on, day.counts) for day in facts.over_time], language),
            Signature(facts.office, day_words(as_of.date(), language)),
        ],
    )


def _overview(
    facts: BulletinFacts, period: tuple[date, date], as_of: datetime, language: str
) -> Iterator[Block]:
    english = language == ENGLISH
    first, last = (day_words(on, language) for on in period)
    sent, closed = sum(facts.issued.values()), len(facts.closed)
    parts = _parts(facts.issued, language)
    open_parts = _parts(_sum(facts.totals), language)
    yield Heading("1. Overview" if english else "一、总体情况")
    if english:
        yield Paragraph(
            f"From {first} to {last}: {sent} notices{parts} on {facts.warned} matters; "
            f"{closed} matters were signed off after a warning. At the end of {last} "
            f"{len(facts.lines)} matters were in a warning colour{open_parts}."
        )
        yield Paragraph(f"Frozen at {moment_words(as_of, language)}.{_hidden(facts, language)}")
    else:
        yield Paragraph(
            f"{first}至{last}，共发出预警单{sent}份{parts}，涉及事项{facts.warned}件；"
            f"预警后销号{closed}件。截至{last}，处于预警状态的事项{len(facts.lines)}件{open_parts}。"
        )
        yield Paragraph(
            f"以上为{moment_words(as_of)}的数据，此后不再变动。{_hidden(facts, language)}"
        )


def _hidden(facts: BulletinFacts, language: str) -> str:
    if all(line.title for line in facts.lines) and all(one.title for one in facts.closed):
        return ""
    if language == ENGLISH:
        return " Of restricted matters only number, colour and dates are given."
    return "限知事项只列编号、颜色和日期。"


def _parts(counts: Counts, language: str) -> str:
    """（蓝色 2，红色 1）; nothing where there is nothing."""
    english = language == ENGLISH
    said = [
        f"{n} {colour_word(colour, language)}" if english else f"{colour_word(colour)}{n}"
        for colour in WARNINGS
        if (n := counts.get(colour))
    ]
    if not said:
        return ""
    return f" ({', '.join(said)})" if english else f"（{'、'.join(said)}）"


def _sum(totals: Sequence[UnitTotal]) -> dict[Colour, int]:
    return {colour: sum(row.counts.get(colour, 0) for row in totals) for colour in WARNINGS}


def _totals(facts: BulletinFacts, language: str) -> Iterator[Block]:
    if not facts.totals:
        return
    english = language == ENGLISH
    total, restricted = ("Total", "Restricted matters") if english else ("合计", "限知事项")
    everything = _sum(facts.totals)
    colours = used([everything])[::-1]

    def row(name: str, counts: Counts) -> list[str]:
        numbers = [counts.get(colour, 0) for colour in colours]
        return [name, *(str(n) for n in numbers), str(sum(numbers))]

    yield Heading("2. By unit" if english else "二、分单位情况")
    shown = [(one.unit, one.counts) for one in facts.totals if one.unit]
    if shown:
        yield Picture(by_unit(shown, language))
    yield Grid(
        headings=[
            "Unit" if english else "责任单位",
            *(colour_word(colour, language) for colour in colours),
            total,
        ],
        rows=[
            *(row(one.unit or restricted, one.counts) for one in facts.totals),
            row(total, everything),
        ],
        widths=[156 - 20 * (len(colours) + 1), *[20] * (len(colours) + 1)],
        numeric=range(1, len(colours) + 2),
    )


def _lines(facts: BulletinFacts, language: str) -> Iterator[Block]:
    if not facts.lines:
        return
    english = language == ENGLISH
    yield Heading("3. Matters in a warning colour" if english else "三、预警事项")
    yield Grid(
        headings=(
            ["", "Number", "Matter", "Unit", "Deadline", "Days over", "Colour"]
            if english
            else ["序号", "编号", "事项", "责任单位", "整改时限", "超期天数", "颜色"]
        ),
        rows=[
            [
                str(n),
                line.number,
                line.title or _restricted(language),
                line.unit,
                f"{line.due_on:%Y-%m-%d}" if line.due_on else "—",
                str(line.days_over) if line.days_over is not None else "—",
                colour_word(line.colour, language),
            ]
            for n, line in enumerate(facts.lines, 1)
        ],
        widths=[11, 29, 40, 26, 22, 12, 16],
        colours=[line.colour for line in facts.lines],
        coloured=6,
        numeric=(0, 4, 5, 6),
    )


def _closed(facts: BulletinFacts, language: str) -> Iterator[Block]:
    if not facts.closed:
        return
    english = language == ENGLISH
    yield Heading("4. Signed off after a warning" if english else "四、预警后销号事项")
    yield Grid(
        headings=(
            ["", "Number", "Matter", "Unit", "Warned", "Signed off"]
            if english
            else ["序号", "编号", "事项", "责任单位", "首次预警", "销号日期"]
        ),
        rows=[
            [
                str(n),
                one.number,
                one.title or _restricted(language),
                one.unit,
                f"{one.warned_on:%Y-%m-%d}",
                f"{one.closed_on:%Y-%m-%d}",
            ]
            for n, one in enumerate(facts.closed, 1)
        ],
        widths=[11, 29, 46, 26, 22, 22],
        numeric=(0, 4, 5),
    )


def _restricted(language: str) -> str:
    return "(restricted)" if language == ENGLISH else "（限知）"
