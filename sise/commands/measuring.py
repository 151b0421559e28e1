"""Measurements: series from files, values reported one by one or by a CSV, and how they stand."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from flows.database import reading, transaction
from flows.measures.from_csv import readings
from flows.measures.reporting import Reading, Reported, report
from flows.measures.series import find_series, load_series, series_of, version_of
from flows.measures.table import CODES, Series, all_series
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.signoff.telling import tell
from flows.working_days import load_calendar
from models.series_file import SeriesFile, parse_series
from notifications.wording import word
from sise.commands.edge import (
    STYLES,
    Edge,
    Json,
    as_json,
    fitting,
    octets_of,
    open_edge,
    out,
    say_usable,
    text_of,
)

measure = typer.Typer(
    help="Values against thresholds or a path; what turns worse is followed up.",
    no_args_is_help=True,
)
Which = Annotated[str, typer.Argument(metavar="SERIES", help="A series, by its name.")]


@measure.command("list")
def measure_list(
    name: Annotated[str, typer.Argument(help="One series, each subject by its own line.")] = "",
    json: Json = False,
) -> None:
    """The series and how many are green, yellow and red; or one of them, by subject and period."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = all_series(session, edge.today)
        if name:
            find_series(session, name)
            found = [one for one in found if one.row.name == name]
        if json:
            as_json([_facts(one, whole=bool(name)) for one in found])
        elif name:
            _show_one(edge, found[0])
        else:
            _show_all(edge, found)


@measure.command("report")
def measure_report(
    name: Which,
    subject: str,
    period: Annotated[str, typer.Argument(help="As 2022-07, 2022Q3 or 2022.")],
    value: str,
    why: Annotated[str, typer.Option("--why", help="The reason of a correction; it is kept.")] = "",
    json: Json = False,
) -> None:
    """Report one value; what turns worse opens a task that follows it up."""
    _report(open_edge(), name, [Reading(subject, period, value, why)], json)


@measure.command("import")
def measure_import(name: Which, file: Path, json: Json = False) -> None:
    """Report the values of a CSV of subject, period, value, reason: all or nothing."""
    _report(open_edge(), name, readings(octets_of(file)), json)


@measure.command("check")
def measure_check(file: Path, json: Json = False) -> None:
    """Whether a file of a series can be used; every fault names its key. It needs no database."""
    read = parse_series(text_of(file), file=file.name)
    say_usable(file, f"{read.title} ({read.name})", json, name=read.name)


@measure.command("load")
def measure_load(
    file: Path,
    why: Annotated[str, typer.Option("--why", help="The reason; it is kept.")] = "",
    json: Json = False,
) -> None:
    """Load a file of a series as a new version; what was reported keeps the code that it had."""
    edge = open_edge()
    by = Unattended(COMMAND_LINE, edge.today, edge.now)
    with transaction(edge.office.engine, edge.now) as session:
        loaded = load_series(session, text_of(file), by, file=file.name, reason=why)
        version = version_of(session, loaded)
        title = series_of(loaded).title
    if json:
        as_json({"name": loaded.name, "version": version})
    else:
        edge.say(
            f"已装入“{title}”（{loaded.name}），第 {version} 版",
            f"'{loaded.name}' is loaded, version {version}",
        )


def _report(edge: Edge, name: str, wanted: list[Reading], json: bool) -> None:
    by = Unattended(COMMAND_LINE, edge.today, edge.now)
    with transaction(edge.office.engine, edge.now) as session:
        series, calendar = find_series(session, name), load_calendar(session)
        told = report(session, series, wanted, by, calendar=calendar)
        tell(session, edge.office, on=edge.today, now=edge.now)
        file = series_of(series)
    if json:
        as_json([_told(file, one) for one in told])
        return
    for one in told:
        _say(edge, file, one)


def _say(edge: Edge, file: SeriesFile, one: Reported) -> None:
    code = word(f"code.{one.code}", edge.language)
    line = f"{one.subject} {file.written(one.period)} {one.value}{file.unit} {code}"
    more = []
    if one.unchanged:
        more.append(edge.both("已报过，未变", "reported before, unchanged"))
    if one.corrected is not None:
        more.append(edge.both(f"原报 {one.corrected}", f"was {one.corrected}"))
    if one.opened:
        more.append(edge.both(f"已交办 {one.opened}", f"{one.opened} follows it up"))
    if one.still_open:
        more.append(
            edge.both(
                f"{one.still_open} 仍在办，须按程序销号",
                f"{one.still_open} is still open until it is signed off",
            )
        )
    out.print(edge.both("；", "; ").join([line, *more]))


def _told(file: SeriesFile, one: Reported) -> dict[str, Any]:
    return {
        "subject": one.subject,
        "period": file.written(one.period),
        "value": one.value,
        "code": one.code,
        "before": one.before,
        "corrected": one.corrected,
        "opened": one.opened,
        "still_open": one.still_open,
        "unchanged": one.unchanged,
    }


def _facts(one: Series, *, whole: bool) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "name": one.row.name,
        "title": one.file.title,
        "period": one.file.written(one.periods[-1]),
        "codes": {code: one.counts[code] for code in CODES},
        "missing": list(one.missing),
        "following": one.following,
    }
    if whole:
        facts["subjects"] = {
            line.subject.name: {
                one.file.written(period): {"value": cell.now.value, "code": cell.now.code}
                for period, cell in zip(one.periods, line.cells, strict=True)
                if cell
            }
            for line in one.lines
        }
    return facts


def _show_all(edge: Edge, found: list[Series]) -> None:
    rows = edge.table(
        "名称|标题|最近一期|红码|黄码|绿码|未报|跟进",
        "name|title|last period|red|yellow|green|missing|followed up",
    )
    for one in found:
        rows.add_row(
            one.row.name,
            fitting(one.file.title),
            one.file.written(one.periods[-1]),
            *(str(one.counts[code]) for code in CODES),
            str(len(one.missing)),
            str(one.following),
        )
    out.print(rows)


def _show_one(edge: Edge, one: Series) -> None:
    rows = edge.table("对象", "subject")
    for period in one.periods:
        rows.add_column(one.file.written(period))
    for line in one.lines:
        cells = [
            Text(
                f"{cell.now.value} {word(f'code.{cell.now.code}', edge.language)}",
                style=STYLES[cell.now.code],
            )
            if cell
            else Text("—")
            for cell in line.cells
        ]
        rows.add_row(fitting(line.subject.name), *cells)
    out.print(rows)
