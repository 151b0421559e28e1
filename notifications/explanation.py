"""Why a task has its colour, in sentences: the counting that `sise explain` and the task's page
print. The facts come from flows.explain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from models.ladder import Entry
from models.notice import Duty
from models.organisation import PostKind
from models.signoff import TaskState
from models.span import Span
from models.warning import Colour
from notifications.wording import (
    ENGLISH,
    assurance_word,
    colour_word,
    day_words,
    duty_word,
    post_word,
    state_word,
)

_CLOCKS = {
    "due": ("截止日", "the deadline"),
    "opened": ("交办日", "the day of assignment"),
    "stage": ("进入当前环节之日", "entering the present stage"),
    "reported": ("最近一次报告进展之日", "the last progress report"),
    "unacknowledged": ("{}预警单签收期限", "the {} notice's day of acknowledgement"),
    "unanswered": ("{}预警单答复期限", "the {} notice's day of answer"),
}
_UNITS = {"d": ("天", "day"), "wd": ("个工作日", "working day"), "mo": ("个月", "month")}
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@dataclass(frozen=True)
class ExplainRow:
    """One entry of the ladder. `anchor` None: it hangs on nothing yet, so it cannot strike."""

    colour: Colour
    label: str
    entry: Entry
    anchor: date | None
    strike_on: date | None
    struck: bool
    provisional: bool  # its date lies beyond the known calendar

    def clock(self, language: str) -> str:
        return entry_words(self.entry, language)


@dataclass(frozen=True)
class ToldRow:
    """One person told of a notice, and what became of it."""

    notice_number: str
    colour: Colour
    issued_on: date
    name: str
    capacity: PostKind
    duty: Duty
    stands_for: str
    climbed_from: PostKind | None
    acknowledge_by: date | None
    answer_by: date | None
    acknowledged_at: datetime | None
    answered_at: datetime | None
    said_by: str
    assurance: str  # as models.proof.Assurance
    words: str
    live: bool  # False: superseded or lifted, so that nothing is owed on it any more


@dataclass(frozen=True)
class DueChange:
    on: date
    previous_due_on: date | None
    due_on: date | None
    reason: str


@dataclass(frozen=True)
class Explanation:
    """Instants are in the office's own zone."""

    number: str
    title: str
    on: date
    colour: Colour
    state: TaskState
    on_clock: bool
    policy: str
    due_on: date | None
    original_due_on: date | None
    rolled_on: date | None
    rows: Sequence[ExplainRow]
    changes: Sequence[DueChange]
    cause: Entry | None  # which clock struck for the present colour, and when
    caused_on: date | None
    told: Sequence[ToldRow]
    next_row: ExplainRow | None

    def sentences(self, language: str) -> list[str]:
        return [
            *_deadline(self, language),
            *_present(self, language),
            *(_told(row, language) for row in self.told),
            *_next(self, language),
        ]


def entry_words(entry: Entry, language: str) -> str:
    """When an entry strikes: 截止日后10天, or 10 days after the deadline."""
    english = language == ENGLISH
    clock = _CLOCKS[entry.clock][english].format(
        colour_word(entry.of, language) if entry.of else ""
    )
    n, span = entry.after.n, span_words(entry.after, language)
    if english:
        return f"{span} {'after' if n > 0 else 'before'} {clock}" if n else f"on {clock}"
    return f"{clock}{'后' if n > 0 else '前'} {span}" if n else f"{clock}当天"


def span_words(span: Span, language: str) -> str:
    """How long, without its sign: 3 个工作日, or 3 working days."""
    n, unit = abs(span.n), _UNITS[span.unit][language == ENGLISH]
    return f"{n} {unit}s" if language == ENGLISH and n != 1 else f"{n} {unit}"


def weekday_words(on: date, language: str) -> str:
    if language == ENGLISH:
        return f"{on:%A} {day_words(on, language)}"
    return f"{day_words(on)}（{_WEEKDAYS[on.weekday()]}）"


def _deadline(told: Explanation, language: str) -> Iterator[str]:
    english = language == ENGLISH
    if told.due_on is None:
        yield (
            "It has no deadline: it is long-term." if english else "没有整改时限：属长期坚持事项。"
        )
        return
    for change in told.changes[1:]:
        old = day_words(change.previous_due_on, language) if change.previous_due_on else "—"
        new = day_words(change.due_on, language) if change.due_on else "—"
        reason = change.reason.rstrip("。. ")
        yield (
            f"On {day_words(change.on, language)} the deadline moved from {old} to {new}: {reason}."
            if english
            else f"{day_words(change.on)}，时限由{old}改为{new}，理由：{reason}。"
        )
    due = weekday_words(told.due_on, language)
    if told.rolled_on == told.due_on:
        yield f"The deadline is {due}." if english else f"整改时限是{due}，不需顺延。"
    elif told.rolled_on:
        rolled = weekday_words(told.rolled_on, language)
        yield (
            f"The deadline, {due}, is a day off: it counts as {rolled}, the next working day."
            if english
            else f"整改时限是{due}，为休息日，按规定顺延到下一个工作日{rolled}。"
        )


def _present(told: Explanation, language: str) -> Iterator[str]:
    english = language == ENGLISH
    if not told.on_clock:
        state = state_word(told.state, language)
        yield (
            f"The clock is not running: the task is {state}."
            if english
            else f"当前状态为“{state}”，不对责任人计时。"
        )
    colour = colour_word(told.colour, language)
    if told.colour == Colour.GREEN and any(row.struck for row in told.rows):
        yield "It is green." if english else "当前为绿色。"
    elif told.colour == Colour.GREEN:
        yield (
            "It is green: no rung has struck." if english else "当前为绿色：尚未达到任何预警条件。"
        )
    elif told.cause and told.caused_on:
        entry, on = entry_words(told.cause, language), day_words(told.caused_on, language)
        yield (
            f"It is {colour}: the night of {on} raised it, because '{entry}' had come."
            if english
            else f"当前为{colour}：{on}夜间检查时，“{entry}”已到，升为{colour}。"
        )
    else:
        yield (
            f"It is {colour} after the deadline changed."
            if english
            else f"当前为{colour}：时限变更后重新计算所得。"
        )


def _told(row: ToldRow, language: str) -> str:
    why, done = _why(row, language), _done(row, language)
    colour, on = colour_word(row.colour, language), day_words(row.issued_on, language)
    if language == ENGLISH:
        said = f"Notice {row.notice_number} ({colour}, {on}) told {row.name} ({why}); {done}"
        return said.rstrip(".") + "."
    said = f"预警单{row.notice_number}（{colour}，{on}）已告知{row.name}（{why}），{done}"
    return said.rstrip("。") + "。"


def _why(row: ToldRow, language: str) -> str:
    english = language == ENGLISH
    why = post_word(row.capacity, language)
    if row.stands_for:
        why += f", deputy of {row.stands_for}" if english else f"，代{row.stands_for}"
    if row.climbed_from:
        post = post_word(row.climbed_from, language)
        why += f", because no {post} could be reached" if english else f"，因{post}无法联系"
    return why


def _done(row: ToldRow, language: str) -> str:
    english = language == ENGLISH
    if row.duty == Duty.COPY:
        return duty_word(row.duty, language)
    if row.answered_at:
        at, who = f"{row.answered_at:%Y-%m-%d %H:%M}", _who(row, language)
        return (
            f"answered at {at}{who}: {row.words}" if english else f"{at} 已答复{who}：{row.words}"
        )
    if row.acknowledged_at:
        at = f"{row.acknowledged_at:%Y-%m-%d %H:%M}{_who(row, language)}"
        words = (": " if english else "：") + row.words if row.words else ""
        return f"acknowledged at {at}{words}" if english else f"{at} 已签收{words}"
    if not row.live:
        return "never acknowledged, and no longer owed" if english else "未签收，现已无需办理"
    by = row.acknowledge_by
    if by is None:
        return "nothing is owed" if english else "无需签收"
    return (
        f"not yet acknowledged (owed by {day_words(by, language)})"
        if english
        else f"尚未签收（应于{day_words(by)}（含）前签收）"
    )


def _who(row: ToldRow, language: str) -> str:
    """By whom, where it was another, and how sure that is."""
    english, said = language == ENGLISH, []
    if row.said_by and row.said_by != row.name:
        said.append(f"by {row.said_by} on behalf" if english else f"由{row.said_by}代办")
    if row.assurance:
        said.append(assurance_word(row.assurance, language))
    if not said:
        return ""
    return f" ({', '.join(said)})" if english else f"（{'，'.join(said)}）"


def _next(told: Explanation, language: str) -> Iterator[str]:
    english = language == ENGLISH
    row = told.next_row
    if row is None or row.strike_on is None:
        if told.on_clock:
            yield "Nothing further is due to strike." if english else "没有更高一级的预警在等待。"
        return
    colour, on = colour_word(row.colour, language), weekday_words(row.strike_on, language)
    entry = entry_words(row.entry, language)
    if row.strike_on <= told.on:
        yield (
            f"'{entry}' has come: the next night makes it {colour}."
            if english
            else f"“{entry}”已到：下一次夜间检查将升为{colour}。"
        )
        return
    yield (
        f"If nothing happens it turns {colour} on {on} ({entry})."
        if english
        else f"如无进展，将于{on}升为{colour}（{entry}）。"
    )
    if row.provisional:
        yield (
            "That date is provisional: the calendar of its year is not known yet."
            if english
            else "该日期为暂定：该年度的放假安排尚未录入。"
        )
