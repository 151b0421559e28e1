"""`sise figure`: what units report and the engine can only keep; printed once it is approved."""

from typing import Annotated, Any

import typer
from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.records.figures import Reported, approve, report, waiting
from flows.signoff.office_acts import official_at
from models import Figure, FigureApproval, Task
from sise.commands.edge import Json, a_date, as_json, fitting, open_edge, out

figure = typer.Typer(
    help="Figures that units report: kept with day and source, printed once approved.",
    no_args_is_help=True,
)
Code = Annotated[str, typer.Argument(metavar="CODE", help="What the report's form calls it.")]
Who = Annotated[str, typer.Option("--by", help="Who does so, by the mail address.")]


@figure.command("report")
def report_command(
    code: Code,
    value: Annotated[str, typer.Option(help="As it is to be printed, without the unit.")],
    source: Annotated[str, typer.Option(help="Whose document it stands in.")],
    by: Who,
    as_of: Annotated[str | None, typer.Option(help="Its day; today if not given.")] = None,
    name: Annotated[str | None, typer.Option(help="What it is; as before if not given.")] = None,
    unit: Annotated[str | None, typer.Option(help="Its unit; as before if not given.")] = None,
    period: Annotated[str, typer.Option(help="How its day is said, as January to July.")] = "",
    task: Annotated[str, typer.Option(help="The task that it belongs to.")] = "",
    remarks: Annotated[str, typer.Option(help="Whatever else is to be kept.")] = "",
    json: Json = False,
) -> None:
    """Report a figure. What was approved before stands until somebody else approves this."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        before = session.exec(
            select(Figure).where(Figure.code == code).order_by(col(Figure.id).desc())
        ).first()
        said = Reported(
            code=code,
            name=name or (before.name if before else ""),
            value=value,
            unit=(before.unit if before else "") if unit is None else unit,
            as_of=a_date(as_of) if as_of is not None else edge.today,
            source=source,
            period=period,
            remarks=remarks,
            task=task,
        )
        kept = report(session, said, official_at(session, by), on=edge.today, now=edge.now)
        facts = _facts(kept, None, None)
    if json:
        as_json(facts)
    else:
        edge.say(f"已报送，待核准：{kept.name}", f"Reported, to be approved: {kept.name}")


@figure.command("approve")
def approve_command(code: Code, by: Who, json: Json = False) -> None:
    """Approve the newest report of a figure; by the office, not by whoever reported it."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        found = waiting(session, code)
        approval = approve(session, found.id, official_at(session, by), on=edge.today, now=edge.now)
        facts = _facts(found, approval, None)
    if json:
        as_json(facts)
    else:
        edge.say(
            f"已核准：{found.name} {found.value}{found.unit}",
            f"Approved: {found.name} {found.value}{found.unit}",
        )


@figure.command("list")
def list_command(
    only: Annotated[
        bool, typer.Option("--waiting", help="Only those that nobody approved yet.")
    ] = False,
    json: Json = False,
) -> None:
    """Every report of every figure, by code, the newest first."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        rows = [row for row in _rows(session) if not only or row["approved_by"] is None]
    if json:
        as_json(rows)
        return
    shown = edge.table("代号|数据|数值|截至|报送|核准", "code|figure|value|as of|reported|approved")
    for row in rows:
        shown.add_row(
            row["code"],
            fitting(row["name"]),
            f"{row['value']}{row['unit']}",
            row["period"] or str(row["as_of"]),
            fitting(row["reported_by"]),
            fitting(row["approved_by"] or "—"),
        )
    out.print(shown)


def _rows(session: Session) -> list[dict[str, Any]]:
    found = session.exec(
        select(Figure, FigureApproval, Task)
        .outerjoin(FigureApproval, col(FigureApproval.figure_id) == col(Figure.id))
        .outerjoin(Task, col(Task.id) == col(Figure.task_id))
        .order_by(col(Figure.code), col(Figure.id).desc())
    )
    return [_facts(*row) for row in found]


def _facts(kept: Figure, approval: FigureApproval | None, task: Task | None) -> dict[str, Any]:
    return {
        "code": kept.code,
        "name": kept.name,
        "value": kept.value,
        "unit": kept.unit,
        "as_of": kept.as_of,
        "period": kept.period or None,
        "source": kept.source,
        "task": task.number if task else None,
        "reported_by": kept.reported_by,
        "approved_by": approval.approved_by if approval else None,
    }
