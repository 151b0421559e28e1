"""Who is responsible for what, and who keeps away. What is done here is done for the office: no
person is signed in, and the history says that it came by a command."""

from typing import Annotated, Any

import typer
from sqlmodel import Session

from flows.database import reading, transaction
from flows.find_task import find_task
from flows.find_unit import find_unit
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.signoff.exclusions import exclude, exclusions_of, readmit
from flows.signoff.hand_over import HandOver, hand_over, plan
from flows.signoff.office_acts import official_at
from flows.signoff.passing import Passing
from flows.signoff.reassigning import reassign
from flows.signoff.telling import tell
from flows.working_days import load_calendar
from models import Unit
from models.refusal import Refusal
from notifications.wording import post_word
from sise.commands.edge import Edge, Json, a_date, as_json, open_edge

Why = Annotated[str, typer.Option("--why", help="The reason; it is kept.")]
InUnit = Annotated[str, typer.Option("--unit", help="A unit, by its name.")]
Person = Annotated[str, typer.Option("--person", help="A person, by the mail address.")]


def reassign_command(
    number: str,
    to: Annotated[str, typer.Option("--to", help="The new handler, by the mail address.")],
    why: Why,
    unit: InUnit = "",
    json: Json = False,
) -> None:
    """Pass a task to another handler, and perhaps to another unit."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        task, handler = find_task(session, number), official_at(session, to)
        unit_id = find_unit(session, unit).id if unit else task.unit_id
        reassign(
            session,
            task,
            _office(edge),
            unit_id=unit_id,
            handler_id=handler.id,
            reason=why,
            calendar=load_calendar(session),
        )
        _tell(edge, session)
        in_unit = session.get_one(Unit, unit_id).name
    if json:
        as_json({"number": number, "unit": in_unit, "handler": handler.name, "why": why})
    else:
        edge.say(
            f"{number} 已改派给{in_unit}{handler.name}",
            f"{number} is {handler.name}'s now ({in_unit})",
        )


def exclude_command(
    number: str,
    why: Why,
    person: Person = "",
    unit: InUnit = "",
    until: Annotated[str | None, typer.Option("--until", help="The last day of it.")] = None,
    json: Json = False,
) -> None:
    """Somebody keeps away from a task: neither told of it nor asked to decide."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        whom, name = _whom(session, person, unit)
        last = a_date(until) if until is not None else None
        task = find_task(session, number)
        made = exclude(
            session,
            task,
            _office(edge),
            reason=why,
            official_id=whom.get("official_id"),
            unit_id=whom.get("unit_id"),
            until_on=last,
        )
        _tell(edge, session)
    if json:
        facts = {"from": made.from_on, "until": made.until_on, "why": why}
        as_json({"number": number, "excluded": name} | facts)
    else:
        edge.say(
            f"{number}：{name}自 {made.from_on} 起回避",
            f"{number}: {name} stands aside from {made.from_on} on",
        )


def readmit_command(
    number: str, why: Why, person: Person = "", unit: InUnit = "", json: Json = False
) -> None:
    """Somebody need not keep away from a task any more."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        whom, name = _whom(session, person, unit)
        known = [
            one
            for one, _ in exclusions_of(session, find_task(session, number))
            if all(getattr(one, key) == value for key, value in whom.items())
        ]
        if not known:
            raise Refusal(
                f"{number}：{name}没有登记回避；没有记录任何操作",
                f"{number}: {name} does not stand aside; nothing was recorded",
            )
        ended = readmit(session, known[-1].id, _office(edge), reason=why)
    if json:
        as_json({"number": number, "readmitted": name, "until": ended.until_on, "why": why})
    else:
        edge.say(
            f"{number}：{name}的回避至 {ended.until_on} 止",
            f"{number}: {name} stands aside until {ended.until_on}",
        )


def hand_over_command(
    giver: Annotated[str, typer.Argument(metavar="FROM", help="Whose post it is.")],
    taker: Annotated[str, typer.Argument(metavar="TO", help="The successor.")],
    why: Why,
    unit: InUnit = "",
    on: Annotated[
        str | None, typer.Option("--on", help="From this day on; today if not given.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would pass; write nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Pass a person's posts, open matters, duties and pending decisions to a successor."""
    edge = open_edge()
    engine = edge.office.engine
    with reading(engine) if dry_run else transaction(engine, edge.now) as session:
        wanted = HandOver(
            official_at(session, giver).id,
            official_at(session, taker).id,
            a_date(on) if on is not None else edge.today,
            why,
            find_unit(session, unit).id if unit else None,
        )
        if dry_run:
            passed = plan(session, _office(edge), wanted)
        else:
            passed = hand_over(session, _office(edge), wanted, calendar=load_calendar(session))
            _tell(edge, session)
        facts = _passed(passed) | {"on": wanted.on, "dry_run": dry_run}
    if json:
        as_json(facts)
    else:
        _show(edge, facts)


def _show(edge: Edge, facts: dict[str, Any]) -> None:
    if facts["dry_run"]:
        edge.say("预览：以下内容尚未写入", "Preview: nothing was written", style="bold")
    for key, chinese, english in (
        ("handled", "作为责任人", "as their handler"),
        ("led", "作为分管领导", "as their supervising leader"),
        ("owing", "待签收、待答复的预警", "warnings still owed"),
        ("asked", "待决定的申请", "decisions still asked for"),
    ):
        if facts[key]:
            said = facts[key]
            edge.say(
                f"{chinese}：{len(said)} 件，{'、'.join(said)}",
                f"{english}: {len(said)}, {', '.join(said)}",
            )
    posts = [(post_word(kind, edge.language), unit) for kind, unit in facts["posts"]]
    if posts:
        edge.say(
            f"职务自 {facts['on']} 起交接：" + "、".join(f"{unit}{kind}" for kind, unit in posts),
            f"posts from {facts['on']} on: " + ", ".join(f"{kind}, {unit}" for kind, unit in posts),
        )


def _passed(passed: Passing) -> dict[str, Any]:
    tasks = ("handled", "led", "owing", "asked")
    return {name: [task.number for task in getattr(passed, name)] for name in tasks} | {
        "posts": [(post.kind, unit) for post, unit in passed.posts],
        "listed": len(passed.listed),
    }


def _tell(edge: Edge, session: Session) -> None:
    """Whoever is asked to decide now waits for no night."""
    tell(session, edge.office, on=edge.today, now=edge.now)


def _office(edge: Edge) -> Unattended:
    return Unattended(COMMAND_LINE, edge.today, edge.now)


def _whom(session: Session, person: str, unit: str) -> tuple[dict[str, int], str]:
    """The person or the unit, and the name."""
    if bool(person) == bool(unit):
        raise Refusal(
            "请写 --person 邮箱 或 --unit 单位，二者选一",
            "give either --person ADDRESS or --unit NAME",
        )
    if person:
        official = official_at(session, person)
        return {"official_id": official.id}, official.name
    found = find_unit(session, unit)
    return {"unit_id": found.id}, found.name
