"""What the demo district has to see closed: 63 matters under all five procedures."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flows.ledger.rows import LedgerRow
from models.organisation import PostKind
from models.task import Track
from seeds.cast import person
from seeds.notice import items, read

DEMONSTRATION = "演示数据"


def matters(shift: timedelta = timedelta()) -> tuple[LedgerRow, ...]:
    return (*_findings(shift), *_leads(shift), *_projects(shift), *_others(shift))


def _findings(shift: timedelta) -> Iterator[LedgerRow]:
    """The 25 items of the notice."""
    opened_on = read("notice")["opened_on"]
    for item in items():
        matter = {"opened_on": opened_on, "procedure": "rectification", **item}
        yield _row(matter, shift, remarks=_assumed(item))


def _leads(shift: timedelta) -> Iterator[LedgerRow]:
    """The 16 case leads: numbers and dates only."""
    shared = read("leads")
    for lead in shared["leads"]:
        title = f"问题线索（{lead['number']}）"
        yield _row({**shared, "title": title, **lead}, shift, remarks=DEMONSTRATION)


def _projects(shift: timedelta) -> Iterator[LedgerRow]:
    """The 18 resettlement projects, of which the notice names one."""
    shared = read("projects")
    for project in shared["projects"]:
        yield _row({**shared, **project}, shift, remarks=DEMONSTRATION)


def _others(shift: timedelta) -> Iterator[LedgerRow]:
    for matter in read("others")["matter"]:
        yield _row(matter, shift, remarks=DEMONSTRATION)


def _row(matter: dict[str, Any], shift: timedelta, *, remarks: str) -> LedgerRow:
    handler, address = person(matter["unit"], PostKind.HANDLER)
    return LedgerRow(
        number=matter["number"],
        title=matter["title"],
        unit=matter["unit"],
        opened_on=matter["opened_on"] + shift,
        due_on=matter["due_on"] + shift,
        procedure=matter["procedure"],
        handler=handler,
        handler_email=address,
        supporting_units="、".join(matter.get("supporting_units", ())),
        goal=matter.get("goal", ""),
        measures=tuple(matter.get("measures", ())),
        track=Track(matter.get("track", Track.DEADLINE)),
        lists="、".join(matter.get("lists", ())),
        remarks=remarks,
    )


def _assumed(item: dict[str, Any]) -> str:
    """Which facts of an item are ours: the notice gives no day of assignment, few deadlines."""
    ours = ["责任单位"] if item.get("assumed_unit") else []
    ours += ["交办日期"]
    ours += ["整改时限"] if item.get("due_assumed") else []
    return f"{DEMONSTRATION}：{'、'.join(ours)}为演示所设"
