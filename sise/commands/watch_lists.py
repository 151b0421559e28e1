"""Lists that the office keeps: what stands on them, and how a matter joins and leaves one."""

from typing import Annotated, Any

import typer
from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from flows.database import reading, transaction
from flows.find_task import find_task
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.signoff.lists import join, leave
from flows.signoff.office_acts import official_at
from flows.working_days import load_calendar
from models import ListMembership, WatchList
from models.refusal import Refusal
from sise.commands.edge import Json, as_json, fitting, open_edge, out

watch_list = typer.Typer(
    help="Lists that the office keeps, and what stands on them.", no_args_is_help=True
)
Which = Annotated[str, typer.Argument(metavar="LIST", help="A list, by its name or its title.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept.")]


@watch_list.command("list")
def list_command(json: Json = False) -> None:
    """Every list, the rules that count on it, and how many matters stand on it."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        rows = _rows(session)
    if json:
        as_json(rows)
        return
    shown = edge.table("名称|标题|规则|事项", "name|title|policy|matters")
    for row in rows:
        shown.add_row(row["name"], fitting(row["title"]), row["policy"] or "—", str(row["matters"]))
    out.print(shown)


@watch_list.command("join")
def join_command(
    number: str,
    to: Which,
    why: Why,
    leader: Annotated[
        str, typer.Option("--leader", help="Under which leader, by the mail address.")
    ] = "",
    json: Json = False,
) -> None:
    """Put a matter on a list; while it is there, stricter rules may count."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        task, kept = find_task(session, number), _named(session, to)
        holder = official_at(session, leader) if leader else None
        joined = join(
            session,
            task,
            kept,
            Unattended(COMMAND_LINE, edge.today, edge.now),
            leader_id=holder.id if holder else None,
            reason=why,
            calendar=load_calendar(session),
        )
        facts = {"number": number, "list": kept.name, "from": joined.from_on, "why": why}
        facts |= {"leader": holder.name if holder else None}
        title = kept.title
    if json:
        as_json(facts)
    else:
        edge.say(f"{number} 已列入“{title}”", f"{number} is on '{title}' now")


@watch_list.command("leave")
def leave_command(number: str, of: Which, why: Why, json: Json = False) -> None:
    """Take a matter off a list; its own rules count again."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        task, kept = find_task(session, number), _named(session, of)
        office = Unattended(COMMAND_LINE, edge.today, edge.now)
        left = leave(session, task, kept, office, reason=why, calendar=load_calendar(session))
        facts = {"number": number, "list": kept.name, "until": left.until_on, "why": why}
        title = kept.title
    if json:
        as_json(facts)
    else:
        edge.say(f"{number} 已移出“{title}”", f"{number} is on '{title}' no longer")


def _rows(session: Session) -> list[dict[str, Any]]:
    present = (col(ListMembership.list_id) == col(WatchList.id)) & col(ListMembership.until_on).is_(
        None
    )
    found = session.exec(
        select(WatchList, func.count(col(ListMembership.id)))
        .outerjoin(ListMembership, present)
        .group_by(col(WatchList.id))
        .order_by(col(WatchList.id))
    )
    return [
        {"name": one.name, "title": one.title, "policy": one.policy_name or None, "matters": n}
        for one, n in found
    ]


def _named(session: Session, written: str) -> WatchList:
    wanted = or_(col(WatchList.name) == written, col(WatchList.title) == written)
    found = session.exec(select(WatchList).where(wanted)).first()
    if found is None:
        raise Refusal(
            f"没有名为“{written}”的清单；可用 sise watch-list list 查看",
            f"no list is called '{written}'; 'sise watch-list list' shows them",
        )
    return found
