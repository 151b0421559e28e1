"""Policies and the calendar: reading them, checking them, changing them."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import col, select

from flows.database import reading, transaction
from flows.ledger import cells
from flows.ledger.needs import Need
from flows.rulebook import bring_policy, current_policy, ladder_of
from flows.working_days import DaySaid, confirm_year, load_calendar, set_days
from models import Policy
from models.ladder import Ladder, parse_ladder
from models.refusal import Refusal
from models.workdays import DAY
from notifications.deadline_words import weekday_words
from notifications.ladder_words import rungs
from notifications.wording import colour_word
from sise.commands.edge import Edge, Json, a_date, as_json, open_edge, out, say_usable, text_of

KINDS = {"working": True, "上班": True, "holiday": False, "放假": False}

STATUTORY_DAYS = 13  # 全国年节及纪念日放假办法 (2024): no year has fewer days off

policy = typer.Typer(
    help="The ladders: which colours, when, who is told, what they owe.", no_args_is_help=True
)
calendar = typer.Typer(help="The office's working days.", no_args_is_help=True)


@policy.command("list")
def policy_list(json: Json = False) -> None:
    """Every policy and version that is loaded."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = session.exec(select(Policy).order_by(col(Policy.name), col(Policy.id))).all()
    if json:
        as_json([{"name": p.name, "version": p.version, "title": p.title} for p in found])
        return
    rows = edge.table("名称|版本|标题|颜色", "name|version|title|colours")
    for one in found:
        colours = " → ".join(colour_word(r.colour, edge.language) for r in ladder_of(one).rung)
        rows.add_row(one.name, one.version, one.title, colours)
    out.print(rows)


@policy.command("check")
def policy_check(file: Path, json: Json = False) -> None:
    """Whether a policy file can be used; every fault names its table and key."""
    ladder = parse_ladder(text_of(file), file=file.name)
    words = f"{ladder.title} ({ladder.name} {ladder.version})"
    say_usable(file, words, json, name=ladder.name, version=ladder.version)


@policy.command("load")
def policy_load(file: Path, json: Json = False) -> None:
    """Load a policy file; tasks that open from now on use it, open ones keep theirs."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        loaded = bring_policy(session, edge.actor, text_of(file), file=file.name)
    if json:
        as_json({"name": loaded.name, "version": loaded.version})
    else:
        edge.say(
            f"已装入 {loaded.name} {loaded.version}：此后交办、适用 {loaded.name} 的事项按此版本",
            f"{loaded.name} {loaded.version} is loaded: tasks under {loaded.name} that open from "
            "now on use it",
        )


@policy.command("show")
def policy_show(name: str, json: Json = False) -> None:
    """The ladder as an office would write it."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found = current_policy(session, name)
    if found is None:
        raise Refusal(
            f"没有名为“{name}”的规则；可用 sise policy list 查看",
            f"no policy is called '{name}'; 'sise policy list' lists them",
        )
    ladder = ladder_of(found)
    if json:
        as_json(ladder.model_dump(mode="json", by_alias=True))
    else:
        _show_ladder(edge, ladder)


def _show_ladder(edge: Edge, ladder: Ladder) -> None:
    out.print(f"{ladder.title}  {ladder.name} {ladder.version}  {ladder.basis}", style="bold")
    rows = edge.table(
        "颜色|何时（任一）|告知|抄送|签收|答复", "colour|when (any)|told|copied|acknowledge|answer"
    )
    for rung in rungs(ladder, edge.language):
        rows.add_row(
            edge.colour(rung.colour),
            "\n".join(rung.when),
            "\n".join(rung.tell),
            "\n".join(rung.copied),
            rung.acknowledge,
            rung.answer,
        )
    out.print(rows)


@calendar.command("show")
def calendar_show(
    year: Annotated[int, typer.Argument(min=cells.YEARS[0], max=cells.YEARS[-1])],
    json: Json = False,
) -> None:
    """The days of a year that are not as their weekday says, and whether the year is known."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        kept = load_calendar(session)
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = [first + n * DAY for n in range((last - first).days + 1)]
    special = [(d, kept.is_working(d)) for d in days if kept.is_working(d) != (d.weekday() < 5)]
    if json:
        as_json(
            {
                "year": year,
                "known": kept.is_known(year),
                "days": [{"date": d, "working": w, "edited": d in kept.edits} for d, w in special],
            }
        )
        return
    known = kept.is_known(year)
    edge.say(
        f"{year} 年工作日历（{'已确定' if known else '暂定：尚无调休安排'}；* 为本单位改动）",
        f"The calendar of {year} ({'known' if known else 'provisional'}; * edited by the office)",
        style="bold",
    )
    for day, working in special:
        what = edge.both("上班" if working else "放假", "working" if working else "off")
        edited = " *" if day in kept.edits else ""
        out.print(f"  {weekday_words(day, edge.language)} {what}{edited}")


@calendar.command("set")
def calendar_set(
    day: str,
    kind: Annotated[str, typer.Argument(help="working or holiday")],
    why: Annotated[str, typer.Option(help="The reason; it is kept.")],
    json: Json = False,
) -> None:
    """Make one day a working day or a day off."""
    if kind not in KINDS:
        raise Refusal(
            f"“{kind}”有误；请写 working（上班）或 holiday（放假）",
            f"'{kind}' is neither 'working' nor 'holiday'",
        )
    if not why.strip():
        raise Refusal(
            "请写明理由（--why）；没有记录任何操作", "give the reason (--why); nothing was recorded"
        )
    edge, on = open_edge(), a_date(day)
    with transaction(edge.office.engine, edge.now) as session:
        set_days(session, edge.actor, [DaySaid(on, KINDS[kind], why)])
    if json:
        as_json({"date": on, "working": KINDS[kind], "why": why})
    else:
        edge.say(
            f"{on} 已设为{'上班' if KINDS[kind] else '放假'}：{why}",
            f"{on} is now {'a working day' if KINDS[kind] else 'a day off'}: {why}",
        )


@calendar.command("import")
def calendar_import(file: Path, json: Json = False) -> None:
    """Load days from a CSV of date,working|holiday,why; a year whose holidays are all there
    counts as known from then on."""
    edge = open_edge()
    days = _calendar_lines(file)
    with transaction(edge.office.engine, edge.now) as session:
        set_days(session, edge.actor, days)
        listed = Counter(day.on.year for day in days if not day.working)
        years = sorted(year for year, n in listed.items() if n >= STATUTORY_DAYS)
        for year in years:
            confirm_year(session, edge.actor, year)
    if json:
        as_json({"days": len(days), "years": years})
        return
    confirmed = "、".join(map(str, years))
    edge.say(
        f"已录入 {len(days)} 天；"
        + (f"已确认年度：{confirmed}" if years else "未满一年的放假安排，其余日期仍为暂定"),
        f"{len(days)} days loaded; "
        + (
            f"confirmed: {confirmed}"
            if years
            else "not a whole year, its other days stay provisional"
        ),
    )


def _calendar_lines(file: Path) -> list[DaySaid]:
    days, faults = list[DaySaid](), list[tuple[str, str]]()
    for n, line in enumerate(text_of(file, else_in="gb18030").splitlines(), 1):
        parts = [part.strip() for part in line.split(",", 2)]
        if not any(parts) or parts[0].lower() in ("date", "日期"):
            continue
        try:
            on, working = _written_day(parts[0]), KINDS[parts[1].lower()]
            days.append(DaySaid(on, working, parts[2] if parts[2:] else ""))
        except (ValueError, KeyError, IndexError) as error:
            faults.append(_fault(n, parts[0], error))
    if faults or not days:
        chinese, english = zip(*(faults or [_fault(1)]), strict=True)
        raise Refusal(f"{file.name} {'；'.join(chinese)}", f"{file.name} {'; '.join(english)}")
    return days


def _written_day(text: str) -> date:
    """As in a ledger: Excel writes 2027/2/5 into a CSV."""
    if (found := cells.day(text)) is None:
        raise ValueError(text)
    return found


def _fault(n: int, day: str = "", error: Exception | None = None) -> tuple[str, str]:
    if isinstance(error, cells.BadCell) and error.need is Need.NO_SUCH_DAY:
        return f"第 {n} 行：{day} 这一天不存在", f"line {n}: there is no day {day}"
    return (
        f"第 {n} 行：应写成 2027-02-05,放假,春节（调休上班写 2027-02-20,上班,调休）",
        f"line {n}: write 2027-02-05,holiday,Spring Festival (or working)",
    )
