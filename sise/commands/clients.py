"""`sise client`: the programs that may use the API."""

from typing import Annotated

import typer

from flows.api_clients import all_clients, let_in, turn_away
from flows.database import reading, transaction
from models.api_client import Scope
from sise.commands.edge import Json, as_json, open_edge, out

client = typer.Typer(help="Programs that may use the API.", no_args_is_help=True)


@client.command("add")
def add(
    name: str,
    scope: Annotated[
        list[Scope], typer.Option(help="What it may do; say it again for more than one.")
    ] = [Scope.READ],  # noqa: B006  # Typer copies it
    json: Json = False,
) -> None:
    """Let a program in; its token is shown this once."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        token = let_in(session, name, scope, edge.now)
    if json:
        as_json({"name": name, "scopes": scope, "token": token})
        return
    edge.say(
        f"“{name}”的令牌（只显示这一次，请存入该程序的设置）：",
        f"The token of '{name}' (it is shown this once; put it into that program's settings):",
    )
    out.print(token)


@client.command("list")
def list_(json: Json = False) -> None:
    """The programs, what each may do, and which were turned away."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = all_clients(session)
    if json:
        shown = {"token_hash", "id"}
        as_json([one.model_dump(exclude=shown) for one in found])
    elif not found:
        edge.say("还没有程序可以使用接口。", "No program may use the API yet.")
    else:
        rows = edge.table("名称|权限|设立|停用", "name|scopes|since|turned away")
        for one in found:
            until = edge.office.local(one.revoked_at).date() if one.revoked_at else ""
            rows.add_row(
                one.name, one.scopes, str(edge.office.local(one.created_at).date()), str(until)
            )
        out.print(rows)


@client.command("revoke")
def revoke(name: str, json: Json = False) -> None:
    """Turn a program away: its token opens nothing from now on."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        turn_away(session, name, edge.now)
    if json:
        as_json({"name": name})
    else:
        edge.say(f"“{name}”的令牌已停用。", f"The token of '{name}' opens nothing any more.")
