"""A task as it stood: its history, cut at the end of a business date or just before a move.

What came later is taken back: the first later row says what was there before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Any

from sqlalchemy import Integer, Select, bindparam, select
from sqlmodel import Session, col

from flows.moves import STAGE
from models import DeadlineChange, Notice, Task, Transition
from models.notice_machine import LIVE, NoticeState
from models.signoff import SIGNOFF, TaskState
from models.warning import WARNING, Colour

_OF_TASK: Sequence[Select[Any]] = [
    select(table)
    .where(col(table.task_id) == bindparam("task", type_=Integer()))
    .order_by(col(table.id))
    for table in (Notice, Transition, DeadlineChange)
]
REPORTED = ("answer", "reopen")  # what sets the date of the last report
Cut = Callable[[Transition | DeadlineChange], bool]


@dataclass(frozen=True)
class Standing:
    """`task` and `notices` are copies of the rows, with the values that they had then."""

    task: Task
    notices: Sequence[Notice]
    moves: Sequence[Transition]
    changes: Sequence[DeadlineChange]

    @property
    def live(self) -> Notice | None:
        return next((notice for notice in self.notices if notice.state in LIVE), None)

    @property
    def climb(self) -> Sequence[Transition]:
        """How it came to its colour: from the last relief on, or from its first warning."""
        moves = [move for move in self.moves if move.machine == WARNING.name]
        lowered = [n for n, move in enumerate(moves) if move.event != "escalate"]
        return moves[lowered[-1] if lowered else 0 :]


@dataclass(frozen=True)
class History:
    """What became of a task, in the order in which it was written."""

    task: Task
    notices: Sequence[Notice]
    moves: Sequence[Transition]
    changes: Sequence[DeadlineChange]

    @classmethod
    def load(cls, session: Session, task: Task) -> "History":
        notices, moves, changes = (session.scalars(of, {"task": task.id}).all() for of in _OF_TASK)
        return cls(task, notices, moves, changes)

    def at_end_of(self, on: date) -> Standing:
        return self._until(lambda row: row.on <= on)

    def before(self, move: Transition) -> Standing:
        return self._until(lambda row: row.at < move.at)

    def _until(self, cut: Cut) -> Standing:
        moves = list(takewhile(cut, self.moves))
        changes = list(takewhile(cut, self.changes))
        later = self.moves[len(moves) :]
        ids = {move.id for move in moves}
        notices = [_notice(n, later) for n in self.notices if n.transition_id in ids]
        task = _task(self.task, moves, later, changes, self.changes[len(changes) :])
        return Standing(task, notices, moves, changes)


def _notice(notice: Notice, later: Sequence[Transition]) -> Notice:
    moved = (move.source for move in later if move.notice_id == notice.id)
    return Notice(**notice.model_dump() | {"state": NoticeState(next(moved, notice.state))})


def _enters_a_stage(move: Transition) -> bool:
    return move.machine in (SIGNOFF.name, STAGE) and move.event != "reassign"


def _task(
    task: Task,
    moves: Sequence[Transition],
    later: Sequence[Transition],
    changes: Sequence[DeadlineChange],
    later_changes: Sequence[DeadlineChange],
) -> Task:
    recoloured = (move.source for move in later if move.machine == WARNING.name)
    left = (move.source for move in later if move.machine == SIGNOFF.name)
    staged = (move.source for move in later if move.machine == STAGE)
    # A ledger may be older than its import: the first deadline held since the task was opened.
    redated = (row.previous_due_on for row in later_changes if row.kind != "opened")
    due_on = next(redated, task.due_on)
    reopened = sum(move.event == "reopen" for move in later)
    had_one = due_on or any(row.due_on for row in changes)

    def newest(now: date, kind: Callable[[Transition], bool]) -> date:
        if not any(kind(move) for move in later):
            return now
        return max((move.on for move in moves if kind(move)), default=task.opened_on)

    return Task(
        **task.model_dump()
        | {
            "colour": Colour(next(recoloured, task.colour)),
            "state": TaskState(next(left, task.state)),
            "stage": next(staged, task.stage),
            "due_on": due_on,
            "original_due_on": task.original_due_on if had_one else None,
            "stage_on": newest(task.stage_on, _enters_a_stage),
            "reported_on": newest(task.reported_on, lambda move: move.event in REPORTED),
            "begun_on": newest(task.begun_on, lambda move: move.event == "reopen"),
            "cycle": task.cycle - reopened,
        }
    )
