"""Procedures: what kinds of matters there are, who signs them off, what they are warned by."""

from pathlib import Path

import typer

from flows.database import reading, transaction
from flows.rulebook import bring_procedure, rules_of_all
from models.procedure_file import parse_procedure
from sise.commands.edge import Json, as_json, open_edge, out, say_usable, text_of

procedure = typer.Typer(
    help="The kinds of matters: by which ladder they are warned of, who signs them off.",
    no_args_is_help=True,
)


@procedure.command("list")
def procedure_list(json: Json = False) -> None:
    """Every procedure that is loaded, with its policy and the levels of its sign-off."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = rules_of_all(session)
    if json:
        as_json([{"name": p.name, "title": p.title, "policy": p.policy} for p in found.values()])
        return
    rows = edge.table("名称|标题|规则|销号各级", "name|title|policy|levels")
    for one in found.values():
        rows.add_row(one.name, one.title, one.policy, " → ".join(x.title for x in one.level))
    out.print(rows)


@procedure.command("check")
def procedure_check(file: Path, json: Json = False) -> None:
    """Whether a procedure file can be used; every fault names its table and key."""
    read = parse_procedure(text_of(file), file=file.name)
    words = f"{read.title} ({read.name} → {read.policy})"
    say_usable(file, words, json, name=read.name, policy=read.policy)


@procedure.command("load")
def procedure_load(file: Path, json: Json = False) -> None:
    """Load a procedure file: new, or in the place of the one of its name."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        loaded = bring_procedure(session, edge.actor, text_of(file), file=file.name)
    if json:
        as_json({"name": loaded.name, "policy": loaded.policy_name})
    else:
        edge.say(
            f"已装入 {loaded.name}（{loaded.title}）：此后按此办理，适用规则 {loaded.policy_name}",
            f"{loaded.name} ({loaded.title}) is loaded; from now on it counts, with the policy "
            f"{loaded.policy_name}",
        )
