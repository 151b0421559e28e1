"""Why a task has its colour, in sentences: the counting that `sise explain` and the task's page
print. The facts come from flows.explain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from models.ladder import Entry
from models.signoff import TaskState
from models.span import Span
from models.warning import Colour
from notifications.asked_to_decide import AskedRow, comes_next, nobody_asked
from notifications.deadline_words import deadline_sentence, weekday_words
from notifications.told import ToldRow
from notifications.wording import ENGLISH, colour_word, day_words, state_word, word

_CLOCKS = {
    "due": ("截止日", "the deadline"),
    "opened": ("交办日", "the day of assignment"),
    "stage": ("进入当前环节之日", "entering the present stage"),
    "reported": ("最近一次报告进展之日", "the last progress report"),
    "unacknowledged": ("{}预警单签收期限", "the {} notice's day of acknowledgement"),
    "unanswered": ("{}预警单答复期限", "the {} notice's day of answer"),
}
APPROVED = ("extension", "suspension", "review", "end_long_term")
_UNITS = {"d": ("天", "day"), "wd": ("个工作日", "working day"), "mo": ("个月", "month")}


@dataclass(frozen=True)
class ExplainRow:
    """One entry of the ladder. `anchor` None: it hangs on nothing yet, so it cannot strike.
    Of an entry that raised the task (`raised_on`) they are what the night counted with."""

    colour: Colour
    label: str
    entry: Entry
    anchor: date | None
    strike_on: date | None
    struck: bool
    raised_on: date | None
    provisional: bool  # its date lies beyond the known calendar

    def clock(self, language: str) -> str:
        return entry_words(self.entry, language)


@dataclass(frozen=True)
class DueChange:
    """One row of the ledger of dates. `by`: whoever approved it."""

    on: date
    kind: str
    previous_due_on: date | None
    due_on: date | None
    reason: str
    legal_basis: str
    by: str

    def sentence(self, language: str) -> str:
        old = day_words(self.previous_due_on, language) if self.previous_due_on else "—"
        new = day_words(self.due_on, language) if self.due_on else "—"
        on, reason = day_words(self.on, language), self.reason.rstrip(".。")
        how = self._how(language)
        if language == ENGLISH:
            return f"On {on} the deadline moved from {old} to {new} ({how}): {reason}."
        return f"{on}，时限由{old}改为{new}（{how}），理由：{reason}。"

    def _how(self, language: str) -> str:
        said = [word(f"change.{self.kind}", language)]
        if self.legal_basis:
            english = f"on the basis of {self.legal_basis}"
            said.append(english if language == ENGLISH else f"依据：{self.legal_basis}")
        if self.by and self.kind in APPROVED:
            english = f"approved by {self.by}"
            said.append(english if language == ENGLISH else f"批准人：{self.by}")
        return (", " if language == ENGLISH else "，").join(said)


@dataclass(frozen=True)
class ClimbStep:
    """One move of the colour. `entry`: the clock that struck; None when it was no escalation."""

    on: date
    event: str
    colour: Colour
    entry: Entry | None
    passed: Sequence[Colour]
    suspended: bool = False  # it came down because its clock was stopped
    left_list: bool = False  # it came down because the stricter rules of a list ended


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
    cycle: int
    begun_on: date  # the present cycle
    rows: Sequence[ExplainRow]
    changes: Sequence[DueChange]
    climb: Sequence[ClimbStep]  # from the last relief on; the last one made the present colour
    told: Sequence[ToldRow]
    asked: Sequence[AskedRow]  # to decide, and had not yet
    next_row: ExplainRow | None
    paused: Sequence[tuple[date, date]] = ()  # when its clock stood still; both ends included

    @property
    def raised(self) -> ClimbStep | None:
        """The escalation that made the present colour; None when it was lowered to it."""
        return self.climb[-1] if self.climb and self.climb[-1].entry else None

    def sentences(self, language: str) -> list[str]:
        return [
            *_cycle(self, language),
            *_deadline(self, language),
            *_present(self, language),
            *(row.sentence(language) for row in self.told),
            *_asked(self, language),
            *_next(self, language),
        ]

    def colour_sentences(self, language: str) -> list[str]:
        """Without whoever was told or asked, and without how the deadline moved."""
        alone = replace(self, changes=())
        parts = (_cycle, _deadline, _present, _next)
        return [said for part in parts for said in part(alone, language)]


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


def _cycle(told: Explanation, language: str) -> Iterator[str]:
    """Of a matter that is not what it was opened as. What an entry counts from its assignment
    counts from here."""
    if told.cycle == 1:
        return
    counts = any(row.entry.clock == "opened" for row in told.rows)
    if language == ENGLISH:
        from_here = "; what counts from its assignment counts from then" if counts else ""
        on = day_words(told.begun_on, ENGLISH)
        yield f"It was reopened on {on} (cycle {told.cycle}){from_here}."
        return
    from_here = "，按交办日起算的改从该日起算" if counts else ""
    yield f"{day_words(told.begun_on)}重新启动整改（第 {told.cycle} 轮）{from_here}。"


def _deadline(told: Explanation, language: str) -> Iterator[str]:
    english = language == ENGLISH
    if told.due_on is None:
        yield (
            "It has no deadline: it is long-term." if english else "没有整改时限：属长期坚持事项。"
        )
        return
    yield from (change.sentence(language) for change in told.changes[1:])
    review = told.state == TaskState.LONG_TERM
    if sentence := deadline_sentence(told.due_on, told.rolled_on, language, review=review):
        yield sentence


def _present(told: Explanation, language: str) -> Iterator[str]:
    english = language == ENGLISH
    if not told.on_clock:
        state = state_word(told.state, language)
        yield (
            f"The clock is not running: the task is {state}."
            if english
            else f"当前状态为“{state}”，不对责任人计时。"
        )
    yield from (_earlier(step, language) for step in told.climb[:-1])
    colour = colour_word(told.colour, language)
    if told.colour == Colour.GREEN and any(row.struck for row in told.rows):
        yield "It is green." if english else "当前为绿色。"
    elif told.colour == Colour.GREEN:
        yield (
            "It is green: no rung has struck." if english else "当前为绿色：尚未达到任何预警条件。"
        )
    elif step := told.raised:
        yield (
            f"It is {colour}: {raised_words(step, language)}."
            if english
            else f"当前为{colour}：{raised_words(step, language)}。"
        )
    elif told.climb and told.climb[-1].left_list:
        yield (
            f"It is {colour} after it left a list with stricter rules."
            if english
            else f"当前为{colour}：移出清单后重新计算所得。"
        )
    else:
        yield (
            f"It is {colour} after the deadline changed."
            if english
            else f"当前为{colour}：时限变更后重新计算所得。"
        )


def _earlier(step: ClimbStep, language: str) -> str:
    english, on = language == ENGLISH, day_words(step.on, language)
    colour = colour_word(step.colour, language)
    if step.entry:
        said = raised_words(step, language)
        return f"It became {colour}: {said}." if english else f"曾为{colour}：{said}。"
    if step.suspended:
        return (
            f"On {on} it was suspended, and came down to {colour}."
            if english
            else f"{on}中止，降为{colour}。"
        )
    if step.left_list:
        return (
            f"On {on} it left a list with stricter rules, and came down to {colour}."
            if english
            else f"{on}移出清单，降为{colour}。"
        )
    if step.event == "relieve":
        return (
            f"On {on} a new deadline brought it down to {colour}."
            if english
            else f"{on}时限变更，降为{colour}。"
        )
    return f"On {on} the warning was lifted." if english else f"{on}解除预警。"


def raised_words(step: ClimbStep, language: str) -> str:
    """Which night raised it, and why: a clause, without its full stop."""
    english, on = language == ENGLISH, day_words(step.on, language)
    entry = entry_words(step.entry, language) if step.entry else ""
    colour = colour_word(step.colour, language)
    passed = (" and " if english else "、").join(colour_word(c, language) for c in step.passed)
    if english:
        over = f" over {passed}" if passed else ""
        return f"the night of {on} raised it{over}, because '{entry}' had come"
    over = f"（越过{passed}）" if passed else ""
    return f"{on}夜间检查时，“{entry}”已到，升为{colour}{over}"


def _asked(told: Explanation, language: str) -> Iterator[str]:
    if told.state == TaskState.UNDER_REVIEW and not told.asked:
        yield nobody_asked(language)
    yield from (row.sentence(language) for row in told.asked)
    yield from comes_next(told.asked, told.on, language)


def _next(told: Explanation, language: str) -> Iterator[str]:
    english = language == ENGLISH
    row = told.next_row
    if row is None or row.strike_on is None:
        if told.on_clock:
            yield "Nothing further is due to strike." if english else "没有待触发的更高一级预警。"
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
