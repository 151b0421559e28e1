"""`sise lead-review`: batches of case leads looked at again, and the register compared."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows.database import reading, transaction
from flows.find_task import find_task
from flows.leads.reconciling import reconcile
from flows.leads.reviewing import Chosen, give_verdict, open_review, reviewed
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.working_days import load_calendar
from models.lead_review import LeadVerdict
from notifications.wording import word
from sise.commands.edge import Edge, Json, a_date, as_json, open_edge, out, text_of

lead_review = typer.Typer(
    help="Batches of case leads that are looked at again, and the register compared with another.",
    no_args_is_help=True,
)


@lead_review.command("open")
def open_command(
    title: str,
    by: Annotated[str, typer.Option(help="By when every lead has its verdict.")],
    from_: Annotated[
        str | None, typer.Option("--from", help="Only leads received from this day on.")
    ] = None,
    to: Annotated[str | None, typer.Option(help="Only leads received up to this day.")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Only leads that are closed.")] = False,
    json: Json = False,
) -> None:
    """A batch of case leads is looked at again: a restricted matter with a deadline of its own."""
    edge = open_edge()
    first, last = (a_date(day) if day is not None else None for day in (from_, to))
    with transaction(edge.office.engine, edge.now) as session:
        chosen = Chosen(first, last, closed)
        task = open_review(session, title, _office(edge), chosen, by=a_date(by))
        leads, number = len(reviewed(session, task)), task.number
    if json:
        as_json({"number": number, "leads": leads, "due_on": by})
    else:
        edge.say(f"{number}：选定 {leads} 条，{by} 前完成", f"{number}: {leads} leads, by {by}")


@lead_review.command("verdict")
def verdict_command(number: str, lead: str, verdict: LeadVerdict, json: Json = False) -> None:
    """The verdict on one lead; the last one puts the batch before its sign-off."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        task, calendar = find_task(session, number), load_calendar(session)
        said = {lead: verdict}
        waiting = give_verdict(session, task, _office(edge), said, calendar=calendar)
    if json:
        as_json({"number": number, "lead": lead, "verdict": verdict, "waiting": waiting})
    else:
        edge.say(f"已登记；还有 {waiting} 条", f"Recorded; {waiting} still wait")


@lead_review.command("show")
def show_command(number: str, json: Json = False) -> None:
    """The leads of a batch with their verdicts."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        task = find_task(session, number)
        rows = reviewed(session, task)
    counts = Counter(row.verdict for _, row in rows)
    if json:
        leads = [{"number": lead, "verdict": row.verdict, "on": row.given_on} for lead, row in rows]
        as_json({"number": number, "counts": {v: counts[v] for v in LeadVerdict}, "leads": leads})
        return
    for lead, row in rows:
        said = word(f"lead_verdict.{row.verdict}", edge.language) if row.verdict else "—"
        out.print(f"{lead}  {said}")
    edge.say(
        f"共 {len(rows)} 条，未作结论 {counts[None]} 条", f"{len(rows)} leads, {counts[None]} wait"
    )


@lead_review.command("reconcile")
def reconcile_command(file: Path, json: Json = False) -> None:
    """Compare the register with the numbers in another one, a line each: 1 if they differ."""
    edge, text = open_edge(), text_of(file)
    with reading(edge.office.engine) as session:
        found = reconcile(session, text)
    if json:
        as_json(asdict(found) | {"agrees": found.agrees})
    else:
        edge.say(
            f"本台账 {found.ours} 条，对方 {found.theirs} 条",
            f"{found.ours} here, {found.theirs} there",
        )
        for chinese, english, numbers in (
            ("对方没有", "not there", found.only_ours),
            ("本台账没有", "not here", found.only_theirs),
            ("对方重复", "twice there", found.twice),
        ):
            for number in numbers:
                out.print(f"  {edge.both(chinese, english)}  {number}")
    if not found.agrees:
        raise typer.Exit(1)


def _office(edge: Edge) -> Unattended:
    return Unattended(COMMAND_LINE, edge.today, edge.now)
