"""The tamper-evident history: proving it whole, and its head to compare with kept mails."""

import typer

from flows import history
from flows.audit import contradictions
from flows.database import reading
from sise.commands.edge import Edge, Json, as_json, open_edge, out

SHOWN = 20  # faults on the screen; --json has them all

audit = typer.Typer(help="The tamper-evident history.", no_args_is_help=True)


@audit.command("head")
def audit_head(json: Json = False) -> None:
    """Number and hash of the newest link; each morning summary printed the head of its night."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        number, newest = history.head(session)
    if json:
        as_json({"number": number, "head": newest})
    else:
        out.print(f"{number} {newest}")


@audit.command("verify")
def audit_verify(json: Json = False) -> None:
    """Hash the history again and compare the ledger with it; exit 1 and the places if anything
    was changed."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        faults = (*history.faults(session), *contradictions(session))
        found = [edge.both(*fault) for fault in faults]
        number, newest = history.head(session)
    if json:
        as_json({"ok": not found, "links": number, "head": newest, "faults": found})
    elif not found:
        edge.say(
            f"✓ 历史记录完整，颜色、状态、时限、人员和日历与之相符：共 {number} 环，链头 {newest}",
            "✓ The history is whole; colours, states, deadlines, people and calendar follow from "
            f"it: {number} links, head {newest}",
        )
    else:
        _show(edge, found)
    if found:
        raise typer.Exit(1)


def _show(edge: Edge, found: list[str]) -> None:
    for fault in found[:SHOWN]:
        out.print(f"✗ {fault}", style="red")
    if (more := len(found) - SHOWN) > 0:
        edge.say(f"……另有 {more} 处", f"… and {more} more")
