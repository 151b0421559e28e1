"""领导联系结对: who is paired with whom; a CSV in, and one ended."""

from pathlib import Path
from typing import Annotated

import typer

from flows.database import reading, transaction
from flows.ledger.cells import BadCell, day
from flows.pairings.from_csv import rows
from flows.pairings.pairing import end_pairing, pair
from flows.pairings.standing import Paired, pairings
from flows.signoff.actor import COMMAND_LINE, Unattended
from models import Pairing
from models.refusal import Refusal
from notifications.wording import word
from sise.commands.edge import Json, as_json, fitting, octets_of, open_edge, out

pairing = typer.Typer(
    help="Leaders and the villages, enterprises, households and units they are paired with.",
    no_args_is_help=True,
)


@pairing.command("list")
def pairing_list(json: Json = False) -> None:
    """Everybody who is or was paired, with whom, from when until when."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = pairings(session)
    if json:
        as_json([_facts(one) for one in found])
        return
    table = edge.table("号|结对名称|领导|对象|类别|起|止", "id|part of|leader|with|kind|from|until")
    for one in found:
        table.add_row(
            str(one.row.id),
            fitting(one.row.topic),
            fitting(one.leader.name),
            fitting(one.row.subject),
            word(f"paired.{one.row.kind}", edge.language),
            f"{one.row.from_on}",
            f"{one.end.until_on}" if one.end else "—",
        )
    out.print(table)


@pairing.command("import")
def pairing_import(file: Path, json: Json = False) -> None:
    """Record a CSV of topic, leader, subject, kind, from, remarks: all or nothing."""
    edge = open_edge()
    by = Unattended(COMMAND_LINE, edge.today, edge.now)
    with transaction(edge.office.engine, edge.now) as session:
        made = pair(session, rows(octets_of(file)), by)
    if json:
        as_json({"paired": [one.id for one in made]})
    else:
        edge.say(f"已登记 {len(made)} 项结对", f"{len(made)} pairings are recorded")


@pairing.command("end")
def pairing_end(
    number: Annotated[int, typer.Argument(metavar="ID", help="As `list` numbers it.")],
    why: Annotated[str, typer.Option("--why", help="The reason; it is kept.")],
    until: Annotated[str, typer.Option(help="Its last day; today if not given.")] = "",
    json: Json = False,
) -> None:
    """End a pairing; the visits that were opened go on."""
    edge = open_edge()
    by = Unattended(COMMAND_LINE, edge.today, edge.now)
    try:
        last = day(until) if until else None
    except BadCell as bad:
        raise Refusal(
            f"“{until[:20]}”不是日期；没有记录任何操作",
            f"'{until[:20]}' is no date; nothing was recorded",
        ) from bad
    with transaction(edge.office.engine, edge.now) as session:
        row = session.get(Pairing, number) if 0 < number < 2**31 else None
        if row is None:
            raise Refusal(f"没有第 {number} 号结对", f"there is no pairing {number}")
        ended = end_pairing(session, row, by, until_on=last, reason=why)
    if json:
        as_json({"id": number, "until": ended.until_on})
    else:
        edge.say(f"第 {number} 号结对到 {ended.until_on} 止", f"{number} ends on {ended.until_on}")


def _facts(one: Paired) -> dict[str, object]:
    return {
        "id": one.row.id,
        "topic": one.row.topic,
        "leader": one.leader.name,
        "unit": one.unit,
        "subject": one.row.subject,
        "kind": one.row.kind,
        "from": one.row.from_on,
        "until": one.end.until_on if one.end else None,
    }
