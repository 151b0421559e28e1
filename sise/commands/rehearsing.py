"""`sise rehearse`: what another policy would have done."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.text import Text

from flows.database import reading
from flows.rehearsal import Raised, Rehearsed, concerned, rehearse
from flows.working_days import load_calendar
from models.ladder import Ladder, parse_ladder
from models.refusal import Refusal
from models.warning import Colour
from sise.commands.edge import Edge, Json, a_date, as_json, open_edge, out, progress, text_of

QUARTER = timedelta(days=90)
SHOWN = 30  # tasks that would have gone another way; more is counted


def rehearse_command(
    policy: Path,
    since: Annotated[
        str | None, typer.Option("--from", help="First business date; 90 days ago if not given.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--to", help="Last business date; today if not given.")
    ] = None,
    json: Json = False,
) -> None:
    """What another policy would have done to the tasks that are here. Nothing is written."""
    edge = open_edge()
    ladder = parse_ladder(text_of(policy), file=policy.name)
    last = a_date(until) if until is not None else edge.today
    first = a_date(since) if since is not None else last - QUARTER
    if not first <= last <= edge.today:
        raise Refusal(
            f"试算的日期应在 {edge.today} 及以前，且起不晚于止（现为 {first} 至 {last}）",
            f"rehearse days up to {edge.today}, the first before the last; not {first} to {last}",
        )
    with reading(edge.office.engine) as session:
        tasks = concerned(session, ladder)
        calendar = load_calendar(session)
        with progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()) as bar:
            found = [
                *bar.track(
                    rehearse(session, tasks, ladder, first, last, calendar),
                    total=len(tasks),
                    description=edge.both("正在试算", "rehearsing"),
                )
            ]
    differ = [one for one in found if one.differs]
    if json:
        as_json(_facts(ladder, first, last, found, differ))
    else:
        _show(edge, ladder, (first, last), found, differ)


def _facts(
    ladder: Ladder, first: date, last: date, found: Sequence[Rehearsed], differ: list[Rehearsed]
) -> dict[str, Any]:
    return {
        "policy": ladder.name,
        "version": ladder.version,
        "from": first,
        "to": last,
        "tasks": len(found),
        "was": _counted(ladder, (r for one in found for r in one.was)),
        "would": _counted(ladder, (r for one in found for r in one.would)),
        "differ": [asdict(one) for one in differ],
    }


def _counted(ladder: Ladder, raised: Iterable[Raised]) -> dict[Colour, int]:
    counted = Counter(one.colour for one in raised)
    used = {rung.colour for rung in ladder.rung} | counted.keys()
    return {colour: counted[colour] for colour in Colour if colour in used}


def _show(
    edge: Edge,
    ladder: Ladder,
    days: tuple[date, date],
    found: Sequence[Rehearsed],
    differ: Sequence[Rehearsed],
) -> None:
    edge.say(
        f"{days[0]} 至 {days[1]}，{len(found)} 件事项改用《{ladder.title}》"
        f"{ladder.version} 版试算，未写入任何内容",
        f"{days[0]} to {days[1]}: {len(found)} tasks under '{ladder.title}' ({ladder.version}); "
        "nothing was written",
    )
    was = _counted(ladder, (r for one in found for r in one.was))
    would = _counted(ladder, (r for one in found for r in one.would))
    totals = edge.table("升级为|实际|试算", "raised to|was|would be")
    for colour in Colour:
        if colour in was.keys() | would.keys():
            totals.add_row(edge.colour(colour), str(was.get(colour, 0)), str(would.get(colour, 0)))
    out.print(totals)
    edge.say(
        "“实际”只计已执行的夜间检查作出的升级。",
        "'was' counts what the nights that were played raised.",
        style="dim",
    )
    if not differ:
        edge.say("没有一件会有不同。", "Not one would have gone another way.")
        return
    rows = edge.table("编号|实际|试算", "number|was|would be")
    for one in differ[:SHOWN]:
        rows.add_row(one.number, _steps(edge, one.was), _steps(edge, one.would))
    out.print(rows)
    if (more := len(differ) - SHOWN) > 0:
        edge.say(f"……另有 {more} 件不同", f"… and {more} more that differ")


def _steps(edge: Edge, raised: Sequence[Raised]) -> Text:
    steps = (Text.assemble(f"{one.on} ", edge.colour(one.colour)) for one in raised)
    return Text("  ").join(steps) if raised else Text("—")
