"""What the nights that come will bring, if nobody acts."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Annotated, Any

import typer

from flows.database import reading
from flows.duties.standing import coming
from flows.forecast import Turn, forecast, next_night
from flows.working_days import load_calendar
from notifications.deadline_words import weekday_words
from notifications.explanation import entry_words
from notifications.wording import colour_word
from sise.commands.duties import coming_facts, show_coming
from sise.commands.edge import Edge, Json, as_json, fitting, open_edge, out


def forecast_command(
    days: Annotated[
        int, typer.Option(min=1, max=366, help="How many days from today to look ahead.")
    ] = 30,
    json: Json = False,
) -> None:
    """Who turns which colour when, if nobody acts and no deadline changes; and what duties open."""
    edge = open_edge()
    last = edge.today + timedelta(days=days)
    with reading(edge.office.engine) as session:
        first = next_night(session, edge.today)
        calendar = load_calendar(session)
        turns = forecast(session, first=first, last=last, calendar=calendar)
        duties = coming(session, last, calendar)
    if json:
        as_json(_facts(turns, first, last) | {"duties": [coming_facts(one) for one in duties]})
        return
    _show(edge, turns, first, last)
    if duties:
        edge.say(f"周期任务将开出 {len(duties)} 期：", f"Duties will open {len(duties)} times:")
        show_coming(edge, duties)


def _facts(turns: Sequence[Turn], first: date, last: date) -> dict[str, Any]:
    return {
        "from": first,
        "until": last,
        "days": [
            {"date": on, "turns": [_fact(turn) for turn in some]}
            for on, some in groupby(turns, key=lambda turn: turn.on)
        ],
    }


def _fact(turn: Turn) -> dict[str, Any]:
    return {
        "number": turn.number,
        "title": turn.title,
        "unit": turn.unit,
        "handler": turn.handler or None,
        "from": turn.source,
        "to": turn.target,
        "clock": str(turn.entry),
        "if_unanswered": turn.if_unanswered,
        "provisional": turn.provisional,
    }


def _show(edge: Edge, turns: Sequence[Turn], first: date, last: date) -> None:
    if not turns:
        edge.say(
            f"如无变化，{first} 至 {last} 没有事项会变色。",
            f"If nothing changes, no task turns a colour from {first} to {last}.",
        )
        return
    waiting = sum(turn.if_unanswered for turn in turns)
    tasks = len({turn.number for turn in turns})
    only = (
        edge.both(
            f"，其中 {waiting} 次仅在预警单无人签收或答复时发生",
            f"; {waiting} of these only if nobody answers a notice",
        )
        if waiting
        else ""
    )
    edge.say(
        f"如无人办理、时限不变，{first} 至 {last} 有 {tasks} 件事项变色 {len(turns)} 次{only}：",
        f"If nobody acts and no deadline changes, {tasks} tasks turn {len(turns)} times from "
        f"{first} to {last}{only}:",
    )
    for on, some in groupby(turns, key=lambda turn: turn.on):
        _show_day(edge, on, list(some))


def _show_day(edge: Edge, on: date, turns: Sequence[Turn]) -> None:
    n = len(turns)
    day = weekday_words(on, edge.language)
    provisional = edge.both("（暂定）", " (provisional)") if turns[0].provisional else ""
    edge.say(f"\n{day}{provisional}　{n} 件", f"\n{day}{provisional}: {n}", style="bold")
    rows = edge.table(
        "颜色|原来|编号|标题|单位|责任人|因为", "colour|was|number|title|unit|handler|because"
    )
    for turn in turns:
        rows.add_row(
            edge.colour(turn.target),
            colour_word(turn.source, edge.language),
            turn.number,
            fitting(turn.title),
            fitting(turn.unit),
            fitting(turn.handler),
            _because(edge, turn),
        )
    for column in (0, 1, 2):
        rows.columns[column].no_wrap = True
    out.print(rows)


def _because(edge: Edge, turn: Turn) -> str:
    said = entry_words(turn.entry, edge.language)
    if not turn.if_unanswered:
        return said
    what = "签收" if turn.entry.clock == "unacknowledged" else "答复"
    did = "acknowledges" if turn.entry.clock == "unacknowledged" else "answers"
    return edge.both(f"{said}（如无人{what}）", f"{said} (if nobody {did})")
