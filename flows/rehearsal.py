"""What another policy would have done: the history is gone through again, night by night.

Deadlines, stages, reports and answers are taken as they were: who answered on a day is held to have
answered whatever notice was out that day. Nothing is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session, col, select

from flows.deadline import date_anchors
from flows.escalation import anchors_of
from flows.notices import NoticeAhead, notice_ahead
from flows.standing import History
from models import Policy, Task
from models.ladder import Ladder
from models.notice_machine import NOTICE, NoticeState
from models.signoff import ON_CLOCK
from models.strike import highest, strikes
from models.warning import WARNING, Colour
from models.workdays import DAY, Calendar

HEARD = {"acknowledge": NoticeState.ACKNOWLEDGED, "answer": NoticeState.ANSWERED}


@dataclass(frozen=True, slots=True)
class Raised:
    """One escalation, with the entry of the ladder that caused it."""

    on: date
    colour: Colour
    cause: str


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What one task was raised to in these days, and what it would have been."""

    number: str
    was: tuple[Raised, ...]
    would: tuple[Raised, ...]

    @property
    def differs(self) -> bool:
        return [(r.on, r.colour) for r in self.was] != [(r.on, r.colour) for r in self.would]


def concerned(session: Session, ladder: Ladder) -> Sequence[int]:
    """The tasks on any version of a policy of this name; if there are none, all tasks."""
    policies = select(Policy.id).where(Policy.name == ladder.name)
    of_it = session.exec(select(Task.id).where(col(Task.policy_id).in_(policies))).all()
    return of_it or session.exec(select(Task.id)).all()


def rehearse(
    session: Session,
    tasks: Sequence[int],
    ladder: Ladder,
    first: date,
    last: date,
    calendar: Calendar,
) -> Iterator[Rehearsed]:
    """As if the policy had held since each task was opened; told are these days, both included."""
    for task_id in tasks:
        history = History.load(session, session.get_one(Task, task_id))
        would = _Again(history, ladder, calendar).play(last)
        yield Rehearsed(
            history.task.number,
            tuple(one for one in _was(history) if first <= one.on <= last),
            tuple(one for one in would if first <= one.on),
        )
        session.expunge_all()


def _was(history: History) -> Iterator[Raised]:
    for move in history.moves:
        if move.event == "escalate":
            yield Raised(move.on, Colour(move.target), move.cause)


@dataclass
class _Again:
    """One task's life, under another ladder. Nothing of it is the database's."""

    history: History
    ladder: Ladder
    calendar: Calendar
    colour: Colour = Colour.GREEN
    notice: NoticeAhead | None = None
    raised: list[Raised] = field(default_factory=list)

    def play(self, last: date) -> list[Raised]:
        """Each stretch in which nothing changed but the date, up to this date."""
        moved = {move.on for move in self.history.moves}
        changed = sorted(moved | {change.on for change in self.history.changes})
        starts = [self.history.task.opened_on, *(on + DAY for on in changed)]
        ends = [*changed, last]
        for start, end in zip(starts, ends, strict=True):
            self._stretch(start, min(end, last))
            if end <= last:
                self._day(end)
        return self.raised

    def _stretch(self, start: date, end: date) -> None:
        """The nights from `start` to `end`, before what people did on that last day."""
        task = self.history.at_end_of(start - DAY).task
        while task.state in ON_CLOCK and (rung := self._next(task, start, end)):
            self._raise(rung)

    def _next(self, task: Task, start: date, end: date) -> Raised | None:
        """The first night that raises it."""
        found = strikes(self.ladder, anchors_of(task, self.notice), self.calendar)
        higher = [s for s in found if s.rung.colour.rank > self.colour.rank and s.on <= end]
        if not higher:
            return None
        on = max(start, min(one.on for one in higher))
        struck = highest(higher, on)
        assert struck is not None
        return Raised(on, struck.rung.colour, str(struck.entry))

    def _raise(self, to: Raised) -> None:
        self.colour = to.colour
        self.notice = notice_ahead(self.ladder.at(to.colour), to.on, self.calendar)
        self.raised.append(to)

    def _day(self, on: date) -> None:
        """What people did, after the night of that day."""
        for move in self.history.moves:
            if move.on == on and move.machine == NOTICE.name and move.event in HEARD:
                self._heard(HEARD[move.event])
            if move.on == on and move.machine == WARNING.name and move.event == "lift":
                self._lower(Colour.GREEN)
        if any(row.on == on and row.kind != "opened" for row in self.history.changes):
            anchors = date_anchors(self.history.at_end_of(on).task)
            struck = highest(strikes(self.ladder, anchors, self.calendar), on)
            self._lower(struck.rung.colour if struck else Colour.GREEN)

    def _heard(self, state: NoticeState) -> None:
        if self.notice is not None and self.notice.state != NoticeState.ANSWERED:
            self.notice.state = state

    def _lower(self, colour: Colour) -> None:
        if colour.rank < self.colour.rank:
            self.colour, self.notice = colour, None
