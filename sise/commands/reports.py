"""`sise report`: the office's documents, as Word files and as pages that print."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows.database import reading
from flows.papers.notice import notice_facts
from flows.papers.paper_file import check_file, write_file
from flows.working_days import load_calendar
from notifications.papers.notice import notice_paper
from sise.commands.edge import Json, as_json, open_edge

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
