"""通报: what a form says, filled from tasks, records and approved figures."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, select

from flows.papers.progress_matters import matters_of
from flows.papers.progress_warnings import warned_of
from flows.records.counting import Count, count
from flows.records.entries import entries, families
from flows.records.figures import approved
from flows.records.registers import registered
from models import DeadlineChange, Figure, Measure, Task, Transition
from models.refusal import Refusal
from models.report_form import IN_YUAN, ON, PLACE, Counted, FormFile, Item
from models.signoff import SIGNOFF, TaskState
from notifications.papers.progress import ItemTold, ProgressFacts, SectionTold, Shown, Told
from notifications.wording import day_words

DECIMALS = 2  # of what is printed in 万元


class NothingToTell(Refusal):
    """None of the form's tasks is here."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"台账中没有“{title}”格式所列的任何事项；没有写入",
            f"none of the tasks of the form '{title}' is in the ledger; nothing was written",
        )


@dataclass
class _Filling:
    """The figures by id, which of them were used, and what was asked for in vain."""

    figures: Mapping[str, Shown]
    on: date
    used: dict[str, Shown] = field(default_factory=dict)
    missing: dict[str, None] = field(default_factory=dict)

    def told(self, words: str) -> list[Told]:
        """Nothing if a figure of it is missing."""
        asked = [one for one in PLACE.findall(words) if one != ON]
        lacking = [one for one in asked if one not in self.figures]
        self.missing |= dict.fromkeys(lacking)
        if lacking:
            return []
        self.used |= {one: self.figures[one] for one in asked}
        parts = enumerate(PLACE.split(words))
        return [self._part(one, placed=n % 2 == 1) for n, one in parts if one]

    def _part(self, one: str, *, placed: bool) -> Told:
        if not placed:
            return Told(words=one)
        if one == ON:
            return Told(words=day_words(self.on))
        return Told(words=self.figures[one].shown, figure=one)


def begins(session: Session, form: FormFile) -> date:
    """The day on which the first of its tasks was opened. Raises NothingToTell."""
    opened = [task.opened_on for task in _tasks(session, form).values()]
    if not opened:
        raise NothingToTell(form.title)
    return min(opened)


def progress_facts(session: Session, form: FormFile, first: date, last: date) -> ProgressFacts:
    """As of the last of these days. Nothing restricted is in it but what the form counts."""
    filling = _Filling(_figures(session, form, first, last), last)
    tasks = _tasks(session, form)
    measures = _measures(session, tasks)
    then = _Then(session, last, [task.id for task in tasks.values()])
    told = [
        SectionTold(
            title=section.title,
            items=[
                _item(one, tasks[one.task], measures[tasks[one.task].id], filling, then)
                for one in section.item
                if one.task in tasks
            ],
        )
        for section in form.section
    ]
    opening = [said for words in form.opening if (said := filling.told(words))]
    closing = [said for words in form.closing if (said := filling.told(words))]
    absent = [one.task for s in form.section for one in s.item if one.task not in tasks]
    order = [one for one in _places(form) if one in filling.used]
    return ProgressFacts(
        title=form.title,
        issuer=form.issuer,
        opening=opening,
        sections=told,
        closing=closing,
        figures=[filling.used[one] for one in dict.fromkeys(order)],
        missing=[*filling.missing, *absent],
    )


def _places(form: FormFile) -> Iterator[str]:
    """Where figures stand, in the order in which they are read."""
    for words in form.opening:
        yield from PLACE.findall(words)
    for section in form.section:
        for item in section.item:
            for said in item.say:
                yield from PLACE.findall(said.words)
    for words in form.closing:
        yield from PLACE.findall(words)


def _tasks(session: Session, form: FormFile) -> dict[str, Task]:
    """Those that are here and may be told of."""
    wanted = {one.task for section in form.section for one in section.item}
    open_to_all = select(Task).where(col(Task.restricted).is_(False))
    return {
        task.number: task for task in session.exec(open_to_all.where(col(Task.number).in_(wanted)))
    }


def _measures(session: Session, tasks: Mapping[str, Task]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    keys = [task.id for task in tasks.values()]
    mine = select(Measure).where(col(Measure.task_id).in_(keys))
    for one in session.exec(mine.order_by(col(Measure.task_id), col(Measure.position))):
        found[one.task_id].append(one.text)
    return found


def _item(
    item: Item, task: Task, measures: Sequence[str], filling: _Filling, then: "_Then"
) -> ItemTold:
    """Its measures in their order, each of them as the form says it if it does; then the rest."""
    instead = {said.measure: filling.told(said.words) for said in item.say if said.measure}
    own = [instead.get(n, [Told(words=words)]) for n, words in enumerate(measures, 1)]
    after = [filling.told(said.words) for said in item.say if not said.measure]
    clauses = [said for said in (*own, *after) if said]
    return ItemTold(
        number=task.number,
        title=task.title,
        told=[
            [*said, Told(words="；" if n < len(clauses) else "。")]
            for n, said in enumerate(clauses, 1)
        ],
        state=then.states.get(task.id, TaskState(SIGNOFF.initial)),
        due_on=then.due.get(task.id),
    )


class _Then:
    """State and deadline of these tasks (ids) at the end of a day."""

    def __init__(self, session: Session, on: date, tasks: Sequence[int]) -> None:
        moves = session.exec(
            select(Transition.task_id, Transition.target)
            .where(
                Transition.machine == SIGNOFF.name,
                col(Transition.on) <= on,
                col(Transition.task_id).in_(tasks),
            )
            .order_by(col(Transition.id))
        )
        self.states = {task: TaskState(state) for task, state in moves}
        dates = session.exec(
            select(DeadlineChange)
            .where(col(DeadlineChange.on) <= on, col(DeadlineChange.task_id).in_(tasks))
            .order_by(col(DeadlineChange.id))
        )
        self.due = {one.task_id: one.due_on for one in dates}


def _figures(session: Session, form: FormFile, first: date, last: date) -> dict[str, Shown]:
    """What is counted, and beside it what was reported and approved."""
    found = [*entries(session, first, last), *registered(session, first, last)]
    kinds = families(session)
    shown = {
        figure.code: _reported(figure, approval.approved_by)
        for figure, approval in approved(session, last).values()
    }
    for asked in form.figure:
        counted = (
            warned_of(session, asked, first, last)
            or matters_of(session, asked, first, last)
            or count(asked, found, kinds)
        )
        shown[asked.id] = _counted(asked, counted, last)
    return shown


def _reported(figure: Figure, approved_by: str) -> Shown:
    return Shown(
        id=figure.code,
        name=figure.name,
        shown=figure.value,
        unit=figure.unit,
        basis="reported",
        as_of=figure.as_of,
        period=figure.period,
        source=figure.source,
        reported_by=figure.reported_by,
        approved_by=approved_by,
        records=(f"figure/{figure.id}",),
    )


def _counted(asked: Counted, counted: Count, last: date) -> Shown:
    money = asked.count == "money"
    shown, exact = in_yuan(counted.value, asked.unit) if money else (str(counted.value), "")
    return Shown(
        id=asked.id,
        name=asked.name,
        shown=shown,
        unit=asked.unit,
        basis="counted",
        as_of=last,
        records=counted.keys,
        exact=exact,
        balancing=_yuan(counted.balancing) if counted.balancing else "",
    )


def in_yuan(fen: int, unit: str) -> tuple[str, str]:
    """As it is printed, rounded half up, without zeros at the end; and the exact sum in yuan, if
    that is another."""
    scale = IN_YUAN[unit]
    hundredths = (2 * fen * 10**DECIMALS + scale) // (2 * scale)
    whole, rest = divmod(hundredths, 10**DECIMALS)
    shown = f"{whole}.{rest:0{DECIMALS}}".rstrip("0").rstrip(".")
    rounded = hundredths * scale != fen * 10**DECIMALS
    return shown, _yuan(fen) if rounded else ""


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02}"
