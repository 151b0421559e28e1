"""Milestones of a long-term matter: what is to be reached by when."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer
from sqlmodel import col, select

from flows.database import reading, transaction
from flows.find_task import find_task
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.signoff.milestones import set_milestones
from flows.working_days import load_calendar
from models import Milestone, Task
from models.refusal import Refusal
from sise.commands.edge import Edge, Json, a_date, as_json, open_edge, out


def milestones_command(
    number: str,
    wanted: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DATE=WHAT]...", help="All that are still open; none: show."),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Remove those still open.")] = False,
    json: Json = False,
) -> None:
    """Set what a long-term matter is to have reached by when, or show it."""
    edge = open_edge()
    if wanted or clear:
        asked = [_milestone(one) for one in wanted or ()]
        with transaction(edge.office.engine, edge.now) as session:
            office = Unattended(COMMAND_LINE, edge.today, edge.now)
            calendar = load_calendar(session)
            set_milestones(session, find_task(session, number), office, asked, calendar=calendar)
    with reading(edge.office.engine) as session:
        task = find_task(session, number)
        mine = select(Milestone).where(Milestone.task_id == task.id)
        kept = session.exec(mine.order_by(col(Milestone.due_on), col(Milestone.id))).all()
    _show(edge, task, kept, json)


def _show(edge: Edge, task: Task, kept: Sequence[Milestone], json: bool) -> None:
    if json:
        rows = [{"due_on": m.due_on, "title": m.title, "done_on": m.done_on} for m in kept]
        as_json({"number": task.number, "due_on": task.due_on, "milestones": rows})
    elif not kept:
        edge.say(f"{task.number} 没有阶段目标", f"{task.number} has no milestones")
    for one in () if json else kept:
        done = edge.both(f"（{one.done_on} 已达到）", f" (reached {one.done_on})")
        out.print(f"{one.due_on}  {one.title}{done if one.done_on else ''}", markup=False)


def _milestone(written: str) -> tuple[str, date]:
    due_on, equals, title = written.partition("=")
    if not equals:
        raise Refusal(
            f"“{written}”有误；请写成 2027-03-31=完成招标",
            f"'{written}' must be written as 2027-03-31=WHAT",
        )
    return title.strip(), a_date(due_on.strip())
