"""`sise demo`: a seeded district, some weeks of nights played, the last one on Prefect; then
served. It uses the same import, nights, mail and pages as an office does."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from sqlalchemy import select
from sqlmodel import col

from flows.database import reading, transaction
from flows.office import MailHours, Office
from flows.orchestrated import run_orchestrated_night
from flows.schema import downgrade, upgrade
from flows.working_days import load_calendar
from models import Official, Task
from models.refusal import Refusal
from models.workdays import DAY
from notifications.mailbox import Mailbox
from seeds.desk import entered
from seeds.district import FIRST_NIGHT, LAST_NIGHT, district, load_district
from seeds.load import load_rulebook
from seeds.recurring import opened_by_itself
from seeds.story import NIGHT, at, play
from sise import clock
from sise.commands import nights
from sise.commands.edge import Edge, Json, as_json, open_edge, progress
from sise.commands.serving import listen, require_free, require_relay, scheduled, served
from sise.commands.stopping import ended_by_sigterm


def demo(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    prepare_only: Annotated[
        bool, typer.Option("--prepare-only", help="Play the nights, then stop.")
    ] = False,
    json: Json = False,
) -> None:
    """A seeded district, some nights played, then served: the main job to look at."""
    edge = open_edge(check_schema=False)
    if not prepare_only:
        require_relay(edge, host)
        require_free(host, port)
    with ended_by_sigterm(), ExitStack() as stack:
        mailbox = stack.enter_context(Mailbox()) if edge.settings.smtp_url is None else None
        office = replace(served(edge, host, port, mailbox), mail_hours=MailHours())
        facts = prepare(edge, office, quiet=json)
        if not prepare_only:
            stopping = stack.enter_context(scheduled(office))
            told = facts if json else None
            listen(edge, office, host, port, mailbox, stopping, demo=True, facts=told)
        elif json:
            as_json(facts)


def prepare(edge: Edge, office: Office, *, quiet: bool) -> dict[str, Any]:
    """From nothing: load the district near today and play its story, the last night on Prefect."""
    _start_anew(office)
    shift = (edge.today - LAST_NIGHT) // timedelta(weeks=1) * timedelta(weeks=1)
    first = FIRST_NIGHT + shift
    if not quiet:
        edge.say(
            f"正在逐日演练 {first} 至 {edge.today - DAY} 的夜间检查，约需一两分钟……",
            f"Playing the nights of {first} to {edge.today - DAY}, which takes a minute or two …",
        )
    eve, now = first - DAY, at(office, first - DAY, NIGHT)
    with transaction(office.engine, now) as session:
        load_rulebook(session, now=now)
        load_district(session, today=eve, now=now, calendar=load_calendar(session), shift=shift)
    nights_before = _play(edge, office, first, edge.today - DAY, shift)
    if not quiet:
        edge.say(
            f"已演练 {first} 至 {edge.today - DAY} 共 {nights_before} 个夜间检查",
            f"{nights_before} nights played, {first} to {edge.today - DAY}",
        )
        edge.say(
            "正在用 Prefect 执行今晚的检查，约需半分钟……",
            "Playing today's night as a Prefect flow, which takes half a minute …",
        )
    tonight = run_orchestrated_night(office, on=edge.today, now=clock.now())
    if not quiet:
        nights.show(edge, tonight)
    return {"from": first, "to": edge.today, "nights": nights_before + 1, "last_night": tonight}


def _start_anew(office: Office) -> None:
    """An earlier demo is cleared away, because its dates lie near another day. Raises Refusal
    for an office's own database, which the demo must not touch."""
    upgrade(office.engine)
    with reading(office.engine) as session:
        numbers = set(session.scalars(select(col(Task.number)))) - opened_by_itself(session)
        people = set(session.scalars(select(col(Official.name))))
    known = district()
    kept, numbers = numbers, {number for number in numbers if not entered(number)}
    if numbers - {row.number for row in known.rows} or people - {p.name for p in known.directory}:
        raise Refusal(
            "SISE_HOME 中已有本单位的台账；请为演示另设目录，如 SISE_HOME=./var/demo",
            "this SISE_HOME holds an office's own ledger; give the demo another, as "
            "SISE_HOME=./var/demo",
        )
    if kept or people:
        downgrade(office.engine)
        upgrade(office.engine)


def _play(edge: Edge, office: Office, first: date, last: date, shift: timedelta) -> int:
    """How many nights there were."""
    days = (last - first).days + 1
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with progress(*columns) as shown:
        bar = shown.add_task("", total=days)

        def tell(on: date) -> None:
            shown.update(
                bar,
                advance=1,
                description=edge.both(f"逐日演练到 {on}", f"playing the nights, {on}"),
            )

        play(office, first, last, shift=shift, played=tell)
    return days
