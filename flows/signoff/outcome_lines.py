"""What is said of a move: the decision behind it, the deadline that it set, the colour that it
relieved. All of one act bear the same link of the history, and the same task."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
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
        known: dict[str, list[Any]] = {
            "links": list({move.link_id for move in moves}),
            "tasks": list({move.task_id for move in moves}),
            "requests": list({move.request_id for move in moves}),
        }
        tasks = {task.id: (task, unit) for task, unit in session.execute(_TASKS, known)}
        decisions = _by_act(session.scalars(_DECISIONS, known))
        people = {move.actor_id for move in moves}
        people |= {decision.official_id for decision in decisions.values()}
        people |= {task.handler_id for task, _ in tasks.values()}
        lowered = session.execute(_LOWERED, known)
        return cls(
            tasks=tasks,
            names=dict(session.execute(_NAMES, {"people": list(people)}).all()),
            requests={one.id: one for one in session.scalars(_REQUESTS, known)},
            decisions=decisions,
            changes=_by_act(session.scalars(_CHANGES, known)),
            relieved={(link, task): Colour(source) for link, task, source in lowered},
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


def _by_act(rows: Iterable[Any]) -> dict[Act, Any]:
    """The newest of each."""
    return {(row.link_id, row.task_id): row for row in rows}


# Built once: each mail asks them.
_LINKS: Any = bindparam("links", expanding=True)
_TASKS = (
    select(Task, col(Unit.name))
    .join(Unit, col(Unit.id) == col(Task.unit_id))
    .where(col(Task.id).in_(bindparam("tasks", expanding=True)))
)
_DECISIONS = select(Decision).where(col(Decision.link_id).in_(_LINKS)).order_by(col(Decision.id))
_CHANGES = (
    select(DeadlineChange)
    .where(col(DeadlineChange.link_id).in_(_LINKS))
    .order_by(col(DeadlineChange.id))
)
_LOWERED = select(col(Transition.link_id), col(Transition.task_id), col(Transition.source)).where(
    col(Transition.link_id).in_(_LINKS),
    col(Transition.machine) == WARNING.name,
    col(Transition.event).in_(("relieve", "lift")),
)
_REQUESTS = select(ChangeRequest).where(
    col(ChangeRequest.id).in_(bindparam("requests", expanding=True))
)
_NAMES = select(col(Official.id), col(Official.name)).where(
    col(Official.id).in_(bindparam("people", expanding=True))
)
