"""信访件月度梳理: the petitions of a month in their four sets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from notifications.papers.paper import Block, Grid, Heading, Paper, Paragraph, Signature, Title
from notifications.wording import ENGLISH, day_words


class PetitionSet(StrEnum):
    """In the order in which the summary has them; one petition may stand in several."""

    FORWARDED = "forwarded"
    NOT_A_LEAD = "not_a_lead"
    OVER_THREE_MONTHS = "over_three_months"
    BECAME_A_LEAD = "became_a_lead"


SETS = {
    PetitionSet.FORWARDED: ("转办未办结", "Forwarded and open"),
    PetitionSet.NOT_A_LEAD: ("未转问题线索", "Not turned into a case lead"),
    PetitionSet.OVER_THREE_MONTHS: ("超三个月未办结", "Open for more than three months"),
    PetitionSet.BECAME_A_LEAD: ("已转问题线索", "Turned into a case lead"),
}


@dataclass(frozen=True)
class PetitionRow:
    """`title`, `unit` and `stage` are empty where the petition is restricted, or became a case
    lead: beside a lead they would tell what it is about; `number` too, for a reader who stands
    aside from it.
    `days`: since it came."""

    number: str
    title: str
    unit: str
    stage: str
    received_on: date
    days: int


@dataclass(frozen=True)
class PetitionFacts:
    """As it stood at the end of `as_of`: of the month, or of today while the month goes on.
    `received` and `closed` count within the month."""

    office: str
    month: date
    as_of: date
    received: int
    closed: int
    sets: dict[PetitionSet, Sequence[PetitionRow]]


def petitions_paper(facts: PetitionFacts, language: str) -> Paper:
    english = language == ENGLISH
    month = facts.month
    title = (
        f"Petitions, {month:%B %Y}" if english else f"{month.year}年{month.month}月信访件办理情况"
    )
    return Paper(
        name=title,
        author=facts.office,
        language=language,
        on=facts.as_of,
        blocks=[
            Title(title),
            Paragraph(_summary(facts, english)),
            *(block for one in PetitionSet for block in _set(facts, one, language)),
            Signature(facts.office, day_words(facts.as_of, language)),
        ],
    )


def _summary(facts: PetitionFacts, english: bool) -> str:
    counts = {one: len(rows) for one, rows in facts.sets.items()}
    if english:
        said = "; ".join(f"{SETS[one][1].lower()}: {n}" for one, n in counts.items())
        return (
            f"As of {day_words(facts.as_of, ENGLISH)}. In the month {facts.received} received and "
            f"{facts.closed} closed; {said}."
        )
    said = "；".join(f"{SETS[one][0]} {n} 件" for one, n in counts.items())
    return (
        f"截至{day_words(facts.as_of)}：本月收到 {facts.received} 件，办结 {facts.closed} 件；"
        f"{said}。"
    )


def _set(facts: PetitionFacts, one: PetitionSet, language: str) -> Iterator[Block]:
    english, rows = language == ENGLISH, facts.sets[one]
    yield Heading(
        f"{SETS[one][english]} ({len(rows)})" if english else f"{SETS[one][0]}（{len(rows)}）"
    )
    if not rows:
        yield Paragraph("None." if english else "无。")
        return
    headings = (
        ("Number", "Matter", "Unit", "Stage", "Received", "Days")
        if english
        else ("编号", "事项", "承办单位", "环节", "收到日期", "天数")
    )
    yield Grid(
        headings=headings,
        rows=[
            [
                row.number or "—",
                row.title or ("restricted" if english else "限知"),
                row.unit or "—",
                row.stage or "—",
                row.received_on.isoformat(),
                str(row.days),
            ]
            for row in rows
        ],
        widths=[30, 42, 26, 22, 22, 14],
        numeric=(5,),
    )
