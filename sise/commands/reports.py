"""`sise report`: the office's documents, as Word files, pages that print, and workbooks."""

import json as text_as_json
from calendar import monthrange
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from flows.database import reading, transaction, trial
from flows.papers.bulletins import bulletin_facts, issue, issued
from flows.papers.notice import notice_facts
from flows.papers.paper_file import TABLES, check_file, write_file, write_page_file
from flows.papers.petitions import petition_facts
from flows.papers.postings import prepare
from flows.papers.prepared import Standing, numbered, standing
from flows.papers.prepared_paper import paper_of
from flows.papers.sign_off import sign_off_facts
from flows.papers.wall import wall_facts
from flows.working_days import load_calendar
from models import Bulletin
from models.bulletin import BulletinKind
from models.posting import PostingState
from models.refusal import Refusal
from notifications.papers.bulletin import BulletinFacts, bulletin_paper
from notifications.papers.notice import notice_paper
from notifications.papers.petitions import petitions_paper
from notifications.papers.sign_off import sign_off_paper
from notifications.papers.wall import n_sheets, wall_page
from sise.commands.approving import Author, approve_command, author
from sise.commands.edge import Edge, Json, a_date, as_json, open_edge
from sise.commands.progress import progress_command
from sise.commands.slips import slip_command

report = typer.Typer(
    help="The office's documents: Word (.docx), a page that prints (.html), some as Excel (.xlsx).",
    no_args_is_help=True,
)


report.command("progress")(progress_command)
report.command("approve")(approve_command)
report.command("slip")(slip_command)


class FixedPeriod(Refusal):
    """An issue that is printed again is about the days that it was issued for."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"第 {number} 期的起止日期已经固定，--number 不能与日期同写；没有写入",
            f"the days of No. {number} are fixed: --number does not go with dates. "
            "Nothing was written",
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
    """The warning notice of a task, as it was issued, with the slip to answer on."""
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
    """The application for sign-off of a task, with what each level decided on it."""
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
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be issued; write nothing.")
    ] = False,
    json: Json = False,
) -> None:
    """Issue the next numbered bulletin, whose lines and totals are frozen; or print one
    again, the same whatever happened since; as Excel (.xlsx), too."""
    edge = open_edge()
    check_file(file, TABLES)
    first, last = (a_date(day) if day is not None else None for day in (from_, to))
    if number is not None and (first or last):
        raise FixedPeriod(number)
    kept = _issue_of(edge, number, first, last or edge.today, dry_run=dry_run)
    if dry_run:
        _tell_of(edge, kept, None, json=json)
        return
    period, as_of = (kept.from_on, kept.to_on), edge.office.local(kept.as_of)
    facts = BulletinFacts.model_validate_json(kept.content)
    write_file(file, bulletin_paper(facts, kept.number, period, as_of, edge.language), TABLES)
    _tell_of(edge, kept, file, json=json)


@report.command("monthly")
def monthly_command(
    file: Path,
    number: Annotated[
        int | None, typer.Option(help="Print this issue again; without it a new one is issued.")
    ] = None,
    month: Annotated[
        str | None,
        typer.Option(help="A month that is over, as 2022-07; the last one if not given."),
    ] = None,
    by: Author = None,
    json: Json = False,
) -> None:
    """The monthly posting: the units ranked. It is prepared as a draft, which is frozen and marked
    as one, until it is approved at the desk; or print one again, as it stands; as Excel (.xlsx),
    too."""
    edge = open_edge()
    check_file(file, TABLES)
    if number is not None and (month or by):
        raise FixedPeriod(number)
    first, last = _days_of(month or f"{edge.today.replace(day=1) - timedelta(days=1):%Y-%m}")
    kept = _posting_of(edge, number, first, last, by)
    write_file(file, paper_of(edge.office, kept, edge.language), TABLES)
    _tell_of_posting(edge, kept, file, json=json)


@report.command("petitions")
def petitions_command(
    file: Path,
    month: Annotated[
        str | None,
        typer.Option(help="As 2022-07; the present month, up to today, if not given."),
    ] = None,
    json: Json = False,
) -> None:
    """The petitions of a month: forwarded and open, not turned into a lead, open for more than
    three months, turned into a lead; as Excel (.xlsx), too."""
    edge = open_edge()
    check_file(file, TABLES)
    first, last = _days_of(month or f"{edge.today:%Y-%m}")
    if first > edge.today:
        raise Refusal(
            f"{first:%Y-%m} 还没有开始；没有写入", f"{first:%Y-%m} lies ahead; nothing was written"
        )
    with reading(edge.office.engine) as session:
        facts = petition_facts(session, first, last, today=edge.today)
    write_file(file, petitions_paper(facts, edge.language), TABLES)
    if json:
        as_json(asdict(facts) | {"file": file})
    else:
        edge.say(f"已写入 {file}：{first:%Y-%m}", f"Written to {file}: {first:%Y-%m}")


@report.command("wall")
def wall_command(file: Path, json: Json = False) -> None:
    """The wall chart of all open matters by unit, for A3 landscape; nothing restricted is on it."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        facts = wall_facts(session, edge.today, load_calendar(session))
    write_page_file(file, wall_page(facts, edge.language))
    n = n_sheets(facts)
    if json:
        as_json(asdict(facts) | {"sheets": n, "file": file})
    else:
        edge.say(f"已写入 {file}：共 {n} 张 A3", f"Written to {file}: {n} sheets of A3")


def _days_of(month: str) -> tuple[date, date]:
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Refusal(
            f"“{month}”不是月份；请写成 2022-07", f"'{month}' is no month; write it as 2022-07"
        ) from error
    return first, first.replace(day=monthrange(first.year, first.month)[1])


def _issue_of(
    edge: Edge, number: int | None, first: date | None, last: date, *, dry_run: bool
) -> Bulletin:
    """The issue of this number, or the next one, about these days."""
    if number is not None:
        with reading(edge.office.engine) as session:
            return issued(session, BulletinKind.BULLETIN, number)
    look = trial(edge.office.engine)
    keep = transaction(edge.office.engine, edge.now)
    with look if dry_run else keep as session:
        calendar = load_calendar(session)
        return issue(
            session,
            BulletinKind.BULLETIN,
            first=first,
            last=last,
            today=edge.today,
            now=edge.now,
            said=lambda one, other: bulletin_facts(session, one, other, calendar=calendar),
        )


def _posting_of(
    edge: Edge, number: int | None, first: date, last: date, by: str | None
) -> Standing:
    if number is not None:
        with reading(edge.office.engine) as session:
            return numbered(session, BulletinKind.POSTING, number)
    with transaction(edge.office.engine, edge.now) as session:
        calendar = load_calendar(session)
        actor = author(session, edge, by)
        draft = prepare(session, actor, first=first, last=last, calendar=calendar)
        return standing(session, draft)


def _tell_of_posting(edge: Edge, kept: Standing, file: Path, *, json: bool) -> None:
    if json:
        as_json(
            {
                "number": kept.number,
                "from": kept.from_on,
                "to": kept.to_on,
                "as_of": kept.as_of,
                "file": file,
                "state": kept.state,
                "prepared_by": kept.prepared_by,
                "approved_by": kept.decided.said_by if kept.decided else None,
                "approved_at": kept.decided.at if kept.decided else None,
            }
            | text_as_json.loads(kept.content)
        )
    elif kept.state == PostingState.DRAFT:
        edge.say(
            f"已写入 {file}：第 {kept.number} 期待审批稿，{kept.from_on} 至 {kept.to_on}；"
            "请领导小组组长或分管领导在督办台“晾晒”页面（或用 sise report approve）审批后再上墙",
            f"Written to {file}: the draft of No. {kept.number}, {kept.from_on} to {kept.to_on}; "
            "the head of the leading group or a supervising leader approves it at the desk, on "
            "the page 'Postings' (or by 'sise report approve'), before it is posted",
        )
    else:
        edge.say(
            f"已写入 {file}：第 {kept.number} 期，{kept.from_on} 至 {kept.to_on}",
            f"Written to {file}: No. {kept.number}, {kept.from_on} to {kept.to_on}",
        )


def _tell_of(edge: Edge, kept: Bulletin, file: Path | None, *, json: bool) -> None:
    """No file: it was a rehearsal."""
    if json:
        facts = {"number": kept.number, "from": kept.from_on, "to": kept.to_on}
        content = text_as_json.loads(kept.content)
        as_json(facts | {"as_of": kept.as_of, "file": file} | content)
    elif file is None:
        lines = len(text_as_json.loads(kept.content)["lines"])
        edge.say(
            f"将印发第 {kept.number} 期，{kept.from_on} 至 {kept.to_on}，列出 {lines} 件；没有写入",
            f"No. {kept.number} would be issued, {kept.from_on} to {kept.to_on}, with {lines} "
            "lines; nothing was written",
        )
    else:
        edge.say(
            f"已写入 {file}：第 {kept.number} 期，{kept.from_on} 至 {kept.to_on}",
            f"Written to {file}: No. {kept.number}, {kept.from_on} to {kept.to_on}",
        )
