"""Recurring duties: what comes back, for whom, what comes next; checked and loaded from files."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.database import reading, transaction
from flows.duties.registering import change_state, duty_of, load_duty
from flows.duties.standing import Coming, Standing, coming, standings
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.working_days import load_calendar
from models.duty import DutyAct
from models.duty_file import parse_duty
from notifications.deadline_words import weekday_words
from notifications.recurrence_words import answer_words, recurrence_words
from notifications.wording import post_word, word
from sise.commands.approving import named
from sise.commands.edge import Edge, Json, as_json, fitting, open_edge, out, say_usable, text_of

duty = typer.Typer(
    help="Recurring duties, whose tasks the night opens by itself.", no_args_is_help=True
)

Which = Annotated[str, typer.Argument(metavar="DUTY", help="A duty, by its name.")]
Why = Annotated[str, typer.Option("--why", help="The reason; it is kept.")]
By = Annotated[
    str | None, typer.Option("--by", help="Who of the office does so, by the mail address.")
]


@duty.command("list")
def duty_list(json: Json = False) -> None:
    """Every duty: when it comes back, for whom, what comes next, and how many were missed."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = standings(session, edge.today, load_calendar(session))
        if json:
            as_json([_facts(one) for one in found])
            return
    rows = edge.table(
        "名称|标题|周期|对象|答复|状态|下次|逾期未办或未开出",
        "name|title|recurs|for|answer|state|next|missed",
    )
    for one in found:
        rows.add_row(
            one.file.name,
            fitting(one.file.title),
            recurrence_words(one.file, edge.language),
            fitting(for_whom(one, edge)),
            answer_words(one.file, edge.language),
            word(f"recurring.{one.duty.state}", edge.language),
            str(one.next.occurrence.on) if one.next else "—",
            str(len(one.missed)),
        )
    out.print(rows)


@duty.command("check")
def duty_check(file: Path, json: Json = False) -> None:
    """Whether a duty file can be used; every fault names its key. It needs no database."""
    read = parse_duty(text_of(file), file=file.name)
    say_usable(file, f"{read.title} ({read.name})", json, name=read.name)


@duty.command("load")
def duty_load(
    file: Path,
    why: Annotated[str, typer.Option("--why", help="The reason; it is kept.")] = "",
    json: Json = False,
) -> None:
    """Load a duty file; what comes from today on is opened as it says."""
    edge = open_edge()
    by = Unattended(COMMAND_LINE, edge.today, edge.now)
    with transaction(edge.office.engine, edge.now) as session:
        loaded = load_duty(session, text_of(file), by, file=file.name, reason=why)
        title = duty_of(loaded).title
    if json:
        as_json({"name": loaded.name, "state": loaded.state})
    else:
        edge.say(
            f"已装入“{title}”（{loaded.name}）：今日起到期的由夜间检查自动交办",
            f"'{loaded.name}' is loaded: the night opens what falls due from today on",
        )


@duty.command("pause")
def duty_pause(name: Which, why: Why, by: By = None, json: Json = False) -> None:
    """Pause a duty: what falls due meanwhile is not made up."""
    _act(name, DutyAct.PAUSE, why, by, json=json)


@duty.command("resume")
def duty_resume(name: Which, why: Why, by: By = None, json: Json = False) -> None:
    """Resume a paused duty: it opens what comes from today on."""
    _act(name, DutyAct.RESUME, why, by, json=json)


@duty.command("end")
def duty_end(name: Which, why: Why, by: By = None, json: Json = False) -> None:
    """End a duty for good; what it opened goes on."""
    _act(name, DutyAct.END, why, by, json=json)


def _act(name: str, act: DutyAct, why: str, by: str | None, *, json: bool) -> None:
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        actor = named(session, edge, by)
        changed = change_state(session, name, act, actor, reason=why)
        title = duty_of(changed).title
        facts = {"name": changed.name, "state": changed.state, "by": actor.said_by}
    if json:
        as_json(facts)
    else:
        state = word(f"recurring.{facts['state']}", edge.language)
        edge.say(f"“{title}”（{name}）：{state}", f"'{name}': {state}")


@duty.command("next")
def duty_next(
    days: Annotated[
        int, typer.Option(min=1, max=366, help="How many days from today to look ahead.")
    ] = 30,
    json: Json = False,
) -> None:
    """What the nights that come will open."""
    edge = open_edge()
    until = edge.today + timedelta(days=days)
    with reading(edge.office.engine) as session:
        found = coming(session, until, load_calendar(session))
    if json:
        as_json([coming_facts(one) for one in found])
        return
    if not found:
        edge.say(f"到 {until} 没有周期任务开出。", f"No duty opens a task up to {until}.")
        return
    show_coming(edge, found)


def show_coming(edge: Edge, found: Sequence[Coming]) -> None:
    rows = edge.table("开出|完成时限|任务", "opens|due|task")
    for one in found:
        rows.add_row(
            weekday_words(one.occurrence.on, edge.language),
            weekday_words(one.due_on, edge.language),
            fitting(one.duty.title_of(one.occurrence)),
        )
    out.print(rows)


def for_whom(one: Standing, edge: Edge) -> str:
    if one.file.pairings:
        return edge.both(
            f"结对领导（{one.file.pairings}）", f"paired leaders ({one.file.pairings})"
        )
    if one.file.units:
        return edge.both("、", ", ").join(one.file.units)
    post = post_word(one.file.post, edge.language)
    return edge.both(f"设有{post}的单位", f"units with a {post}")


def _facts(one: Standing) -> dict[str, Any]:
    return {
        "name": one.file.name,
        "title": one.file.title,
        "procedure": one.file.procedure,
        "units": list(one.file.units),
        "post": one.file.post,
        "state": one.duty.state,
        "next": coming_facts(one.next) if one.next else None,
        "missed": [
            {
                "of": late.row.of,
                "unit": late.row.unit,
                "number": late.task.number if late.task else None,
                "colour": late.task.colour if late.task else None,
            }
            for late in one.missed
        ],
    }


def coming_facts(one: Coming) -> dict[str, Any]:
    return {
        "name": one.duty.name,
        "opens_on": one.occurrence.on,
        "due_on": one.due_on,
        "title": one.duty.title_of(one.occurrence),
    }
