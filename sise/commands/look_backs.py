"""Look-backs: what was drawn and why nobody chose it, what waits, and what the office adds."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from flows.database import reading, transaction
from flows.find_task import find_task
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.signoff.look_back_list import LookBackRow, RoundRow, rounds, waiting
from flows.signoff.look_back_plans import plan
from flows.signoff.look_back_rounds import Redrawn, draw_again
from flows.signoff.telling import tell
from flows.working_days import load_calendar
from models.refusal import Refusal
from notifications.wording import day_words, word
from sise.commands.edge import Edge, Json, as_json, fitting, open_edge, out

look_back = typer.Typer(help="Closed matters that are looked at again.", no_args_is_help=True)


class Tampered(Refusal):
    """The sample is not what its seed draws."""

    exit_code = 1

    def __init__(self, again: Redrawn) -> None:
        there, drawn = "、".join(sorted(again.kept)), "、".join(sorted(again.drawn))
        changed = "" if again.intact else "抽样名单被改动过；"
        altered = "" if again.intact else "the list it was drawn from was changed; "
        super().__init__(
            f"第 {again.round.id} 号抽样与种子不符：{changed}按种子应抽 {drawn}，登记为 {there}",
            f"round {again.round.id} is not what its seed draws: {altered}the seed draws {drawn}, "
            f"put down are {there}",
        )


@look_back.command("rounds")
def rounds_command(json: Json = False) -> None:
    """Every sample that was drawn, with its seed and what was found."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = rounds(session)
    if json:
        as_json([_round(row) for row in found])
    elif not found:
        edge.say("还没有抽样。", "No sample was drawn yet.")
    else:
        shown = edge.table(
            "号|月份|类别|到期|抽取|已查|结论|种子",
            "round|month|procedure|came|drawn|checked|found|seed",
        )
        for row in found:
            n = (row.eligible, row.counts.drawn, row.counts.checked)
            verdicts = _verdicts(edge, row)
            shown.add_row(
                str(row.id), row.month, row.procedure, *map(str, n), verdicts, fitting(row.seed)
            )
        out.print(shown)


@look_back.command("draw-again")
def draw_again_command(
    number: Annotated[int, typer.Argument(metavar="ROUND", help="As `rounds` numbers it.")],
    json: Json = False,
) -> None:
    """Prove that a sample is what its seed draws; exit 1 if it is not."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        again = draw_again(session, number)
    if not again.same:
        raise Tampered(again)
    facts = {"round": number, "seed": again.round.seed, "eligible": again.round.eligible}
    if json:
        as_json(facts | {"drawn": again.drawn, "same": again.same})
        return
    edge.say(
        f"按种子“{again.round.seed}”从 {again.round.eligible} 件中重抽，结果一致：",
        f"Drawn again from {again.round.eligible} by the seed '{again.round.seed}', the same:",
    )
    out.print("、".join(again.drawn) if edge.language != "en" else ", ".join(again.drawn))


@look_back.command()
def add(
    number: str,
    why: Annotated[str, typer.Option(help="The reason; it is kept.")],
    json: Json = False,
) -> None:
    """Have a matter that was signed off looked at again, beside the samples."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        task = find_task(session, number)
        actor = Unattended(COMMAND_LINE, edge.today, edge.now)
        calendar = load_calendar(session)
        plan(session, task, actor, reason=why, calendar=calendar)
        tell(session, edge.office, on=edge.today, now=edge.now)
        [row] = [row for row in waiting(session) if row.number == number]
    if json:
        as_json(asdict(row))
    else:
        who, who_english = "、".join(row.checkers), ", ".join(row.checkers)
        by, by_english = day_words(row.check_by), day_words(row.check_by, "en")
        edge.say(
            f"{number} 已列入回头看，由{who or '（无人可查，请指定）'}于{by}前查完。",
            f"{number} is looked at again, by {who_english or '(nobody may)'}, until {by_english}.",
        )


@look_back.command("list")
def list_command(json: Json = False) -> None:
    """What waits to be looked at, the soonest first."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = waiting(session)
    if json:
        as_json([asdict(row) for row in found])
    elif not found:
        edge.say("没有待查的回头看。", "Nothing waits to be looked at.")
    else:
        _show(edge, found)


def _show(edge: Edge, found: Sequence[LookBackRow]) -> None:
    shown = edge.table(
        "编号|事项|单位|日期|查完期限|检查人", "number|matter|unit|date|check by|who checks"
    )
    for row in found:
        shown.add_row(
            row.number,
            fitting(row.title),
            row.unit,
            str(row.planned_on),
            str(row.check_by),
            "、".join(row.checkers) or edge.both("无人可查", "nobody"),
        )
    out.print(shown)


def _round(row: RoundRow) -> dict[str, Any]:
    counts = row.counts
    facts = {name: value for name, value in asdict(row).items() if name != "counts"}
    return facts | {"drawn": counts.drawn, "checked": counts.checked, "verdicts": counts.verdicts}


def _verdicts(edge: Edge, row: RoundRow) -> str:
    return " ".join(
        f"{word(f'verdict.{verdict}', edge.language)} {n}"
        for verdict, n in row.counts.verdicts.items()
    )
