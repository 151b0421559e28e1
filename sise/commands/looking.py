"""The ledger on the screen: every task with its colour."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, TypeVar

import typer

from flows.database import reading
from flows.find_unit import find_unit
from flows.task_list import TaskRow, task_rows
from models.signoff import TaskState
from models.warning import Colour
from notifications.wording import colour_word, state_word
from sise.commands.edge import Edge, Json, as_json, fitting, open_edge, out

Named = TypeVar("Named", bound=StrEnum)

ROOMY = 110  # columns of a screen that holds the whole table


def _colour(written: str) -> Colour:
    return _member(
        written.removesuffix("色"), {c: colour_word(c).removesuffix("色") for c in Colour}
    )


def _state(written: str) -> TaskState:
    return _member(written, {state: state_word(state) for state in TaskState})


def _member(written: str, words: dict[Named, str]) -> Named:
    """By its identifier, in capitals too, or its Chinese word."""
    for member, chinese in words.items():
        if written.strip().lower() in (member, chinese):
            return member
    known = ", ".join(f"{member} ({chinese})" for member, chinese in words.items())
    raise typer.BadParameter(f"'{written}' is none of: {known}")


def tasks(
    colour: Annotated[
        Colour | None,
        typer.Option(parser=_colour, metavar="COLOUR", help="Only this colour."),
    ] = None,
    unit: Annotated[str | None, typer.Option(help="Only this unit, by its name.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is past its date.")] = False,
    state: Annotated[
        TaskState | None,
        typer.Option(parser=_state, metavar="STATE", help="Only this state."),
    ] = None,
    json: Json = False,
) -> None:
    """The ledger: every task with its colour, the worst first."""
    edge = open_edge()
    filtered = overdue or any((colour, unit, state))
    with reading(edge.office.engine) as session:
        rows = task_rows(
            session,
            edge.today,
            colour=colour,
            unit=unit,
            state=state,
            overdue=overdue,
        )
        if unit is not None and not rows and not json:
            find_unit(session, unit)
    if json:
        as_json([asdict(row) for row in rows])
    elif not rows:
        edge.say(
            "没有符合条件的事项。" if filtered else "台账还是空的。导入：sise import 台账.xlsx",
            "No task is like that."
            if filtered
            else "The ledger is empty. To take one in: sise import LEDGER.xlsx",
        )
    else:
        _show(edge, rows)


def _show(edge: Edge, rows: list[TaskRow]) -> None:
    roomy = out.width >= ROOMY
    shown = edge.table(
        "颜色|编号|标题|单位|责任人|时限|状态|预警单"
        if roomy
        else "颜色|编号|标题|单位|时限|预警单",
        "colour|number|title|unit|handler|due|state|notice"
        if roomy
        else "colour|number|title|unit|due|notice",
    )
    for row in rows:
        shown.add_row(
            edge.colour(row.colour),
            row.number,
            fitting(row.title),
            fitting(row.unit),
            *([fitting(row.handler or "")] if roomy else []),
            str(row.due_on or "—"),
            *([state_word(row.state, edge.language)] if roomy else []),
            row.notice or "",
        )
    for column in shown.columns:
        column.no_wrap = column.header not in ("标题", "单位", "责任人", "title", "unit", "handler")
    out.print(shown)
    edge.say(
        f"共 {len(rows)} 件" + ("" if roomy else "（窗口较窄，未列责任人和状态）"),
        f"{len(rows)} tasks" + ("" if roomy else " (too narrow for handler and state)"),
    )
