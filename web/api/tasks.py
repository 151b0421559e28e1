"""Tasks, read by a program."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from flows.database import reading
from flows.explain import explain
from flows.find_task import NoSuchTask, find_task
from flows.task_list import TaskRow, task_rows
from flows.working_days import load_calendar
from models import Measure, Task, Transition
from models.api_client import ApiClient, Scope
from models.signoff import TaskState
from models.warning import WARNING, Colour
from web.api.clients import Here, Reader
from web.api.words import AColour, AState
from web.api.wrong import NOT_THERE, NotThere
from web.desk import Desk

router = APIRouter(tags=["tasks"])

PAGE = 500


class TaskFacts(BaseModel):
    """As `sise tasks --json` prints it. Of a restricted task the words and names are null."""

    number: str = Field(examples=["甲-1"])
    title: str | None = Field(examples=["校车监管不到位"])
    procedure: str | None = Field(examples=["rectification"])
    unit: str | None = Field(examples=["区教育局"])
    handler: str | None = Field(examples=["李伟"])
    due_on: date | None
    original_due_on: date | None
    colour: Colour
    state: TaskState | None
    level: int | None
    notice: str | None = Field(examples=["定督〔2022〕3号"])
    restricted: bool


class Tasks(BaseModel):
    """`next` is the page that comes after this one; null on the last."""

    tasks: list[TaskFacts]
    next: int | None


class Move(BaseModel):
    """One row of the task's history."""

    machine: str
    event: str
    source: str
    target: str
    on: date
    at: datetime
    reason: str | None
    said_by: str | None


class WholeTask(TaskFacts):
    """And what it is to come to, with its history; `why` tells in sentences of its colour."""

    opened_on: date
    track: str | None
    cycle: int
    goal: str | None
    measures: list[str]
    history: list[Move]
    why: list[str]


@router.get("/tasks")
def list_tasks(
    here: Here,
    client: Reader,
    colour: AColour | None = None,
    unit: Annotated[str | None, Query(description="By its whole name.", max_length=200)] = None,
    state: AState | None = None,
    overdue: bool = False,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Tasks:
    """The worst colour first, then by deadline; 500 to a page. Asked for a unit or a state,
    restricted tasks are left out, because theirs are."""
    with reading(here.office.engine) as session:
        rows = task_rows(
            session,
            here.today(here.now()),
            colour=colour,
            unit=unit.replace("\x00", "") if unit else unit,
            state=state,
            overdue=overdue,
            restricted=False if (unit or state) and not client.may(Scope.RESTRICTED) else None,
            first=(page - 1) * PAGE,
            most=PAGE + 1,
        )
        closed_off = _restricted(session, [row.number for row in rows])
    shown = [_facts(client, row, row.number in closed_off) for row in rows[:PAGE]]
    return Tasks(tasks=[TaskFacts(**one) for one in shown], next=page + 1 if rows[PAGE:] else None)


@router.get("/tasks/{number:path}", responses=NOT_THERE)
def one_task(here: Here, client: Reader, number: str) -> WholeTask:
    """One task with its history. 404 if no task has this number."""
    with reading(here.office.engine) as session:
        task = _found(session, number)
        (row,) = task_rows(session, here.today(here.now()), number=number)
        facts = _facts(client, row, task.restricted)
        hidden = facts["title"] is None
        return WholeTask(
            **facts,
            opened_on=task.opened_on,
            track=None if hidden else task.track,
            cycle=task.cycle,
            goal=None if hidden else task.goal,
            measures=[] if hidden else _measures(session, task),
            history=[_move(move, hidden) for move in _history(session, task, hidden)],
            why=[] if hidden else _why(here, session, number),
        )


def _found(session: Session, number: str) -> Task:
    """A program has no use for what a person is told to type."""
    try:
        if "\x00" not in number:  # PostgreSQL refuses to look for it
            return find_task(session, number)
    except NoSuchTask:
        pass
    raise NotThere(f"没有编号为“{number[:200]}”的事项", f"no task has the number '{number[:200]}'")


def _restricted(session: Session, numbers: list[str]) -> set[str]:
    found = select(Task.number).where(col(Task.number).in_(numbers), Task.restricted)
    return set(session.exec(found))


def _facts(client: ApiClient, row: TaskRow, restricted: bool) -> dict[str, Any]:
    facts = asdict(row) | {"restricted": restricted}
    if restricted and not client.may(Scope.RESTRICTED):
        facts |= dict.fromkeys(("title", "procedure", "unit", "handler", "state", "level"))
    return facts


def _measures(session: Session, task: Task) -> list[str]:
    found = select(Measure.text).where(Measure.task_id == task.id).order_by(col(Measure.position))
    return list(session.exec(found))


def _history(session: Session, task: Task, hidden: bool) -> list[Transition]:
    """Of a restricted matter its colours, and nothing of who works on it how far."""
    found = select(Transition).where(Transition.task_id == task.id).order_by(col(Transition.id))
    if hidden:
        found = found.where(Transition.machine == WARNING.name)
    return list(session.exec(found))


def _move(move: Transition, hidden: bool) -> Move:
    return Move(
        machine=move.machine,
        event=move.event,
        source=move.source,
        target=move.target,
        on=move.on,
        at=move.at,
        reason=None if hidden else move.reason,
        said_by=None if hidden else move.said_by,
    )


def _why(here: Desk, session: Session, number: str) -> list[str]:
    found = explain(
        session,
        number,
        on=here.today(here.now()),
        calendar=load_calendar(session),
        timezone=here.office.timezone,
    )
    return found.sentences(here.office.language)
