"""Stages of a matter, and the case lead that it became."""

from typing import Annotated

import typer

from flows.database import reading, transaction
from flows.find_task import find_task
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.signoff.levels import rules_of
from flows.signoff.stages import WORKED_ON, advance
from flows.signoff.transfers import transfer
from flows.working_days import load_calendar
from models import Task
from models.procedure_file import ProcedureFile
from sise.commands.edge import Edge, Json, a_date, as_json, open_edge, out

Why = Annotated[str, typer.Option("--why", help="The reason; it is kept.")]


def stage_command(
    number: str,
    to: Annotated[str | None, typer.Argument(help="The stage; none: show.")] = None,
    from_: Annotated[
        str | None, typer.Option("--from", help="The day on which it began; today if not given.")
    ] = None,
    why: Why = "",
    json: Json = False,
) -> None:
    """Move a matter into a stage of its procedure, whose limit counts then; or show where it is."""
    edge = open_edge()
    if to is not None:
        with transaction(edge.office.engine, edge.now) as session:
            advance(
                session,
                find_task(session, number),
                Unattended(COMMAND_LINE, edge.today, edge.now),
                to,
                from_on=a_date(from_) if from_ is not None else None,
                reason=why,
                calendar=load_calendar(session),
            )
    with reading(edge.office.engine) as session:
        task = find_task(session, number)
        rules = rules_of(session, task)
    _show(edge, task, rules, json)


def _show(edge: Edge, task: Task, rules: ProcedureFile, json: bool) -> None:
    present = rules.stage_named(task.stage)
    after = rules.may_follow(task.stage) if task.state in WORKED_ON else ()
    if json:
        as_json(
            {
                "number": task.number,
                "stage": task.stage or None,
                "title": present.title if present else None,
                "from_on": task.stage_from_on,
                "due_on": task.due_on,
                "next": [stage.name for stage in after],
            }
        )
        return
    if present is None and rules.stage:
        edge.say(f"{task.number} 尚未进入环节", f"{task.number} is in no stage yet")
    elif present is None:
        edge.say(f"{task.number} 不分环节", f"{task.number} has no stages")
    else:
        out.print(f"{task.number}  {present.title}（{present.name}）  {task.due_on or '—'}")
    for stage in after:
        out.print(f"  → {stage.name}  {stage.title}")


def transfer_command(number: str, lead: str, why: Why = "", json: Json = False) -> None:
    """Record that a matter became this case lead, or that it was found in it."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        office = Unattended(COMMAND_LINE, edge.today, edge.now)
        made = transfer(session, find_task(session, number), office, lead, reason=why)
        on = made.on
    if json:
        as_json({"number": number, "lead": lead, "on": on})
    else:
        edge.say(f"已登记：{number} 移送 {lead}", f"Recorded: {number} became {lead}")
