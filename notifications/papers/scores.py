"""考核得分: the points of a period by unit, each with what it is for, as they were frozen."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from models.warning import Colour
from notifications.papers.bulletin import Frozen
from notifications.papers.paper import (
    Approval,
    Block,
    Grid,
    Heading,
    Mark,
    Number,
    Paper,
    Paragraph,
    Signature,
    Title,
)
from notifications.wording import ENGLISH, colour_word, day_words, moment_words, word

PENDING = ("待审批稿，未经批准不作为考核结果", "Draft: counts only once it is approved")
NONE = Decimal(0)
Changes = Mapping[str, Decimal]


class PointLine(Frozen):
    """One event and what it gives. `points` may be less than the rule's, where the most that it
    gives was reached. `detail`: a colour, a kind of record or the number of an issue, by the event.
    Of a restricted matter `title` is empty, and `unit` is not told to whom may not see it."""

    key: str
    rule: str
    event: str
    on: date
    unit: str
    points: Decimal
    capped: bool = False
    task: str = ""
    title: str = ""
    detail: str = ""
    restricted: bool = False


class ScoreFacts(Frozen):
    """`rules`: their names and titles, in the order of the file. A unit's points are `base` and
    those of its lines; what is restricted is told apart and in no unit's points."""

    office: str
    scheme: str
    title: str
    version: int
    period: str
    base: Decimal
    units: list[str]
    rules: dict[str, str]
    lines: list[PointLine]

    def by_rule(self, unit: str) -> dict[str, Decimal]:
        found = dict.fromkeys(self.rules, NONE)
        for line in self.lines:
            if line.unit == unit and not line.restricted:
                found[line.rule] += line.points
        return found

    def points(self, unit: str, changes: Changes | None = None) -> Decimal:
        """`changes`: what granted objections have changed since, by unit."""
        change = (changes or {}).get(unit, NONE)
        return self.base + sum(self.by_rule(unit).values(), change)

    def ranked(self, changes: Changes | None = None) -> list[tuple[int, str, Decimal]]:
        """(rank, unit, points): equal points have one rank, and the next one is passed over."""
        found = {unit: self.points(unit, changes) for unit in self.units}
        order = sorted(found, key=lambda unit: (-found[unit], unit))
        return [(1 + sum(other > found[u] for other in found.values()), u, found[u]) for u in order]


def points_words(points: Decimal, *, signed: bool = True) -> str:
    """+2, −0.5, 0: a minus that is as wide as the plus."""
    plain = f"{abs(points).normalize():f}"
    if not points:
        return "0"
    return ("−" if points < 0 else "+" if signed else "") + plain


def detail_words(line: PointLine, language: str) -> str:
    """What happened: a yellow notice, issue 3 of the bulletin; the kind of a record as it is."""
    said = word(f"score_event.{line.event}", language)
    if not line.detail:
        return said
    if line.event in ("warned", "unacknowledged", "unanswered"):
        return f"{said}{_of(colour_word(Colour(line.detail), language), language)}"
    if line.event == "code":
        return f"{said}{_of(word(f'code.{line.detail}', language), language)}"
    if line.event == "bulletin":
        number = f"No. {line.detail}" if language == ENGLISH else f"第 {line.detail} 期"
        return f"{said}{_of(number, language)}"
    return f"{said}{_of(line.detail, language)}"


def _of(more: str, language: str) -> str:
    return f" ({more})" if language == ENGLISH else f"（{more}）"


def scores_paper(
    facts: ScoreFacts,
    days: tuple[date, date],
    as_of: datetime,
    language: str,
    *,
    changes: Changes,
    draft: bool = False,
    approval: Approval | None = None,
) -> Paper:
    """Nothing of a restricted matter is in it. `as_of` in the office's own zone."""
    signed = (approval.at if approval else as_of).date()
    name = f"{facts.title} {facts.period}"
    return Paper(
        name=name,
        author=facts.office,
        language=language,
        on=signed,
        blocks=[
            *([Mark(PENDING[language == ENGLISH])] if draft else []),
            Title(facts.title),
            Number(facts.period),
            *_ranking(facts, changes, language),
            *_explained(facts, language),
            Paragraph(_how(facts, days, as_of, language)),
            *([Paragraph(_approved(approval, language))] if approval else []),
            Signature(facts.office, day_words(signed, language)),
        ],
    )


def _ranking(facts: ScoreFacts, changes: Changes, language: str) -> Iterator[Block]:
    english = language == ENGLISH
    if not facts.units:
        yield Paragraph("No unit had a matter." if english else "本期没有考核对象。")
        return
    rows = [
        [
            str(rank),
            unit,
            points_words(sum((p for p in facts.by_rule(unit).values() if p > 0), NONE)),
            points_words(sum((p for p in facts.by_rule(unit).values() if p < 0), NONE)),
            points_words(changes.get(unit, NONE)),
            points_words(points, signed=False),
        ]
        for rank, unit, points in facts.ranked(changes)
    ]
    yield Grid(
        headings=("Rank", "Unit", "Gained", "Lost", "Corrected", "Points")
        if english
        else ("名次", "单位", "加分", "扣分", "异议调整", "得分"),
        rows=rows,
        widths=[14, 58, 20, 20, 24, 20],
        numeric=(0, 2, 3, 4, 5),
    )


def _explained(facts: ScoreFacts, language: str) -> Iterator[Block]:
    english = language == ENGLISH
    shown = [line for line in facts.lines if not line.restricted]
    if not shown:
        return
    yield Heading("What the points are for" if english else "得分明细")
    order = sorted(shown, key=lambda line: (line.unit, line.on, line.key))
    yield Grid(
        headings=("Unit", "Date", "Rule", "Matter", "Points")
        if english
        else ("单位", "日期", "规则", "事由", "分值"),
        rows=[_row(facts, line, language) for line in order],
        widths=[30, 22, 36, 52, 16],
        numeric=(4,),
    )


def _row(facts: ScoreFacts, line: PointLine, language: str) -> Sequence[str]:
    about = " ".join(filter(None, (line.task, line.title, detail_words(line, language))))
    rule = facts.rules[line.rule]
    return [line.unit, f"{line.on}", rule, about, points_words(line.points)]


def _approved(approval: Approval, language: str) -> str:
    moment = moment_words(approval.at, language)
    if language == ENGLISH:
        return f"Approved by {approval.by}, {moment}."
    return f"本期结果经{approval.by}于{moment}审批。"


def _how(facts: ScoreFacts, days: tuple[date, date], as_of: datetime, language: str) -> str:
    first, last = (day_words(on, language) for on in days)
    base = points_words(facts.base, signed=False)
    if language == ENGLISH:
        return (
            f"From {first} to {last}, by version {facts.version} of the rules; every unit begins "
            f"with {base}. Every point follows from a row of the history. Restricted matters are "
            f"in no unit's points. Frozen at {moment_words(as_of, language)}."
        )
    return (
        f"统计期为{first}至{last}，按规则第 {facts.version} 版计算，基础分 {base}；"
        "每一分都由系统记录得出，限知事项不计入各单位得分。"
        f"以上为{moment_words(as_of)}的数据，此后不再变动。"
    )
