"""分条报审的审查结论: what was handed in, and the verdict on each line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from notifications.papers.paper import (
    WIDTH,
    Block,
    Form,
    Grid,
    Mark,
    Paper,
    Paragraph,
    Signature,
    Title,
)
from notifications.wording import ENGLISH, day_words

RESULTS = {
    "approved": ("同意", "approved"),
    "rejected": ("不同意", "turned down"),
    "open": ("待审查", "open"),
}
NARROW, RESULT = 11, 22  # mm: the number, the verdict


@dataclass(frozen=True)
class LineTold:
    """`result`: approved, rejected or open."""

    parts: Sequence[str]
    result: str
    reason: str = ""


@dataclass(frozen=True)
class ProposalFacts:
    """`by`: the unit that decided; `decided_on` None: nothing is decided yet."""

    number: str
    kind: str
    title: str
    unit: str
    handed_in_on: date
    due_on: date | None
    by: str
    parts: Sequence[str]
    lines: Sequence[LineTold]
    decided_on: date | None


def proposal_paper(facts: ProposalFacts, language: str) -> Paper:
    """Whatever is not decided says so on its face."""
    return Paper(
        name=f"{facts.kind} {facts.number}",
        author=facts.by,
        language=language,
        on=facts.decided_on or facts.handed_in_on,
        blocks=list(_blocks(facts, language)),
    )


def _blocks(facts: ProposalFacts, language: str) -> Iterator[Block]:
    english = language == ENGLISH
    if facts.decided_on is None:
        yield Mark("not decided" if english else "尚未作出结论")
    yield Title(f"{facts.kind}{': verdicts' if english else '结论'}")
    yield Form(
        [
            ("Number" if english else "编号", facts.number,
             "Unit" if english else "报审单位", facts.unit),
            ("Handed in" if english else "报送日期", day_words(facts.handed_in_on, language),
             "Review by" if english else "审查时限",
             day_words(facts.due_on, language) if facts.due_on else "—"),
            ("Title" if english else "标题", facts.title),
        ]
    )  # fmt: skip
    yield Paragraph(_summary(facts, language))
    yield _grid(facts, language)
    if facts.decided_on is not None:
        yield Signature(facts.by, day_words(facts.decided_on, language))


def _summary(facts: ProposalFacts, language: str) -> str:
    n = len(facts.lines)
    if facts.decided_on is None:
        return f"{n} line(s) were handed in." if language == ENGLISH else f"共报送 {n} 项。"
    turned_down = sum(line.result == "rejected" for line in facts.lines)
    if language == ENGLISH:
        return f"Of {n} line(s), {n - turned_down} were approved, {turned_down} turned down."
    return f"共报送 {n} 项，同意 {n - turned_down} 项，不同意 {turned_down} 项。"


def _grid(facts: ProposalFacts, language: str) -> Grid:
    english = language == ENGLISH
    reasons = 40 if any(line.reason for line in facts.lines) else 22
    each = (WIDTH - NARROW - RESULT - reasons) // len(facts.parts)
    return Grid(
        headings=(
            "" if english else "序号",
            *facts.parts,
            "Verdict" if english else "结论",
            "Reason" if english else "理由",
        ),
        rows=[
            (
                str(n),
                *line.parts,
                *[""] * (len(facts.parts) - len(line.parts)),
                RESULTS[line.result][english],
                line.reason,
            )
            for n, line in enumerate(facts.lines, 1)
        ],
        widths=(NARROW, *[each] * len(facts.parts), RESULT, reasons),
        numeric=(0,),
    )
