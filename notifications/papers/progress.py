"""整改进展情况通报: sections and items in sentences, each figure with where it comes from."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal

from models.signoff import TaskState
from notifications.papers.bulletin import Frozen
from notifications.papers.paper import (
    Approval,
    Block,
    Grid,
    Heading,
    Linked,
    Mark,
    NewPage,
    Number,
    Paper,
    Paragraph,
    Run,
    Signature,
    Title,
)
from notifications.wording import ENGLISH, day_words, moment_words, state_word

ORDINALS = "一二三四五六七八九十"
DRAFT = ("征求意见稿（未发布）", "Draft, not published")
PENDING = ("待审批稿，未经批准不得发布", "Draft: waits for approval, not to be published")
Sayings = list["Told"]


class Told(Frozen):
    """Words, or with `figure` (its id) the figure that stands there."""

    words: str
    figure: str = ""


class Shown(Frozen):
    """A figure as it is printed, and what it was taken from. `exact` where it was rounded, in yuan;
    `balancing`: what of it only makes up a difference, in yuan."""

    id: str
    name: str
    shown: str
    unit: str
    basis: Literal["counted", "reported"]
    as_of: date
    period: str = ""
    source: str = ""
    reported_by: str = ""
    approved_by: str = ""
    records: tuple[str, ...] = ()
    exact: str = ""
    balancing: str = ""


class ItemTold(Frozen):
    number: str
    title: str
    told: list[Sayings]
    state: TaskState
    due_on: date | None


class SectionTold(Frozen):
    title: str
    items: list[ItemTold]


class ProgressFacts(Frozen):
    """What a report says, as it was when it was published. `missing`: figures and tasks that the
    form asks for and nobody could give; their sentences are left out."""

    title: str
    issuer: str
    opening: list[Sayings]
    sections: list[SectionTold]
    closing: list[Sayings]
    figures: list[Shown]
    missing: list[str]


def progress_paper(
    facts: ProgressFacts,
    number: int | None,
    as_of: date,
    published_on: date,
    language: str,
    desk: str = "",
    *,
    approval: Approval | None = None,
    waits: bool = False,
) -> Paper:
    """`number`: None is a draft; `waits`: for its approval. `desk`: where the pages of its figures
    lie."""
    english = language == ENGLISH
    places = {figure.id: f"f{n}" for n, figure in enumerate(facts.figures, 1)}
    state = f"As of {day_words(as_of, language)}" if english else f"截至{day_words(as_of)}"
    return Paper(
        name=facts.title,
        author=facts.issuer,
        language=language,
        on=published_on,
        blocks=[
            *([Mark(PENDING[english])] if waits else []),
            Title(facts.title),
            Number(state),
            *([] if number or waits else [Number(DRAFT[english])]),
            *(Linked(_runs(said, places)) for said in facts.opening),
            *_sections(facts.sections, places, language),
            *(Linked(_runs(said, places)) for said in facts.closing),
            *([Paragraph(_approved(approval, language))] if approval else []),
            Signature(facts.issuer, day_words(published_on, language)),
            *_sources(facts, places, language, desk),
        ],
    )


def _approved(approval: Approval, language: str) -> str:
    moment = moment_words(approval.at, language)
    if language == ENGLISH:
        return f"Approved for publication by {approval.by}, {moment}."
    return f"本通报经{approval.by}于{moment}审批，同意发布。"


def _sections(
    sections: Sequence[SectionTold], places: dict[str, str], language: str
) -> Iterator[Block]:
    for n, section in enumerate(sections):
        yield Heading(f"{_ordinal(n)}、{section.title}")
        for m, item in enumerate(section.items):
            begin = Run(f"（{_ordinal(m)}）{item.title}。", strong=True)
            runs = [run for said in item.told for run in _runs(said, places)]
            yield Linked([begin, *runs, Run(_state(item, language))])


def _state(item: ItemTold, language: str) -> str:
    state = state_word(item.state, language)
    if language == ENGLISH:
        due = f", due on {day_words(item.due_on, language)}" if item.due_on else ""
        return f" ({item.number}: {state}{due})"
    due = f"，整改时限{day_words(item.due_on)}" if item.due_on else ""
    return f"（{item.number}：{state}{due}）"


def _runs(said: Sayings, places: dict[str, str]) -> list[Run]:
    return [Run(one.words, to=places.get(one.figure, "")) for one in said]


def _ordinal(n: int) -> str:
    """一 to 九十九, from 0."""
    tens, ones = divmod(n + 1, 10)
    begin = (ORDINALS[tens - 1] if tens > 1 else "") + "十" if tens else ""
    return begin + (ORDINALS[ones - 1] if ones else "")


def _sources(
    facts: ProgressFacts, places: dict[str, str], language: str, desk: str
) -> Iterator[Block]:
    if not facts.figures:
        return
    english = language == ENGLISH
    yield NewPage()
    yield Heading("Annex: where the figures come from" if english else "附件：数据来源")
    yield Paragraph(_how(facts, language))
    yield Grid(
        headings=("No.", "Figure", "Value", "Source", "As of")
        if english
        else ("序号", "数据", "数值", "来源", "截至"),
        rows=[
            [
                str(n),
                figure.name,
                f"{figure.shown}{figure.unit}",
                source_words(figure, language),
                figure.period or figure.as_of.isoformat(),
            ]
            for n, figure in enumerate(facts.figures, 1)
        ],
        widths=[12, 46, 24, 50, 24],
        numeric=(0, 2),
        anchors=list(places.values()),
        links=[f"{desk}/{figure.id}" for figure in facts.figures] if desk else (),
    )


def _how(facts: ProgressFacts, language: str) -> str:
    counted = sum(figure.basis == "counted" for figure in facts.figures)
    reported = len(facts.figures) - counted
    if language == ENGLISH:
        return (
            f"{counted} figures were counted from records, {reported} were reported and approved. "
            "Units are counted once (家), visits each time (家次); people once (人), each occasion "
            "counts (人次). Where a sum was rounded its exact amount stands beside it."
        )
    return (
        f"由记录统计得出的数据{counted}项，经核准的报送数据{reported}项。家为不同的单位，家次为次数；"
        "人为不同的人员，人次为次数；款项经四舍五入的，注明精确数。"
    )


def source_words(figure: Shown, language: str) -> str:
    """What a figure was taken from, in one line."""
    if language == ENGLISH:
        if figure.basis == "reported":
            return f"{figure.source}; reported by {figure.reported_by}, approved by " + (
                figure.approved_by
            )
        words = f"counted from {len(figure.records)} records"
        words += f"; exactly {figure.exact} yuan, rounded" if figure.exact else ""
        return words + (f"; {figure.balancing} yuan balances" if figure.balancing else "")
    if figure.basis == "reported":
        return f"{figure.source}，{figure.reported_by}报送，{figure.approved_by}核准"
    words = f"由{len(figure.records)}条记录统计"
    words += f"；精确数{figure.exact}元，四舍五入" if figure.exact else ""
    return words + (f"；其中平衡记录{figure.balancing}元" if figure.balancing else "")
