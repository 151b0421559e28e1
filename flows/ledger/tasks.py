"""Checked matters become tasks: new ones in bulk, known ones field by field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any

from sqlalchemy import Table, bindparam, delete, func, select
from sqlmodel import Session, col

from flows.deadline import change_deadline
from flows.history import link_id
from flows.ledger.differences import differences, said_of
from flows.ledger.lists import KnownLists
from flows.ledger.matters import Matter
from flows.ledger.roster import Roster
from flows.many_rows import add_rows
from flows.rulebook import current_policy
from flows.signoff.actor import IMPORT, Unattended
from flows.signoff.lists import change_own_policy, join, leave
from flows.signoff.reassigning import Responsible, hand_over_duties, rename
from flows.signoff.requests import show_anew
from flows.these import THESE, among
from models import ChangeRequest, DeadlineChange, Measure, Task
from models.request_machine import RequestState
from models.signoff import TaskState
from models.task import Track
from models.warning import Colour
from models.workdays import Calendar

REASON = IMPORT
RESPONSIBLE = {"unit_id", "handler_id", "supervising_leader_id"}
_TASKS: Table = Task.__table__  # type: ignore[attr-defined]  # SQLModel does not type its table
_MEASURES: Table = Measure.__table__  # type: ignore[attr-defined]  # the same
_OPENINGS: Table = DeadlineChange.__table__  # type: ignore[attr-defined]  # the same
_UNSAID = {
    "handler_id": None,
    "supervising_leader_id": None,
    "lead_unit_id": None,
    "supporting_units": "",
    "goal": "",
    "track": Track.DEADLINE,
    "lists": "",
    "restricted": False,
    "remarks": "",
}
_SAID = ("title", "procedure_id", "unit_id", "opened_on", "due_on", *_UNSAID)
_said = itemgetter(*_SAID)
_FOLLOWS = (  # from the number, the policy, and two dates
    *("number", "policy_id", "original_due_on", "begun_on", "stage_on", "reported_on"),
    *("stage", "stage_from_on"),
)


@dataclass(frozen=True)
class TaskWriter:
    """One import's way into the tables of tasks."""

    session: Session
    roster: Roster
    today: date
    now: datetime
    calendar: Calendar
    opening: str = REASON

    def open_all(self, matters: Sequence[Matter]) -> None:
        """Insert the new tasks, their measures, and the first entries of their deadline ledger."""
        if not matters:
            return
        policies = {m.procedure.policy_name for m in matters}
        newest = {name: current_policy(self.session, name) for name in policies}
        ids = self._insert(self._new_task(m, newest[m.procedure.policy_name]) for m in matters)
        self._write_measures((ids[m.row.number], m.row.measures or ()) for m in matters)
        self._write_openings((ids[m.row.number], m.due_on) for m in matters)
        self._join_all(matters, ids)

    def update(self, matter: Matter, task: Task, decided: str) -> dict[str, tuple[Any, Any]]:
        """Write what differs, but for the measures, and say it: field → (before, after).
        `decided`: how the deadline was decided that the file undoes."""
        changed = differences(matter, task, self.roster)
        if RESPONSIBLE & changed.keys():
            self._reassign(task, {name: changed[name][1] for name in RESPONSIBLE & changed.keys()})
        green = task.colour == Colour.GREEN
        # The table's checks compare fields with each other: they must change in one statement.
        with self.session.no_autoflush:
            self._set(task, changed, matter)
            if "due_on" in changed:
                task.original_due_on = task.original_due_on or matter.due_on
                change_deadline(
                    self.session,
                    task,
                    matter.due_on,
                    kind="imported",
                    reason=f"{REASON}（改变了此前的“{decided}”）" if decided else REASON,
                    on=self.today,
                    now=self.now,
                    calendar=self.calendar,
                )
        # Once it has been warned, a task keeps the ladder that its notices come from.
        if "procedure_id" in changed and green:
            self._change_policy(task, matter.procedure.policy_name)
        if "lists" in changed:
            self._change_lists(task, *changed["lists"])
        return changed

    def show_requests_anew(self, tasks: Sequence[Task]) -> None:
        """Whoever decides on what a handler asked for is shown the task as it is now."""
        waiting = set(self.session.scalars(_WAITING, {"these": [task.id for task in tasks]}))
        for task in tasks:
            if task.id in waiting:
                show_anew(self.session, task, on=self.today, calendar=self.calendar)

    def replace_measures(self, texts: dict[int, tuple[str, ...]]) -> None:
        """Task id → its measures from now on."""
        self.session.execute(_NO_MEASURES, {"these": list(texts)})
        self._write_measures(texts.items())

    def _insert(self, rows: Iterable[Sequence[Any]]) -> dict[str, int]:
        """Number → id."""
        last = self.session.scalar(_LAST) or 0
        alike = {"state": TaskState.ASSIGNED, "colour": Colour.GREEN, "created_at": self.now}
        add_rows(self.session, _TASKS, (*_SAID, *_FOLLOWS), rows, alike)
        return dict(self.session.execute(_SINCE, {"last": last}).all())

    def _new_task(self, matter: Matter, policy: Any) -> tuple[Any, ...]:
        opened_on = matter.opened_on
        from_on = opened_on if matter.stage else None
        follows = (
            *(matter.row.number, policy.id, matter.due_on, opened_on, opened_on, opened_on),
            *(matter.stage, from_on),
        )
        return (*_said(_UNSAID | said_of(matter, self.roster)), *follows)

    def _write_openings(self, tasks: Iterable[tuple[int, date | None]]) -> None:
        alike = {
            "kind": "opened",
            "reason": self.opening,
            "on": self.today,
            "at": self.now,
            "link_id": link_id(self.session),
        }
        add_rows(self.session, _OPENINGS, ("task_id", "due_on"), tasks, alike)

    def _set(self, task: Task, changed: dict[str, tuple[Any, Any]], matter: Matter) -> None:
        if "opened_on" in changed:
            self._reopen_on(task, matter.opened_on)
        for name, (_, value) in changed.items():
            if name not in RESPONSIBLE | {"measures", "due_on"}:
                setattr(task, name, value)

    def _reassign(self, task: Task, said: dict[str, Any]) -> None:
        """As the office would, but for a leader alone, who is no party to a reassignment."""
        was = Responsible.of(task)
        to = replace(was, **said)
        actor = Unattended(IMPORT, self.today, self.now)
        if (to.unit_id, to.handler_id) != (was.unit_id, was.handler_id):
            rename(self.session, task, to, actor, reason=REASON)
        else:
            task.supervising_leader_id = to.supervising_leader_id
            self.session.flush()
        hand_over_duties(self.session, task, was, actor, calendar=self.calendar)

    def _change_policy(self, task: Task, name: str) -> None:
        if policy := current_policy(self.session, name):
            change_own_policy(self.session, task, policy, self.calendar)

    def _join_all(self, matters: Sequence[Matter], ids: dict[str, int]) -> None:
        """The new tasks that are named on a list."""
        for matter in matters:
            if matter.row.lists and self._lists.named(matter.row.lists):
                task = self.session.get_one(Task, ids[matter.row.number])
                self._change_lists(task, "", matter.row.lists)

    def _change_lists(self, task: Task, before: str, after: str) -> None:
        """Lists of which the ledger says nothing, then and now, are left to the office."""
        was, is_on = self._lists.named(before), self._lists.named(after)
        present = self._lists.present(self.session, task)
        actor = Unattended(IMPORT, self.today, self.now)
        said: dict[str, Any] = {"reason": REASON, "calendar": self.calendar}
        for key, one in is_on.items():
            if key not in present:
                join(self.session, task, one, actor, leader_id=None, **said)
        for key, one in was.items():
            if key in present and key not in is_on:
                leave(self.session, task, one, actor, **said)

    @cached_property
    def _lists(self) -> KnownLists:
        return KnownLists.load(self.session)

    def _reopen_on(self, task: Task, opened_on: date) -> None:
        """Dates that still stood at the old opening move with it; a cycle that began later stays
        where it is."""
        if task.cycle == 1:
            task.begun_on = opened_on
        if task.reported_on == task.opened_on:
            task.reported_on = opened_on
        if task.state is TaskState.ASSIGNED and task.stage_on == task.opened_on:
            task.stage_on = opened_on

    def _write_measures(self, texts: Iterable[tuple[int, Sequence[str]]]) -> None:
        rows = (
            (task_id, position, text)
            for task_id, measures in texts
            for position, text in enumerate(measures, 1)
        )
        add_rows(self.session, _MEASURES, ("task_id", "position", "text"), rows, {})


_WAITING = select(col(ChangeRequest.task_id)).where(
    among(col(ChangeRequest.task_id), THESE), col(ChangeRequest.state) == RequestState.ASKED
)
_NO_MEASURES = (
    delete(Measure)
    .where(among(col(Measure.task_id), THESE))
    .execution_options(synchronize_session="fetch")  # by itself it does not look at what is bound
)
_LAST = select(func.max(_TASKS.c.id))
_SINCE = select(_TASKS.c.number, _TASKS.c.id).where(_TASKS.c.id > bindparam("last"))
