"""预警单: what stands in one notice on paper, with the form on which it is answered."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from models.notice import Duty
from models.organisation import PostKind
from models.warning import Colour
from notifications.deadline_words import deadline_sentence
from notifications.explanation import ClimbStep, raised_words
from notifications.papers.paper import (
    Addressee,
    Bar,
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
from notifications.sentences import owed
from notifications.wording import ENGLISH, colour_word, day_words, over_words, post_word

INNER_QUOTES = str.maketrans("“”", "‘’")
NAMED = "单函卡"  # a rung's label that holds one of these names the paper already


@dataclass(frozen=True)
class Earlier:
    """A notice that this one follows."""

    number: str
    colour: Colour
    issued_on: date


@dataclass(frozen=True)
class Addressed:
    """Somebody whom the notice told on the day that it was issued."""

    name: str
    capacity: PostKind
    duty: Duty
    stands_for: str


@dataclass(frozen=True)
class NoticeFacts:
    """As it stood when the notice was issued. `office`: the unit that issues it. Of a restricted
    matter `title`, `unit`, `told` and `basis` are empty."""

    number: str
    colour: Colour
    label: str
    issued_on: date
    office: str
    basis: str
    task: str
    title: str
    unit: str
    opened_on: date
    due_on: date | None
    rolled_on: date | None
    restricted: bool
    step: ClimbStep
    earlier: Earlier | None
    acknowledge_by: date | None
    answer_by: date | None
    told: Sequence[Addressed]

    @property
    def days_over(self) -> int | None:
        """Counted from the deadline as it counts, as in the mails."""
        due = self.rolled_on or self.due_on
        return (self.issued_on - due).days if due else None


def notice_paper(facts: NoticeFacts, language: str) -> Paper:
    english = language == ENGLISH
    kind = _kind(facts, language)
    return Paper(
        name=f"{kind} {facts.number}",
        author=facts.office,
        language=language,
        on=facts.issued_on,
        blocks=[
            Bar(facts.colour, _label(facts, language)),
            Number(facts.number),
            Title(kind),
            Addressee(_addressee(facts, language)),
            Paragraph(_matter(facts, language)),
            Paragraph(" ".join(_counting(facts, language)) if english else _joined(facts)),
            *(Paragraph(said) for said in _demands(facts, language)),
            Signature(facts.office, day_words(facts.issued_on, language)),
            NewPage(),
            Title("Return slip" if english else f"{kind}回执"),
            Form(_return_slip(facts, language)),
            *_copy_to(facts, language),
        ],
    )


def _label(facts: NoticeFacts, language: str) -> str:
    """The rung's own label, with the colour's name in it."""
    if language == ENGLISH:
        return f"{colour_word(facts.colour, language).capitalize()} warning"
    label, colour = facts.label.partition("（")[0], colour_word(facts.colour)
    return label if label[0] == colour[0] else f"{colour}{label}"


def _kind(facts: NoticeFacts, language: str) -> str:
    """What such a paper is called: 预警单, 督办函, or as the label has it."""
    label = _label(facts, language)
    if language == ENGLISH:
        return f"{label} notice"
    if any(mark in label for mark in NAMED):
        return label
    return f"{label}{'单' if label.endswith('预警') else '函'}"


def _addressee(facts: NoticeFacts, language: str) -> str:
    if language == ENGLISH:
        return f"To {facts.unit or 'the unit responsible'}:"
    return f"{facts.unit or '承办单位'}："


def _matter(facts: NoticeFacts, language: str) -> str:
    if language == ENGLISH:
        return _matter_in_english(facts)
    colour, issued = colour_word(facts.colour), day_words(facts.issued_on)
    title = facts.title.translate(INNER_QUOTES)
    said = f"“{title}”（编号{facts.task}）" if title else f"编号{facts.task}的事项"
    said += f"于{day_words(facts.opened_on)}交办"
    said += f"，时限为{day_words(facts.due_on)}" if facts.due_on else ""
    if facts.days_over is not None:
        said += f"，截至{issued}{over_words(facts.days_over).replace(' ', '')}"
    if before := facts.earlier:
        said += f"。{day_words(before.issued_on)}已发出{colour_word(before.colour)}预警"
        said += f"（{before.number}）"
    said += f"。{f'根据{facts.basis}，' if facts.basis else ''}现发出{colour}预警。"
    return said if title else f"{said}本件限知，内容请到{facts.office or '督查办公室'}查阅。"


def _matter_in_english(facts: NoticeFacts) -> str:
    def day(on: date) -> str:
        return day_words(on, ENGLISH)

    said = f"'{facts.title}' (No. {facts.task})" if facts.title else f"Matter No. {facts.task}"
    said += f" was assigned on {day(facts.opened_on)}"
    said += f" and was to be finished by {day(facts.due_on)}" if facts.due_on else ""
    if facts.days_over is not None:
        said += f"; on {day(facts.issued_on)} it was {over_words(facts.days_over, ENGLISH)}"
    if before := facts.earlier:
        colour = colour_word(before.colour, ENGLISH)
        said += f". It had a {colour} warning on {day(before.issued_on)} ({before.number})"
    article = "an" if facts.colour is Colour.ORANGE else "a"
    colour = f"{article} {colour_word(facts.colour, ENGLISH)} warning is issued."
    said += f". Under {facts.basis} {colour}" if facts.basis else f". Hereby {colour}"
    return said if facts.title else f"{said} It is restricted; please ask the office about it."


def _joined(facts: NoticeFacts) -> str:
    return "计时依据：" + "".join(_counting(facts, "zh-CN"))


def _counting(facts: NoticeFacts, language: str) -> Iterator[str]:
    """As `sise explain` has it."""
    if facts.due_on:
        yield deadline_sentence(facts.due_on, facts.rolled_on, language)
    said = raised_words(facts.step, language)
    yield f"{said[0].upper()}{said[1:]}." if language == ENGLISH else f"{said}。"


def _demands(facts: NoticeFacts, language: str) -> Iterator[str]:
    english = language == ENGLISH
    acting = next((one for one in facts.told if one.duty == Duty.ACT), None)
    who = _who(acting, language) if acting else ("the handler" if english else "承办人")
    said = owed(Duty.ACT, facts.acknowledge_by, facts.answer_by, language)
    yield f"{who[0].upper()}{who[1:]}: {said}" if english else f"{who}：{said}"
    others = [one for one in facts.told if one.duty == Duty.ACKNOWLEDGE]
    if others:
        names = (", " if english else "、").join(_who(one, language) for one in others)
        said = owed(Duty.ACKNOWLEDGE, facts.acknowledge_by, None, language)
        yield f"{names[0].upper()}{names[1:]}: {said}" if english else f"{names}：{said}"


def _who(one: Addressed, language: str) -> str:
    post = post_word(one.capacity, language)
    if language == ENGLISH:
        return f"{post} {one.name}{f' (for {one.stands_for})' if one.stands_for else ''}"
    return f"{post}{one.name}{f'（代{one.stands_for}）' if one.stands_for else ''}"


def _copy_to(facts: NoticeFacts, language: str) -> Iterator[Block]:
    english = language == ENGLISH
    names = [_who(one, language) for one in facts.told if one.duty != Duty.ACT]
    issued = day_words(facts.issued_on, language)
    by = f"{facts.office}, {issued}" if english else f"{facts.office}　{issued}印发"
    if names:
        said = f"Copy to: {', '.join(names)}." if english else f"抄送：{'，'.join(names)}。"
        yield CopyTo((said, by))


def _return_slip(facts: NoticeFacts, language: str) -> list[tuple[str, ...]]:
    """What whoever answers on paper writes, for the office to record."""

    def day(on: date | None) -> str:
        return day_words(on, language) if on else "—"

    facts_in = (facts.number, facts.task, day(facts.acknowledge_by), day(facts.answer_by), "", "")
    names, blanks = (
        (SLIP_ENGLISH, BLANKS_ENGLISH) if language == ENGLISH else (SLIP_CHINESE, BLANKS_CHINESE)
    )
    pairs = list(zip(names, facts_in, strict=True))
    return [
        *((*first, *second) for first, second in zip(pairs[::2], pairs[1::2], strict=True)),
        *((name, ROOM) for name in blanks),
    ]


ROOM = "\n" * 2  # for a hand to write in
SLIP_CHINESE = ("预警单编号", "事项编号", "签收期限", "答复期限", "签收人", "签收时间")
SLIP_ENGLISH = ("Notice", "Matter", "Acknowledge by", "Answer by", "Received by", "On")
BLANKS_CHINESE = (
    "办理情况",
    "未按期原因",
    "下步措施和预计完成时间",
    "承办单位负责人（签字盖章）",
    "分管领导意见",
    "督查办公室核销意见（解除日期）",
)
BLANKS_ENGLISH = (
    "What was done",
    "Why not in time",
    "Next steps, and done by when",
    "Head of the unit (signature, seal)",
    "Supervising leader",
    "Office: lifted on",
)
