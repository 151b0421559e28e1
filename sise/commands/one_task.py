"""One task: its history, and why it has its colour."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text
from sqlmodel import col, select

from flows.database import reading
from flows.explain import explain
from flows.find_task import find_task
from flows.moves import STAGE
from flows.signoff.levels import rules_of
from flows.signoff.look_back_list import LookBackRow, of_task
from flows.task_list import task_rows
from flows.working_days import load_calendar
from models import Measure, Transition
from notifications.deadline_words import weekday_words
from notifications.explanation import ExplainRow, Explanation
from notifications.wording import assurance_word, day_words, event_word, state_word, word
from sise.commands.edge import Edge, Json, a_date, as_json, open_edge, out
from sise.commands.looking import ROOMY

_WORDS_OF = {"warning": "colour", "notice": "notice", "sign-off": "state"}


def task(number: str, json: Json = False) -> None:
    """One task with its history."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        kept = find_task(session, number)
        (row,) = task_rows(session, edge.today, number=number)
        measures = session.exec(
            select(Measure).where(Measure.task_id == kept.id).order_by(col(Measure.position))
        ).all()
        history = session.exec(
            select(Transition).where(Transition.task_id == kept.id).order_by(col(Transition.id))
        ).all()
        looked = of_task(session, kept)
        stages = {one.name: one.title for one in rules_of(session, kept).stage}
        why = explain(
            session,
            number,
            on=edge.today,
            calendar=load_calendar(session),
            timezone=edge.office.timezone,
        )
    if json:
        as_json(
            asdict(row)
            | {
                "goal": kept.goal,
                "measures": [m.text for m in measures],
                "opened_on": kept.opened_on,
                "track": kept.track,
                "restricted": kept.restricted,
                "cycle": kept.cycle,
                "stage": kept.stage or None,
                "look_backs": [asdict(row) for row in looked],
                "history": [_fact(move) for move in history],
                "told": [asdict(told) for told in why.told],
            }
        )
    else:
        whose = f"{row.unit}  {row.handler or ''}".rstrip()
        _show_task(edge, why, whose, kept.cycle, measures, history, stages)
        _show_look_backs(edge, looked)


def _show_task(
    edge: Edge,
    why: Explanation,
    whose: str,
    cycle: int,
    measures: Sequence[Measure],
    history: Sequence[Transition],
    stages: Mapping[str, str],
) -> None:
    out.print(_title(edge, why))
    again = edge.both(f"  第 {cycle} 轮整改", f"  cycle {cycle}") if cycle > 1 else ""
    out.print(f"{whose}  {state_word(why.state, edge.language)}{again}")
    for measure in measures:
        out.print(f"  {measure.position}. {measure.text}")
    edge.say("\n经过", "\nWhat happened", style="bold")
    for move in history:
        out.print(_entry(" ", _move_words(edge, move, stages)))
    edge.say("\n时限与告知", "\nDeadline, and who was told", style="bold")
    for sentence in why.sentences(edge.language):
        out.print(_entry("·", sentence))


def _entry(mark: str, words: str) -> str:
    """Of a list; what somebody wrote in several lines stays within it."""
    return f"{mark} {words}".replace("\n", "\n    ")


def _show_look_backs(edge: Edge, looked: Sequence[LookBackRow]) -> None:
    if looked:
        edge.say("\n回头看", "\nLook-backs", style="bold")
    for row in looked:
        verdict = word(f"verdict.{row.verdict}", edge.language) if row.verdict else ""
        waits = edge.both(
            f"待查，{day_words(row.check_by)}前查完", f"to be checked by {row.check_by}"
        )
        said = (day_words(row.planned_on, edge.language), verdict or waits, row.reason)
        out.print(f"  {'  '.join(part for part in said if part)}")


def _title(edge: Edge, why: Explanation) -> Text:
    return Text.assemble((f"{why.number} {why.title}", "bold"), "  ", edge.colour(why.colour))


def _move_words(edge: Edge, move: Transition, stages: Mapping[str, str]) -> str:
    titles = stages if move.machine == STAGE else {}
    kind, language = _WORDS_OF.get(move.machine, ""), edge.language
    source, target = (
        titles.get(state) or word(f"{kind}.{state}", language)
        for state in (move.source, move.target)
    )
    return "  ".join(
        part
        for part in (
            day_words(move.on, language),
            event_word(move.event, language),
            f"{source} → {target}",
            move.said_by,
            assurance_word(move.assurance, language),
            move.reason,
        )
        if part
    )


def _fact(move: Transition) -> dict[str, Any]:
    return {
        "machine": move.machine,
        "event": move.event,
        "from": move.source,
        "to": move.target,
        "on": move.on,
        "at": move.at,
        "cause": move.cause,
        "passed": move.passed.split(),
        "reason": move.reason,
        "said_by": move.said_by,
        "assurance": move.assurance,
    }


def explain_command(
    number: str,
    date: Annotated[str | None, typer.Option(help="As of this business date.")] = None,
    json: Json = False,
) -> None:
    """Why this colour: the counting day by day, and what comes next."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = explain(
            session,
            number,
            on=a_date(date) if date is not None else edge.today,
            calendar=load_calendar(session),
            timezone=edge.office.timezone,
        )
    if json:
        as_json(_explained(found, edge.language))
    else:
        _show_explanation(edge, found)


def _explained(found: Explanation, language: str) -> dict[str, Any]:
    ahead, raised = found.next_row, found.raised
    return {
        "number": found.number,
        "on": found.on,
        "colour": found.colour,
        "state": found.state,
        "policy": found.policy,
        "due_on": found.due_on,
        "original_due_on": found.original_due_on,
        "rolled_on": found.rolled_on,
        "rungs": [
            {
                "colour": row.colour,
                "clock": str(row.entry),
                "anchor": row.anchor,
                "strike_on": row.strike_on,
                "struck": row.struck,
                "raised_on": row.raised_on,
                "provisional": row.provisional,
            }
            for row in found.rows
        ],
        "cause": str(raised.entry) if raised else None,
        "caused_on": raised.on if raised else None,
        "next": ahead
        and {"colour": ahead.colour, "strike_on": ahead.strike_on, "clock": str(ahead.entry)},
        "asked": [asdict(row) for row in found.asked],
        "sentences": found.sentences(language),
    }


def _show_explanation(edge: Edge, found: Explanation) -> None:
    out.print(_title(edge, found))
    edge.say(
        f"规则：{found.policy}　截至 {day_words(found.on)}",
        f"Policy: {found.policy}, as of {day_words(found.on, 'en')}",
    )
    if out.width < ROOMY:
        for row in found.rows:
            out.print(edge.colour(row.colour), _in_a_line(edge, row))
    else:
        out.print(_rungs(edge, found))
    for sentence in found.sentences(edge.language):
        out.print(_entry("·", sentence))


def _in_a_line(edge: Edge, row: ExplainRow) -> str:
    strikes = weekday_words(row.strike_on, edge.language) if row.strike_on else "—"
    marked = edge.both(f"（{mark}）", f" ({mark})") if (mark := _mark(edge, row)) else ""
    return f"{row.clock(edge.language)}{edge.both('：', ': ')}{strikes}{marked}"


def _rungs(edge: Edge, found: Explanation) -> Table:
    rows = edge.table("颜色|触发条件|起算|触发日|", "colour|when|counted from|strikes on|")
    for row in found.rows:
        rows.add_row(
            edge.colour(row.colour),
            row.clock(edge.language),
            str(row.anchor or "—"),
            weekday_words(row.strike_on, edge.language) if row.strike_on else "—",
            _mark(edge, row),
        )
    for n in (0, 2, 3, 4):
        rows.columns[n].no_wrap = True
    return rows


def _mark(edge: Edge, row: ExplainRow) -> str:
    if row.raised_on:
        return edge.both(f"已到，{row.raised_on} 据此升级", f"struck, raised it on {row.raised_on}")
    if row.struck:
        return edge.both("已到", "struck")
    return edge.both("暂定", "provisional") if row.provisional else ""
