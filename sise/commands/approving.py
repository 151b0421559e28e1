"""`sise report approve`, and who is named as the author of what a command prepares."""

from typing import Annotated, Literal

import typer
from sqlmodel import Session

from flows.database import transaction
from flows.papers.approval import approve, send_back
from flows.papers.prepared import waiting_of
from flows.recipients import Directory
from flows.signoff.actor import COMMAND_LINE, Actor, OfficeActor, Unattended
from flows.signoff.office_acts import official_at, require_office
from models import Official
from models.bulletin import BulletinKind
from models.organisation import PostKind
from models.proof import Assurance
from sise.commands.edge import Edge, Json, as_json, open_edge

Author = Annotated[
    str | None,
    typer.Option(
        "--by",
        help="Who prepares it, by the mail address, and so does not approve it; the one person "
        "of the office if not given.",
    ),
]
KINDS = {"monthly": BulletinKind.POSTING, "progress": BulletinKind.PROGRESS}


def author(session: Session, edge: Edge, by: str | None) -> OfficeActor:
    """Where several could be meant and none is named: nobody, and then none of the office
    approves it."""
    if by:
        return person(edge, official_at(session, by))
    people = Directory.load(session, edge.today)
    found = list(people.holders_of(PostKind.OFFICE))
    if len(found) == 1:
        return person(edge, people.officials[found[0]])
    return Unattended(COMMAND_LINE, edge.today, edge.now)


def named(session: Session, edge: Edge, by: str | None) -> OfficeActor:
    """Somebody of the office, or whoever started the command. Raises Refusal."""
    if not by:
        return Unattended(COMMAND_LINE, edge.today, edge.now)
    actor = person(edge, official_at(session, by))
    require_office(session, actor)
    return actor


def person(edge: Edge, official: Official) -> Actor:
    return Actor(official.id, official.name, Assurance.COMMAND, edge.today, edge.now)


def approve_command(
    kind: Annotated[Literal["monthly", "progress"], typer.Argument(help="What of.")],
    by: Annotated[str, typer.Option("--by", help="Who decides, by the mail address.")],
    back: Annotated[
        bool, typer.Option("--send-back", help="Send it back instead, with the reason.")
    ] = False,
    why: Annotated[str, typer.Option(help="The reason.")] = "",
    json: Json = False,
) -> None:
    """Approve the posting or progress report that waits, or send it back: the head of the leading
    group or a supervising leader, and not whoever prepared it."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        draft = waiting_of(session, KINDS[kind])
        actor = person(edge, official_at(session, by))
        if back:
            send_back(session, draft, actor, why)
        else:
            approve(session, draft, actor)
        facts = {"kind": kind, "number": draft.number, "state": draft.state, "by": actor.said_by}
    if json:
        as_json(facts)
    elif back:
        edge.say(f"已退回第 {facts['number']} 期", f"No. {facts['number']} was sent back")
    else:
        edge.say(
            f"已批准第 {facts['number']} 期；打印请写 --number {facts['number']}",
            f"No. {facts['number']} is approved; write --number {facts['number']} to print it",
        )
