"""`sise webhook`: addresses of other programs that are told of transitions."""

from typing import Annotated

import typer

from flows.database import reading, transaction
from flows.hooks.registering import add_webhook, all_webhooks, find_webhook, remove_webhook
from flows.hooks.sending import try_webhook
from flows.signoff.actor import COMMAND_LINE
from models.webhook import AttemptOutcome
from sise.commands.edge import Json, as_json, open_edge, out

webhook = typer.Typer(
    help="Addresses of other programs that are told of transitions.", no_args_is_help=True
)
HIDDEN = {"id", "salt", "key_id", "told_link", "told_id"}


@webhook.command("add")
def add(
    name: str,
    address: str,
    event: Annotated[
        list[str] | None,
        typer.Option(help="As warning or warning.escalate; say it again for more. All if none."),
    ] = None,
    procedure: Annotated[
        list[str] | None,
        typer.Option(help="Only matters of this procedure; say it again for more. All if none."),
    ] = None,
    json: Json = False,
) -> None:
    """Tell this address of transitions from now on; its secret is shown this once."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        secret = add_webhook(
            session,
            edge.office,
            name=name,
            address=address,
            events=event or [],
            procedures=procedure or [],
            by=COMMAND_LINE,
            now=edge.now,
        )
    if json:
        as_json({"name": name, "address": address, "secret": secret})
        return
    edge.say(
        f"“{name}”的签名密钥（只显示这一次，请存入对方程序的设置）：",
        f"The secret of '{name}' (it is shown this once; put it into that program's settings):",
    )
    out.print(secret)


@webhook.command("list")
def list_(json: Json = False) -> None:
    """The addresses, what each is told, and how they are."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = all_webhooks(session)
    if json:
        as_json([one.model_dump(exclude=HIDDEN) for one in found])
    elif not found:
        edge.say("还没有登记推送地址。", "No webhook is registered yet.")
    else:
        rows = edge.table("名称|地址|变动|类别|状态", "name|address|events|procedures|state")
        every = edge.both("全部", "all")
        for one in found:
            state = edge.both("正常", "well")
            if one.removed_at:
                state = edge.both("已移除", "removed")
            elif one.since:
                state = edge.both(f"未收下：{one.said}", f"takes nothing: {one.said}")
            rows.add_row(one.name, one.address, one.events or every, one.procedures or every, state)
        out.print(rows)


@webhook.command("remove")
def remove(name: str, json: Json = False) -> None:
    """Tell this address nothing more; what it was still owed is dropped."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        remove_webhook(session, name, by=COMMAND_LINE, now=edge.now)
    if json:
        as_json({"name": name})
    else:
        edge.say(f"“{name}”已移除，不再推送。", f"'{name}' is removed and told nothing more.")


@webhook.command("test")
def try_now(name: str, json: Json = False) -> None:
    """Send one trial event now and say what came of it; exit 1 if it was not taken."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        hook = find_webhook(session, name)
    answer = try_webhook(edge.office, hook, now=edge.now)
    taken = answer.outcome == AttemptOutcome.TAKEN
    if json:
        as_json({"name": name, "taken": taken, "status": answer.status, "said": answer.said})
    elif taken:
        edge.say(f"对方已收下：{answer.said}", f"It was taken: {answer.said}")
    else:
        edge.say(f"对方未收下：{answer.said}", f"It was not taken: {answer.said}")
    if not taken:
        raise typer.Exit(1)
