"""`sise report`: the office's documents, as Word files and as pages that print."""

import json as text_as_json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows.database import reading, transaction
from flows.papers.bulletins import bulletin_facts, issue, issued
from flows.papers.notice import notice_facts
from flows.papers.paper_file import check_file, write_file
from flows.papers.sign_off import sign_off_facts
from flows.working_days import load_calendar
from models import Bulletin
from models.bulletin import BulletinKind
from models.refusal import Refusal
from notifications.papers.bulletin import bulletin_paper, read_facts
from notifications.papers.notice import notice_paper
from notifications.papers.sign_off import sign_off_paper
from sise.commands.edge import Edge, Json, a_date, as_json, open_edge

report = typer.Typer(
    help="The office's documents, as Word (.docx) or a page that prints (.html).",
    no_args_is_help=True,
)


@report.command("notice")
def notice_command(
    number: str,
    file: Path,
    notice: Annotated[
        str | None, typer.Option(help="A notice by its number; the newest if not given.")
    ] = None,
    json: Json = False,
) -> None:
    """The warning notice (预警单) of a task, as it was issued, with the slip to answer on."""
    edge = open_edge()
    check_file(file)
    with reading(edge.office.engine) as session:
        calendar = load_calendar(session)
        facts = notice_facts(session, number, notice=notice, calendar=calendar)
    write_file(file, notice_paper(facts, edge.language))
    if json:
        as_json(asdict(facts) | {"file": file})
    else:
        edge.say(f"已写入 {file}：{facts.number}", f"Written to {file}: {facts.number}")


@report.command("sign-off")
def sign_off_command(number: str, file: Path, json: Json = False) -> None:
    """The application for sign-off (销号申请表) of a task, with what each level decided on it."""
    edge = open_edge()
    check_file(file)
    with reading(edge.office.engine) as session:
        facts = sign_off_facts(session, number)
    write_file(file, sign_off_paper(facts, edge.language))
    if json:
        as_json(asdict(facts) | {"file": file})
    else:
        edge.say(f"已写入 {file}：{facts.number}", f"Written to {file}: {facts.number}")


@report.command("bulletin")
def bulletin_command(
    file: Path,
    number: Annotated[
        int | None, typer.Option(help="Print this issue again; without it a new one is issued.")
    ] = None,
    from_: Annotated[
        str | None,
        typer.Option("--from", help="The first day; by default the day after the last issue."),
    ] = None,
    to: Annotated[str | None, typer.Option(help="The last day; today if not given.")] = None,
    json: Json = False,
) -> None:
    """Issue the next numbered bulletin (期), whose lines and totals are frozen; or print one
    again, the same whatever happened since."""
    edge = open_edge()
    check_file(file)
    kept = _issue_of(edge, BulletinKind.BULLETIN, number, from_, to)
    period, as_of = (kept.from_on, kept.to_on), edge.office.local(kept.as_of)
    paper = bulletin_paper(read_facts(kept.content), kept.number, period, as_of, edge.language)
    write_file(file, paper)
    _tell_of(edge, kept, file, json=json)


def _issue_of(
    edge: Edge, kind: BulletinKind, number: int | None, from_: str | None, to: str | None
) -> Bulletin:
    """The issue of this number, or the next one, about these days."""
    first, last = (a_date(day) if day else None for day in (from_, to))
    if number is not None:
        if first or last:
            raise Refusal(
                f"第 {number} 期的起止日期已经固定，--number 不能与 --from、--to 同写；没有写入",
                f"the days of No. {number} are fixed: --number does not go with --from or --to. "
                "Nothing was written",
            )
        with reading(edge.office.engine) as session:
            return issued(session, kind, number)
    with transaction(edge.office.engine, edge.now) as session:
        calendar = load_calendar(session)
        return issue(
            session,
            kind,
            first=first,
            last=last or edge.today,
            today=edge.today,
            now=edge.now,
            said=lambda one, other: bulletin_facts(session, one, other, calendar=calendar),
        )


def _tell_of(edge: Edge, kept: Bulletin, file: Path, *, json: bool) -> None:
    if json:
        facts = {"number": kept.number, "from": kept.from_on, "to": kept.to_on}
        content = text_as_json.loads(kept.content)
        as_json(facts | {"as_of": kept.as_of, "file": file} | content)
    else:
        edge.say(
            f"已写入 {file}：第 {kept.number} 期，{kept.from_on} 至 {kept.to_on}",
            f"Written to {file}: No. {kept.number}, {kept.from_on} to {kept.to_on}",
        )
