"""What the demo district did and what came of it: the acts, outcomes and figures of the notice, as
far as it says; days and whom they are about are ours, and say so."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from flows.records.figures import Reported, approve, report
from flows.records.keeping import Said, keep
from flows.records.lines import concerning, read_lines
from flows.signoff.actor import IMPORT, Unattended
from models import Figure, Official, Record
from models.organisation import PostKind
from models.workdays import DAY, Calendar
from seeds.cast import person
from seeds.matters import DEMONSTRATION
from seeds.notice import figures, items, read

OFFICE = "区委督查室"
ASSUMED = f"{DEMONSTRATION}：日期和对象为演示所设，通报只载总数"


def records(shift: timedelta = timedelta()) -> list[tuple[str, Said]]:
    """Each with the reference that it is known by, in the order of the file."""
    return [one for entry in read("records")["record"] for one in _unfolded(entry, shift)]


def reported(shift: timedelta = timedelta()) -> list[Reported]:
    """Every figure of the notice that is not counted, as its unit would report it."""
    counted = {figure["id"] for figure in read("progress")["figure"]}
    days, units = read("notice")["as_of"], {item["number"]: item["unit"] for item in items()}
    return [
        Reported(
            code=one.id,
            name=one.name,
            value=one.value,
            unit=one.unit,
            as_of=days.get(one.as_of, days["else"]) + shift,
            period=one.as_of,
            source=f"{units[one.number]}报送材料",
            remarks=f"{DEMONSTRATION}：数值照录通报，来源和日期为演示所设",
            task=one.number,
        )
        for one in figures()
        if one.value and one.id not in counted
    ]


def record_between(
    session: Session,
    first: date,
    last: date,
    *,
    now: datetime,
    calendar: Calendar,
    shift: timedelta = timedelta(),
) -> None:
    """What happened on these days, through the same acts as the office's. What is there already is
    left alone."""
    known = set(session.exec(select(Record.reference)))
    for reference, said in records(shift):
        if first <= said.on <= last and reference not in known:
            actor = Unattended(IMPORT, max(last, said.on), now)
            keep(session, said, actor, calendar=calendar)
    if first <= read("notice")["as_of"]["else"] + shift <= last:
        _report_figures(session, last, now, shift)


def _report_figures(session: Session, on: date, now: datetime, shift: timedelta) -> None:
    told = set(session.exec(select(Figure.code)))
    people = {one.name: one for one in session.exec(select(Official))}
    units = {item["number"]: item["unit"] for item in items()}
    approver = people[person(OFFICE, PostKind.OFFICE)[0]]
    for figure in reported(shift):
        if figure.code not in told:
            handler = people[person(units[figure.task], PostKind.HANDLER)[0]]
            kept = report(session, figure, handler, on=on, now=now)
            approve(session, kept.id, approver, on=on, now=now)


def _unfolded(entry: dict[str, Any], shift: timedelta) -> Iterator[tuple[str, Said]]:
    days = [*entry.get("on", ()), *_spread(entry)]
    lines = [_line(entry, n) for n in range(entry.get("count", 0))]
    for n, on in enumerate(days):
        own = lines[n * len(lines) // len(days) : (n + 1) * len(lines) // len(days)]
        reference = f"演示-{entry['name']}-{n + 1:02}"
        yield (
            reference,
            Said(
                kind=entry["kind"],
                on=on + shift,
                topic=entry["topic"],
                led_by=entry["led_by"],
                reference=reference,
                remarks="；".join(filter(None, (ASSUMED, entry.get("remarks")))),
                balancing=entry.get("balancing", False),
                lines=concerning(
                    read_lines([*entry.get("lines", ()), *own]), entry.get("tasks", ())
                ),
            ),
        )


def _line(entry: dict[str, Any], n: int) -> str:
    written: str = entry["each"]
    return written.replace("{m}", str(n + 1)).replace("{n}", str(n % entry.get("of", n + 1) + 1))


def _spread(entry: dict[str, Any]) -> Iterator[date]:
    """So many weekdays between the first and the last."""
    if "times" not in entry:
        return
    first, last, times = entry["first"], entry["last"], entry["times"]
    span = [first + n * DAY for n in range((last - first).days + 1)]
    weekdays = [on for on in span if on.weekday() < 5]
    yield from (weekdays[n * len(weekdays) // times] for n in range(times))
