"""`sise act` and `sise outcome`: what was done, and what came of it. One set of commands, because
both are records; which of the two is meant stands in the command's own name."""

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.records.entries import standing
from flows.records.keeping import NotKept, Said, correct, found, keep
from flows.records.kept_lines import lines_of
from flows.records.lines import Line, concerning, read_lines, written_line
from flows.records.opening import read_opens
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.working_days import load_calendar
from models import Record, RecordKind
from models.record import Family
from sise.commands.edge import Edge, Json, a_date, as_json, fitting, open_edge, out

act = typer.Typer(
    help="What leaders and supervisors did: directives, meetings, visits, interviews.",
    no_args_is_help=True,
)
outcome = typer.Typer(
    help="What came of it: people called to account, rules established, money returned.",
    no_args_is_help=True,
)

On = Annotated[str | None, typer.Option("--on", help="The day of it; today if not given.")]
Topic = Annotated[str | None, typer.Option(help="What it was about, as the report counts it.")]
By = Annotated[str | None, typer.Option("--by", help="Who did or decided it, by post.")]
Lines = Annotated[
    list[str] | None,
    typer.Option("--line", help="UNIT|PERSON|MATTER|RESULT|YUAN; say it again for each."),
]
Tasks = Annotated[
    list[str] | None, typer.Option("--task", help="A task that it concerns, by its number.")
]
Remarks = Annotated[str | None, typer.Option(help="Whatever else is to be kept.")]
Balancing = Annotated[
    bool,
    typer.Option("--balancing", help="It only makes up the difference to a reported total."),
]


def add_command(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="A kind, by name or title; `kinds` lists them.")],
    on: On = None,
    topic: Topic = None,
    by: By = None,
    line: Lines = None,
    task: Tasks = None,
    opens: Annotated[
        list[str] | None,
        typer.Option("--open", help="Open a task: NUMBER|WHAT|UNIT|DEADLINE|PROCEDURE."),
    ] = None,
    reference: Annotated[str, typer.Option(help="The office's own number, used once.")] = "",
    remarks: Remarks = None,
    balancing: Balancing = False,
    json: Json = False,
) -> None:
    """Record it. It may open tasks with deadlines, through the same checks as an import."""
    edge = open_edge()
    day = a_date(on) if on is not None else edge.today
    with transaction(edge.office.engine, edge.now) as session:
        said = Said(
            kind=_kind(session, kind, _family(context)),
            on=day,
            topic=topic or "",
            led_by=by or "",
            reference=reference,
            remarks=remarks or "",
            balancing=balancing,
            lines=_lines(line, task),
        )
        kept = keep(
            session,
            said,
            _office(edge),
            opens=read_opens(opens or (), day),
            calendar=load_calendar(session),
        )
        facts = _facts(session, [kept])[0]
    if json:
        as_json(facts)
    else:
        edge.say(f"已记录，第 {kept.id} 号", f"Recorded as {kept.id}")


def correct_command(
    number: Annotated[int, typer.Argument(help="A record, by its number.")],
    why: Annotated[str, typer.Option("--why", help="The reason; it is kept.")],
    void: Annotated[
        bool, typer.Option("--void", help="It never was: nothing stands in its place.")
    ] = False,
    on: On = None,
    topic: Topic = None,
    by: By = None,
    line: Lines = None,
    task: Tasks = None,
    remarks: Remarks = None,
    json: Json = False,
) -> None:
    """Put a record in the place of another; what is not named stays, and both are kept."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        earlier = found(session, number)
        had = tuple(lines_of(session, [number])[number])
        said = Said(
            kind=earlier.kind,
            on=a_date(on) if on is not None else earlier.on,
            topic=earlier.topic if topic is None else topic,
            led_by=earlier.led_by if by is None else by,
            remarks=earlier.remarks if remarks is None else remarks,
            balancing=earlier.balancing,
            lines=had if line is None and task is None else _lines(line, task),
        )
        kept = correct(session, number, None if void else said, _office(edge), reason=why)
        facts = _facts(session, [kept])[0]
    if json:
        as_json(facts)
    elif void:
        edge.say(f"第 {number} 号已撤销", f"Record {number} is withdrawn")
    else:
        edge.say(
            f"第 {number} 号已由第 {kept.id} 号更正", f"Record {number} was corrected by {kept.id}"
        )


def list_command(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Of this kind only.")] = None,
    topic: Topic = None,
    from_: Annotated[str | None, typer.Option("--from", help="From this day on.")] = None,
    to: Annotated[str | None, typer.Option(help="Until this day.")] = None,
    json: Json = False,
) -> None:
    """Those that stand, the newest first."""
    edge = open_edge()
    family = _family(context)
    kinds = select(RecordKind.name).where(RecordKind.family == family)
    asked = [standing(), col(Record.kind).in_(kinds)]
    asked += [col(Record.topic) == topic] if topic else []
    asked += [col(Record.on) >= a_date(from_)] if from_ is not None else []
    asked += [col(Record.on) <= a_date(to)] if to is not None else []
    with reading(edge.office.engine) as session:
        if kind is not None:
            asked.append(col(Record.kind) == _kind(session, kind, family))
        newest = (col(Record.on).desc(), col(Record.id).desc())
        rows = _facts(session, session.exec(select(Record).where(*asked).order_by(*newest)).all())
        titles = _titles(session, edge)
    if json:
        as_json(rows)
        return
    shown = edge.table("号|日期|类别|主题|由谁|行数", "no.|date|kind|topic|by|lines")
    for row in rows:
        words = [str(row["id"]), str(row["on"]), titles[row["kind"]]]
        shown.add_row(*words, fitting(row["topic"]), fitting(row["by"]), str(len(row["lines"])))
    out.print(shown)


def kinds_command(context: typer.Context, json: Json = False) -> None:
    """The kinds that there are; files of kinds say which."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = session.exec(
            select(RecordKind)
            .where(RecordKind.family == _family(context))
            .order_by(col(RecordKind.position))
        ).all()
    if json:
        as_json([{"name": k.name, "title": k.title, "parent": k.parent or None} for k in found])
        return
    shown = edge.table("名称|类别|计入", "name|kind|part of")
    for one in found:
        shown.add_row(one.name, edge.both(one.title, one.english), one.parent or "—")
    out.print(shown)


for group in (act, outcome):
    group.command("add")(add_command)
    group.command("correct")(correct_command)
    group.command("list")(list_command)
    group.command("kinds")(kinds_command)


def _family(context: typer.Context) -> Family:
    assert context.parent is not None
    return Family(str(context.parent.info_name))


def _kind(session: Session, written: str, family: Family) -> str:
    """Its name, which the command may have said in the words of either language."""
    kinds = session.exec(select(RecordKind).where(RecordKind.family == family)).all()
    names = [one.name for one in kinds if written in (one.name, one.title, one.english)]
    if len(names) != 1:
        raise NotKept(
            f"没有“{written}”这一类；可用 sise {family} kinds 查看",
            f"there is no kind '{written}' here; 'sise {family} kinds' lists them",
        )
    return names[0]


def _lines(written: Sequence[str] | None, tasks: Sequence[str] | None) -> tuple[Line, ...]:
    return concerning(read_lines(written or ()), tasks or ())


def _office(edge: Edge) -> Unattended:
    return Unattended(COMMAND_LINE, edge.today, edge.now)


def _titles(session: Session, edge: Edge) -> dict[str, str]:
    return {k.name: edge.both(k.title, k.english) for k in session.exec(select(RecordKind))}


def _facts(session: Session, kept: Sequence[Record]) -> list[dict[str, Any]]:
    lines = lines_of(session, [one.id for one in kept])
    return [
        {
            "id": one.id,
            "kind": one.kind,
            "on": one.on,
            "topic": one.topic,
            "by": one.led_by,
            "reference": one.reference or None,
            "lines": [written_line(line) for line in lines[one.id] if written_line(line)],
            "tasks": [line.task for line in lines[one.id] if line.task],
            "balancing": one.balancing,
            "corrects": one.corrects_id,
            "void": one.void,
        }
        for one in kept
    ]
