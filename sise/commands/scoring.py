"""Scores: schemes from files, how the units stand now, and a period put before a leader."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.database import reading, transaction
from flows.papers.paper_file import write_file
from flows.scores.counting import score_facts
from flows.scores.published import paper_of
from flows.scores.schemes import find_scheme, load_scheme, scheme_of, schemes
from flows.scores.sheets import facts_of, prepare, sheets
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.working_days import load_calendar
from models import ScoreScheme
from models.refusal import Refusal
from models.score import ScoreState
from models.score_file import parse_scores
from notifications.papers.scores import ScoreFacts, detail_words, points_words
from notifications.wording import word
from sise.commands.edge import Edge, Json, as_json, fitting, open_edge, out, say_usable, text_of

score = typer.Typer(
    help="Points by rules from what the history says; each opens to its row.", no_args_is_help=True
)
Which = Annotated[str, typer.Argument(metavar="SCHEME", help="A scheme, by its name.")]
On = Annotated[
    str, typer.Option("--on", help="A day of the period, as 2022-07-31; today if not given.")
]


@score.command("list")
def score_list(json: Json = False) -> None:
    """The schemes that are loaded, and the results by period with where they stand."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        known, found = schemes(session), sheets(session)
    if json:
        as_json({"schemes": [_scheme(one) for one in known], "results": [_sheet(s) for s in found]})
        return
    rows = edge.table("名称|标题|周期|版本|规则数", "name|title|period|version|rules")
    for one in known:
        file = scheme_of(one)
        period = word(f"score_period.{file.period}", edge.language)
        rows.add_row(one.name, fitting(file.title), period, str(one.version), str(len(file.rule)))
    out.print(rows)
    results = edge.table("号|考核|时期|状态", "id|scheme|period|state")
    for sheet in found:
        state = word(f"score.{sheet.state}", edge.language)
        results.add_row(str(sheet.id), sheet.name, facts_of(sheet).period, state)
    out.print(results)


@score.command("check")
def score_check(file: Path, json: Json = False) -> None:
    """Whether a scheme's file can be used; every fault names its key. It needs no database."""
    read = parse_scores(text_of(file), file=file.name)
    say_usable(file, f"{read.title} ({read.name})", json, name=read.name)


@score.command("load")
def score_load(
    file: Path,
    why: Annotated[str, typer.Option("--why", help="The reason; it is kept.")] = "",
    json: Json = False,
) -> None:
    """Load a scheme's file as its next version; results keep the version they were counted by."""
    edge = open_edge()
    by = Unattended(COMMAND_LINE, edge.today, edge.now)
    with transaction(edge.office.engine, edge.now) as session:
        loaded = load_scheme(session, text_of(file), by, file=file.name, reason=why)
        title = scheme_of(loaded).title
    if json:
        as_json(_scheme(loaded))
    else:
        edge.say(
            f"已装入“{title}”（{loaded.name}）第 {loaded.version} 版",
            f"'{loaded.name}' is loaded as version {loaded.version}",
        )


@score.command("show")
def score_show(name: Which, on: On = "", json: Json = False) -> None:
    """How the units stand in a period by the rows as they are now, each point with its event."""
    edge = open_edge()
    day = _day(on, edge.today)
    with reading(edge.office.engine) as session:
        scheme, calendar = find_scheme(session, name), load_calendar(session)
        first, last = scheme_of(scheme).days_of(day)
        facts = score_facts(session, scheme, first, min(last, edge.today), calendar=calendar)
    if json:
        as_json(_points(facts))
    else:
        _show(edge, facts)


@score.command("prepare")
def score_prepare(
    name: Which,
    on: On = "",
    file: Annotated[
        Path | None, typer.Option("--file", help="Write it as .docx or .html too.")
    ] = None,
    json: Json = False,
) -> None:
    """Freeze a period that is over, for a leader to approve on the page; without --on the last."""
    edge = open_edge()
    by = Unattended(COMMAND_LINE, edge.today, edge.now)
    with transaction(edge.office.engine, edge.now) as session:
        scheme, calendar = find_scheme(session, name), load_calendar(session)
        rules = scheme_of(scheme)
        first = rules.days_of(_day(on, edge.today))[0] if on else rules.before(edge.today)[0]
        made = prepare(session, scheme, by, first, calendar=calendar)
        if file is not None:
            write_file(file, paper_of(session, edge.office, made, edge.language))
    if json:
        as_json(_sheet(made))
    else:
        edge.say(
            f"已拟 {facts_of(made).period} 结果（第 {made.id} 号），待领导在“考核”页面审批",
            f"{facts_of(made).period} is prepared as {made.id}; a leader approves it on the page",
        )


def _day(written: str, today: date) -> date:
    try:
        return date.fromisoformat(written) if written else today
    except ValueError as error:
        raise Refusal(
            f"“{written[:20]}”不是日期；请写成 2022-07-31",
            f"'{written[:20]}' is no date; write it as 2022-07-31",
        ) from error


def _scheme(one: ScoreScheme) -> dict[str, Any]:
    file = scheme_of(one)
    return {
        "name": one.name,
        "title": file.title,
        "period": file.period,
        "version": one.version,
        "rules": [rule.name for rule in file.rule],
    }


def _sheet(sheet: Any) -> dict[str, Any]:
    facts = facts_of(sheet)
    return {
        "id": sheet.id,
        "scheme": sheet.name,
        "period": facts.period,
        "state": ScoreState(sheet.state),
        "units": {unit: str(facts.points(unit)) for unit in facts.units},
    }


def _points(facts: ScoreFacts) -> dict[str, Any]:
    return {
        "scheme": facts.scheme,
        "period": facts.period,
        "units": [
            {"rank": rank, "unit": unit, "points": str(points)}
            for rank, unit, points in facts.ranked()
        ],
        "lines": [
            {
                "rule": line.rule,
                "on": line.on,
                "unit": line.unit,
                "task": line.task or None,
                "points": str(line.points),
                "restricted": line.restricted,
            }
            for line in facts.lines
        ],
    }


def _show(edge: Edge, facts: ScoreFacts) -> None:
    rows = edge.table("名次|单位|得分", "rank|unit|points")
    for rank, unit, points in facts.ranked():
        rows.add_row(str(rank), fitting(unit), points_words(points, signed=False))
    out.print(rows)
    lines = edge.table("日期|单位|规则|事由|分值", "date|unit|rule|what|points")
    for line in facts.lines:
        about = " ".join(filter(None, (line.task, detail_words(line, edge.language))))
        lines.add_row(
            f"{line.on}",
            fitting(line.unit),
            fitting(facts.rules[line.rule]),
            fitting(about),
            points_words(line.points),
        )
    out.print(lines)
