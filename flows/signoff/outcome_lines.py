"""What is said of a move: the decision behind it, the deadline that it set, the colour that it
relieved. All of one act bear the same link of the history, and the same task."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from flows.signoff.asked import gist
from models import ChangeRequest, DeadlineChange, Decision, Official, Task, Transition, Unit
from models.decision import Verdict
from models.warning import WARNING, Colour
from notifications.outcome import Outcome, Part

WORDS = (1000, 40)  # letters and lines; the page has all of them
Act = tuple[str, int]  # link and task
LOOKED_BACK = (Verdict.RECURRED, Verdict.SHAM, Verdict.FALLS_SHORT)


@dataclass(frozen=True)
class Facts:
    """Of many moves, read at once."""

    tasks: dict[int, tuple[Task, str]]  # with the name of the unit
    names: dict[int | None, str]
    requests: dict[int | None, ChangeRequest]
    decisions: dict[Act, Decision]
    changes: dict[Act, DeadlineChange]
    relieved: dict[Act, Colour]

    @classmethod
    def load(cls, session: Session, moves: Sequence[Transition]) -> "Facts":
        links = {move.link_id for move in moves}
        rows = session.execute(
            select(Task, col(Unit.name))
            .join(Unit, col(Unit.id) == col(Task.unit_id))
            .where(col(Task.id).in_({move.task_id for move in moves}))
        )
        tasks = {task.id: (task, unit) for task, unit in rows}
        decisions = _by_act(session, Decision, links)
        people = {move.actor_id for move in moves}
        people |= {decision.official_id for decision in decisions.values()}
        people |= {task.handler_id for task, _ in tasks.values()}
        lowered = select(Transition).where(
            col(Transition.link_id).in_(links),
            col(Transition.machine) == WARNING.name,
            col(Transition.event).in_(("relieve", "lift")),
        )
        requests = {move.request_id for move in moves}
        return cls(
            tasks=tasks,
            names=_names(session, people),
            requests={
                one.id: one
                for one in session.scalars(
                    select(ChangeRequest).where(col(ChangeRequest.id).in_(requests))
                )
            },
            decisions=decisions,
            changes=_by_act(session, DeadlineChange, links),
            relieved={
                (move.link_id, move.task_id): Colour(move.source)
                for move in session.scalars(lowered)
            },
        )

    def line(self, move: Transition, part: Part) -> Outcome:
        act = move.link_id, move.task_id
        task, unit = self.tasks[move.task_id]
        decision, change = self.decisions.get(act), self.changes.get(act)
        request, hidden = self.requests.get(move.request_id), task.restricted
        silent = hidden or part is Part.NOT_ASKED
        by = decision.official_id if decision else move.actor_id
        return Outcome(
            number=task.number,
            title="" if hidden else task.title,
            unit="" if hidden else unit,
            restricted=hidden,
            colour=task.colour,
            event=move.event,
            part=part,
            on=move.on,
            by="" if hidden else self.names.get(by, ""),
            reason="" if silent else gist(decision.reason if decision else move.reason, *WORDS),
            requirement="" if silent or not decision else gist(decision.requirement, *WORDS),
            request=request.kind if request else None,
            until_on=request.until_on if request else None,
            verdict=decision.verdict if decision and decision.verdict in LOOKED_BACK else None,
            handler="" if hidden else self.names.get(task.handler_id, ""),
            due_on=task.due_on,
            moved_from=change.previous_due_on if change else None,
            original_due_on=task.original_due_on,
            relieved_from=self.relieved.get(act),
        )


def _by_act(session: Session, table: type[Any], links: Iterable[str]) -> dict[Act, Any]:
    """The newest of each."""
    rows = session.scalars(select(table).where(table.link_id.in_(links)).order_by(table.id))
    return {(row.link_id, row.task_id): row for row in rows}


def _names(session: Session, people: Iterable[int | None]) -> dict[int | None, str]:
    rows = session.execute(
        select(col(Official.id), col(Official.name)).where(col(Official.id).in_(people))
    )
    return dict(rows.all())
