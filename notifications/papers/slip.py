"""督办单: what a leader or a meeting asked for, of whom and by when, with the slip to answer on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from models.span import Span
from notifications.deadline_words import weekday_words
from notifications.explanation import span_words
from notifications.papers.paper import (
    Addressee,
    Block,
    CopyTo,
    Form,
    NewPage,
    Number,
    Paper,
    Paragraph,
    Signature,
    Title,
)
from notifications.wording import ENGLISH, day_words

TITLES = {
    "directive": ("领导批示督办单", "Supervision slip: directive"),
    "meeting": ("会议督办单", "Supervision slip: meeting"),
    "": ("督办单", "Supervision slip"),
}
ROOM = "\n" * 2  # for a hand to write in
Row = tuple[str, ...]


@dataclass(frozen=True)
class Act:
    """`form` is a key of TITLES; `kind` and `english` name the act; `said` is what it asked for."""

    form: str
    kind: str
    english: str
    reference: str
    by: str
    on: date
    said: Sequence[str]


@dataclass(frozen=True)
class Contact:
    name: str
    mail: str


@dataclass(frozen=True)
class SlipFacts:
    """Never of a restricted matter. `first_due_on`: the deadline that it was opened with."""

    number: str
    act: Act
    office: str
    title: str
    unit: str
    handler: str
    leader: str
    lead_unit: str
    supporting_units: str
    goal: str
    measures: Sequence[str]
    opened_on: date
    due_on: date | None
    first_due_on: date | None
    milestones: Sequence[tuple[str, date]]
    review_every: Span | None
    contact: Contact
    remarks: str


def slip_paper(facts: SlipFacts, language: str) -> Paper:
    english = language == ENGLISH
    title = TITLES[facts.act.form][english]
    return Paper(
        name=f"{title} {facts.number}",
        author=facts.office,
        language=language,
        on=facts.opened_on,
        blocks=[
            Number(facts.act.reference or facts.number),
            Title(title),
            Addressee(f"To {facts.unit}:" if english else f"{facts.unit}："),
            Paragraph(_asking(facts, language)),
            Form(list(_order(facts, language))),
            Signature(facts.office, day_words(facts.opened_on, language)),
            NewPage(),
            Title("Return slip" if english else "督办单回执"),
            Form(_return_slip(facts, language)),
            *_copy_to(facts, language),
        ],
    )


def _asking(facts: SlipFacts, language: str) -> str:
    if language == ENGLISH:
        return "Please see to the following matter, and report on it in time."
    return "现将下列事项交办你单位，请按要求办理，按时反馈。"


def _order(facts: SlipFacts, language: str) -> Iterator[Row]:
    english, act = language == ENGLISH, facts.act
    who, when = {
        "directive": (("批示领导", "Leader"), ("批示日期", "On")),
        "meeting": (("会议", "Meeting"), ("会议日期", "On")),
    }.get(act.form, (("依据", "Act"), ("日期", "On")))
    by = act.by if act.form == "directive" else _meeting(act, language)
    asked = ("督办内容", "What it says")

    def row(*pairs: tuple[tuple[str, str], str]) -> Row:
        return tuple(cell for name, value in pairs for cell in (name[english], value or "—"))

    yield row((("督办事项", "Matter"), facts.title))
    yield row(
        (("事项编号", "Number"), facts.number),
        (("交办日期", "Assigned"), day_words(facts.opened_on, language)),
    )
    yield row((who, by), (when, day_words(act.on, language)))
    yield row((asked, ("; " if english else "；").join(act.said)))
    yield row(
        (("牵头单位", "Lead unit"), facts.lead_unit or facts.unit),
        (("配合单位", "Co-units"), facts.supporting_units),
    )
    yield row((("承办人", "Handler"), facts.handler), (("分管领导", "Its leader"), facts.leader))
    yield row((("办理要求", "To be done"), _demands(facts)))
    yield row((("办理时限", "Deadline"), _due(facts, language)))
    yield row((("反馈方式", "Reports"), _reports(facts, language)))
    yield row((("督办联系人", "Contact"), _contact(facts.contact, language)))
    if facts.remarks:
        yield row((("备注", "Remarks"), facts.remarks))


def _meeting(act: Act, language: str) -> str:
    kind = act.english if language == ENGLISH else act.kind
    return f"{act.by} {kind}".strip() if language == ENGLISH else f"{act.by}{kind}"


def _contact(contact: Contact, language: str) -> str:
    """The telephone is written by hand: the directory has none."""
    english = language == ENGLISH
    known = [one for one in (contact.name, contact.mail) if one]
    return (", " if english else "，").join([*known, "telephone: " if english else "电话："])


def _lines(*said: str) -> str:
    return "\n".join(filter(None, said))


def _demands(facts: SlipFacts) -> str:
    return _lines(facts.goal, *(f"{n}. {said}" for n, said in enumerate(facts.measures, 1)))


def _due(facts: SlipFacts, language: str) -> str:
    if facts.due_on is None:
        return "long-term" if language == ENGLISH else "长期坚持"
    due, first = weekday_words(facts.due_on, language), facts.first_due_on
    if first is None or first == facts.due_on:
        return due
    was = day_words(first, language)
    return f"{due}; it was {was}" if language == ENGLISH else f"{due}，原定{was}"


def _reports(facts: SlipFacts, language: str) -> str:
    """Once, unless the matter has milestones or reviews of its own."""
    english, found = language == ENGLISH, []
    if facts.review_every:
        span = span_words(facts.review_every, language)
        found.append(f"every {span}" if english else f"定期反馈，每 {span}一次")
    for title, on in facts.milestones:
        by = day_words(on, language)
        found.append(f"by {by}: {title}" if english else f"{by}前：{title}")
    return _lines(*found) or ("once, by the deadline" if english else "一次性反馈，时限届满前报送")


def _return_slip(facts: SlipFacts, language: str) -> list[Row]:
    """What the unit fills in by hand, for the office to record."""
    english = language == ENGLISH
    names, blanks = (NAMES_ENGLISH, BLANKS_ENGLISH) if english else (NAMES, BLANKS)
    values = (facts.act.reference or facts.number, facts.number, facts.unit, _due(facts, language))
    pairs = list(zip(names, (*values, *[""] * 4), strict=True))
    return [
        *((*first, *second) for first, second in zip(pairs[::2], pairs[1::2], strict=True)),
        *((name, ROOM) for name in blanks),
    ]


def _copy_to(facts: SlipFacts, language: str) -> Iterator[Block]:
    english, issued = language == ENGLISH, day_words(facts.opened_on, language)
    by = f"{facts.office}, {issued}" if english else f"{facts.office}　{issued}印发"
    if facts.supporting_units:
        said = facts.supporting_units
        yield CopyTo((f"Copy to: {said}." if english else f"抄送：{said}。", by))


NAMES = (
    *("文号", "事项编号", "承办单位", "办理时限"),
    *("签收人", "签收时间", "经办人", "联系电话"),
)
NAMES_ENGLISH = (
    *("Slip", "Matter", "Unit", "Deadline"),
    *("Received by", "On", "Handled by", "Telephone"),
)
BLANKS = (
    "办理情况",
    "未按期原因",
    "下步措施和预计完成时间",
    "承办单位负责人（签字盖章）",
    "领导审定意见",
    "督查办公室意见（办结日期）",
)
BLANKS_ENGLISH = (
    "What was done",
    "Why not in time",
    "Next steps, and done by when",
    "Head of the unit (signature, seal)",
    "Decision of the leader",
    "Office: concluded on",
)
