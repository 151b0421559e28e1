"""`sise report progress`: a draft as often as wanted, then published once and printed again."""

import json as text_as_json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.papers.paper_file import TABLES, check_file, write_file
from flows.papers.prepared import Standing, numbered, standing
from flows.papers.prepared_paper import paper_of
from flows.papers.progress import begins, progress_facts
from flows.papers.reports import prepare_report
from flows.rulebook import form_of, load_form
from models import ReportForm
from models.bulletin import BulletinKind
from models.posting import PostingState
from models.refusal import Refusal
from models.report_form import FormFile
from notifications.papers.progress import ProgressFacts, progress_paper
from notifications.wording import day_words
from sise.commands.approving import Author, author
from sise.commands.edge import Edge, Json, a_date, as_json, open_edge, text_of


class NoForm(Refusal):
    """No form was loaded yet."""

    def __init__(self) -> None:
        super().__init__(
            "还没有装入通报格式；请用 --form 指明格式文件。没有写入",
            "no form of a report was loaded yet; name its file by --form. Nothing was written",
        )


class AlreadyPublished(Refusal):
    """What is printed again is as it was published."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"第 {number} 次通报已经发布，内容固定，--number 不能与其他选项同写；没有写入",
            f"report {number} was published and is fixed: --number goes with no other option. "
            "Nothing was written",
        )


def progress_command(
    file: Path,
    form: Annotated[
        Path | None, typer.Option(help="The form's file; it is kept for the next time.")
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="The day as of which it is; today if not given.")
    ] = None,
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Freeze it, for somebody else to approve its publication."),
    ] = False,
    by: Author = None,
    number: Annotated[int | None, typer.Option(help="Print this report again.")] = None,
    json: Json = False,
) -> None:
    """The progress report by its form: sentences from tasks, records and approved figures, each
    figure with its source. A draft, or prepared for publication, which somebody else approves; as
    Excel (.xlsx), too."""
    edge = open_edge()
    check_file(file, TABLES)
    if number is not None:
        if form or to or publish or by:
            raise AlreadyPublished(number)
        with reading(edge.office.engine) as session:
            kept = numbered(session, BulletinKind.PROGRESS, number)
        _write(edge, file, kept, json=json)
        return
    last = _last(edge, to)
    with transaction(edge.office.engine, edge.now) as session:
        asked = _form(session, form, edge)
        if publish:
            draft = prepare_report(session, author(session, edge, by), asked, last=last)
            kept = standing(session, draft)
        else:
            facts = progress_facts(session, asked, begins(session, asked), last)
    if publish:
        _write(edge, file, kept, json=json)
    else:
        paper = progress_paper(facts, None, last, edge.today, edge.language)
        write_file(file, paper, TABLES)
        _tell(edge, file, None, last, facts, json=json)


def _last(edge: Edge, to: str | None) -> date:
    last = a_date(to) if to is not None else edge.today
    if last > edge.today:
        raise Refusal(
            f"{day_words(last)}还没有到；没有写入", f"{last} lies ahead; nothing was written"
        )
    return last


def _form(session: Session, file: Path | None, edge: Edge) -> FormFile:
    """The one of this file, else the newest that was loaded."""
    if file:
        return form_of(load_form(session, text_of(file), file=file.name, now=edge.now))
    newest = select(ReportForm).order_by(col(ReportForm.loaded_at).desc(), col(ReportForm.name))
    kept = session.exec(newest).first()
    if kept is None:
        raise NoForm
    return form_of(kept)


def _write(edge: Edge, file: Path, kept: Standing, *, json: bool) -> None:
    write_file(file, paper_of(edge.office, kept, edge.language), TABLES)
    _tell(edge, file, kept, kept.to_on, ProgressFacts.model_validate_json(kept.content), json=json)


def _tell(
    edge: Edge, file: Path, kept: Standing | None, on: date, facts: ProgressFacts, *, json: bool
) -> None:
    if json:
        told = text_as_json.loads(facts.model_dump_json())
        as_json(_standing(kept) | {"as_of": on, "file": file} | told)
        return
    if kept is None:
        edge.say(f"已写入 {file}：未发布的草稿", f"Written to {file}: a draft, not published")
    elif kept.state == PostingState.DRAFT:
        edge.say(
            f"已写入 {file}：第 {kept.number} 次通报待审批稿；请领导小组组长或分管领导在督办台"
            "“通报”页面（或用 sise report approve）审批后再发布",
            f"Written to {file}: the draft of report {kept.number}; the head of the leading group "
            "or a supervising leader approves it at the desk, on the page 'Reports' (or by 'sise "
            "report approve'), before it is published",
        )
    else:
        edge.say(
            f"已写入 {file}：第 {kept.number} 次通报", f"Written to {file}: report {kept.number}"
        )
    if facts.missing:
        edge.say(
            f"没有核准的数据或没有的事项，所在文句未印：{'、'.join(facts.missing)}",
            f"Not approved or not there, their sentences left out: {', '.join(facts.missing)}",
        )


def _standing(kept: Standing | None) -> dict[str, Any]:
    decided = kept.decided if kept else None
    return {
        "number": kept.number if kept else None,
        "state": kept.state if kept else None,
        "prepared_by": kept.prepared_by if kept else None,
        "approved_by": decided.said_by if decided else None,
    }
