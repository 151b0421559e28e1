"""上墙晾晒: how the units stood at the end of a month, ranked."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from models.warning import Colour
from notifications.charts.by_unit import by_unit
from notifications.charts.chart import used
from notifications.papers.bulletin import DayCounts, Frozen
from notifications.papers.over_time import over_time_blocks
from notifications.papers.paper import (
    Approval,
    Block,
    Grid,
    Heading,
    Mark,
    Number,
    Paper,
    Paragraph,
    Picture,
    Signature,
    Title,
)
from notifications.wording import ENGLISH, colour_word, day_words, moment_words, word


class UnitRow(Frozen):
    """`handled`: open at the end, or signed off in the month. `closed`: signed off in it. What is
    restricted counts nowhere."""

    unit: str
    handled: int
    closed: int
    counts: dict[Colour, int]
    points: str = ""  # of the published score of the same days, if there is one

    @property
    def in_time(self) -> int:
        """In tenths of a per cent, rounded half up: of the matters handled those without a
        warning at the end."""
        good = self.handled - sum(self.counts.values())
        return (2000 * good + self.handled) // (2 * self.handled)


class Worse(Frozen):
    """A subject whose code changed for the worse."""

    subject: str
    unit: str
    value: str
    before: Colour
    now: Colour


class Codes(Frozen):
    """How a series stood in its newest period. `missing`: subjects without a value."""

    title: str
    period: str
    counts: dict[Colour, int]
    missing: int
    worse: list[Worse]


class PostingFacts(Frozen):
    """Ranked already: the rows are in the order in which they are posted."""

    office: str
    rows: list[UnitRow]
    over_time: Sequence[DayCounts] = ()  # postings from before there were charts have none
    codes: Sequence[Codes] = ()  # the same


PENDING = ("待审批稿，未经批准不得张贴", "Draft: waits for approval, not to be posted")


def ranks(rows: list[UnitRow]) -> list[int]:
    """Equal shares have one rank, and the next one is passed over."""
    return [1 + sum(other.in_time > row.in_time for other in rows) for row in rows]


def posting_paper(
    facts: PostingFacts,
    number: int,
    period: tuple[date, date],
    as_of: datetime,
    language: str,
    *,
    draft: bool = False,
    approval: Approval | None = None,
) -> Paper:
    """`as_of` in the office's own zone. `draft`: it may not be posted yet, and says so."""
    english, first = language == ENGLISH, period[0]
    signed = (approval.at if approval else as_of).date()
    title = f"Matters by unit, {first:%B %Y}" if english else f"{first:%Y}年{first.month}月督办晾晒"
    return Paper(
        name=f"{title} ({number})" if english else f"{title}（{number}）",
        author=facts.office,
        language=language,
        on=signed,
        blocks=[
            *([Mark(PENDING[english])] if draft else []),
            Title(title),
            Number(f"No. {number}" if english else f"第{number}期"),
            *_table(facts, language),
            Paragraph(_how(period, as_of, language)),
            *_codes(facts.codes, language),
            *_scored(facts, language),
            *over_time_blocks([(day.on, day.counts) for day in facts.over_time], language),
            *([Paragraph(_approved(approval, language))] if approval else []),
            Signature(facts.office, day_words(signed, language)),
        ],
    )


def _table(facts: PostingFacts, language: str) -> Iterator[Block]:
    english = language == ENGLISH
    if not facts.rows:
        yield Paragraph("No unit had a matter to post." if english else "本月没有可晾晒的事项。")
        return
    if any(sum(row.counts.values()) for row in facts.rows):
        yield Picture(by_unit([(row.unit, row.counts) for row in facts.rows], language))
    colours = used([row.counts for row in facts.rows])[::-1]
    scored = any(row.points for row in facts.rows)
    points = [("Points" if english else "考核得分")] if scored else []
    headings = (
        ("Rank", "Unit", "Matters", "Signed off", "In time")
        if english
        else ("名次", "责任单位", "事项数", "本月销号", "按期率")
    )
    yield Grid(
        headings=[*headings, *points, *(colour_word(colour, language) for colour in colours)],
        rows=[
            [
                str(rank),
                row.unit,
                str(row.handled),
                str(row.closed),
                f"{row.in_time // 10}.{row.in_time % 10}%",
                *([row.points or "—"] if scored else []),
                *(str(row.counts[colour]) for colour in colours),
            ]
            for rank, row in zip(ranks(facts.rows), facts.rows, strict=True)
        ],
        widths=_widths(len(colours), scored=scored),
        numeric=(0, *range(2, 5 + scored + len(colours))),
    )


def _widths(colours: int, *, scored: bool) -> list[int]:
    """In millimetres; the unit has what the others leave."""
    others, each = ([16, 18, 18, 18], 11) if scored else ([19, 20, 21], 13)
    return [13, 143 - sum(others) - each * colours, *others, *[each] * colours]


CODES = (Colour.GREEN, Colour.YELLOW, Colour.RED)


def _codes(found: Sequence[Codes], language: str) -> Iterator[Block]:
    if not found:
        return
    english = language == ENGLISH
    yield Heading("Measured codes" if english else "监测红黄绿码")
    yield Grid(
        headings=[
            *(("Series", "Period") if english else ("监测", "时期")),
            *(_code(code, language) for code in CODES),
            "Missing" if english else "未报",
        ],
        rows=[
            [
                one.title,
                one.period,
                *(str(one.counts.get(code, 0)) for code in CODES),
                str(one.missing),
            ]
            for one in found
        ],
        widths=[76, 24, 14, 14, 14, 14],
        numeric=(2, 3, 4, 5),
    )
    worse = [(one, turned) for one in found for turned in one.worse]
    if not worse:
        yield Paragraph("No code changed for the worse." if english else "没有转差的对象。")
        return
    yield Grid(
        headings=("Changed for the worse", "Unit", "Series", "Value", "Code")
        if english
        else ("转差的对象", "责任单位", "监测", "数值", "变化"),
        rows=[
            [turned.subject, turned.unit, one.title, turned.value, _turned(turned, language)]
            for one, turned in worse
        ],
        widths=[44, 32, 40, 18, 22],
        numeric=(3,),
    )


def _code(code: Colour, language: str) -> str:
    return word(f"code.{code}", language)


def _turned(one: Worse, language: str) -> str:
    arrow = " → " if language == ENGLISH else "→"
    return arrow.join(_code(code, language) for code in (one.before, one.now))


def _scored(facts: PostingFacts, language: str) -> Iterator[Block]:
    if any(row.points for row in facts.rows):
        yield Paragraph(
            "Points: the published score of the same days."
            if language == ENGLISH
            else "考核得分为同期已公布的考核结果。"
        )


def _approved(approval: Approval, language: str) -> str:
    moment = moment_words(approval.at, language)
    if language == ENGLISH:
        return f"Approved for posting by {approval.by}, {moment}."
    return f"本期经{approval.by}于{moment}审批，同意上墙。"


def _how(period: tuple[date, date], as_of: datetime, language: str) -> str:
    first, last = (day_words(on, language) for on in period)
    if language == ENGLISH:
        return (
            f"From {first} to {last}. Matters: open at the end, or signed off in the month. "
            "In time: the share of them without a warning at the end, rounded to a tenth of a per "
            "cent; equal shares have one rank. Restricted matters are not counted. Frozen at "
            f"{moment_words(as_of, language)}."
        )
    return (
        f"统计期为{first}至{last}。事项数为期末在办和本月销号之和；按期率为其中期末没有预警的比例，"
        "四舍五入到千分之一，比例相同的名次并列；限知事项不列入。"
        f"以上为{moment_words(as_of)}的数据，此后不再变动。"
    )
