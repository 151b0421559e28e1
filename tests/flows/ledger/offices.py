"""Random offices for the round trip: a directory and a ledger, as an import may bring them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from hypothesis import strategies as st
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from flows.ledger.cells import unpadded
from flows.ledger.rows import DirectoryRow, Ledger, LedgerRow
from models import Absence, Measure, Official, Post, Procedure, Task, Unit
from models.organisation import PostKind
from models.task import Track

FIRST, LAST = date(2021, 1, 1), date(2024, 12, 31)
ODD = (
    "=1+1",
    '=HYPERLINK("http://x.example")',
    "@x",
    "+86 580",
    "-1",
    "<r>甲</r>",
    "<r><t>乙</t></r>",
    "_x0041_",
    '&lt;b> t="e" <f>',
    "'00",
    "00123",
    "1e5",
    "#N/A",
    "TRUE",
    "2022-01-01",
    "备注",
    "长期坚持",
    "𠮷野",
    "\ue000",
    "甲、乙；丙",
    "“七张问题清单”",
)
text = st.sampled_from(ODD) | st.text(
    "定海区整改问题ABC12（）、.㙍 =@", min_size=1, max_size=12
).map(str.strip).filter(bool)
maybe = st.just("") | text
prose = maybe | st.tuples(text, text).map("\n".join) | st.tuples(text, text).map("\t".join)
days = st.dates(FIRST, LAST)


@dataclass(frozen=True)
class Somebody:
    name: str
    email: str
    unit: str
    language: str


@st.composite
def offices(draw: st.DrawFn) -> Ledger:
    units = draw(st.lists(text, min_size=1, max_size=4, unique=True))
    people = draw(_people(units))
    directory = [
        DirectoryRow(unit=unit, parent=draw(st.sampled_from(["", *units[:n]])))
        for n, unit in enumerate(units)
    ]
    directory.append(_row(people[0], units[0], post=PostKind.UNIT_HEAD))
    for somebody in people:
        directory.append(_row(somebody, somebody.unit))
        directory += draw(_posts(somebody, units))
        away = draw(_absences(somebody, people))
        directory += [row for row in away if not _is_mutual(row, directory)]
    numbers = draw(st.lists(text, min_size=1, max_size=5, unique=True))
    rows = [draw(_rows(number, units, people)) for number in numbers]
    return Ledger(rows=tuple(rows), directory=tuple(directory))


@st.composite
def _people(draw: st.DrawFn, units: Sequence[str]) -> list[Somebody]:
    """Of one name only where each has an address."""
    people = [Somebody("区长", "", units[0], "")]
    for n in range(draw(st.integers(0, 5))):
        name = unpadded(draw(text))
        email = draw(st.sampled_from(["", f"p{n}@x.example"]))
        if any(name == other.name and not (email and other.email) for other in people):
            continue
        people.append(
            Somebody(
                name,
                email,
                draw(st.sampled_from(units)),
                draw(st.sampled_from(["", "en", "zh-CN"])),
            )
        )
    return people


def _row(somebody: Somebody, unit: str, **said: Any) -> DirectoryRow:
    return DirectoryRow(
        unit=unit, name=somebody.name, email=somebody.email, language=somebody.language, **said
    )


@st.composite
def _between(draw: st.DrawFn) -> dict[str, date | None]:
    begins, ends = sorted((draw(days), draw(days)))
    return {
        "from_on": draw(st.sampled_from([None, begins])),
        "until_on": draw(st.sampled_from([None, ends])),
    }


@st.composite
def _posts(draw: st.DrawFn, somebody: Somebody, units: Sequence[str]) -> list[DirectoryRow]:
    places = units if somebody.email else [somebody.unit]
    held = draw(
        st.lists(
            st.tuples(st.sampled_from(places), st.sampled_from(PostKind)), max_size=3, unique=True
        )
    )
    return [
        _row(somebody, unit, post=kind, **draw(_between()))
        for unit, kind in held
        if kind != PostKind.UNIT_HEAD
    ]


@st.composite
def _absences(
    draw: st.DrawFn, somebody: Somebody, people: Sequence[Somebody]
) -> list[DirectoryRow]:
    """Up to two that do not overlap, perhaps with the same deputy."""
    others = [other for other in people if other is not somebody]
    if not others or not draw(st.booleans()):
        return []
    when = sorted(draw(st.lists(days, min_size=4, max_size=4, unique=True)))
    return [
        _row(
            somebody,
            somebody.unit,
            deputy=(deputy := draw(st.sampled_from(others))).email or deputy.name,
            from_on=begins,
            until_on=ends,
        )
        for begins, ends in ((when[0], when[1]), (when[2], when[3]))[: draw(st.integers(1, 2))]
    ]


def _is_mutual(row: DirectoryRow, others: Sequence[DirectoryRow]) -> bool:
    """An import refuses two who stand in for each other."""
    return any(
        other.deputy in (row.name, row.email) and row.deputy in (other.name, other.email)
        for other in others
        if other.deputy
    )


@st.composite
def _rows(
    draw: st.DrawFn, number: str, units: Sequence[str], people: Sequence[Somebody]
) -> LedgerRow:
    handler = draw(st.sampled_from([None, *people]))
    unit = draw(st.sampled_from(units))
    if handler is None or not handler.email:
        unit = handler.unit if handler else units[0]
    if handler and "@" in handler.name and not handler.email:
        handler, unit = None, units[0]  # a name with @ in the ledger means an address
    leader = draw(st.sampled_from([None, *people]))
    opened_on = draw(days)
    track = draw(st.sampled_from(Track))
    due_on = draw(st.dates(opened_on, date(2025, 12, 31)))
    return LedgerRow(
        number=number,
        title=draw(text),
        unit=unit,
        opened_on=opened_on,
        due_on=draw(st.sampled_from([None, due_on])) if track == Track.LONG_TERM else due_on,
        procedure=draw(st.sampled_from(["", "rectification", "信访件", "问题线索"])),
        handler=handler.name if handler else "",
        handler_email=handler.email if handler else "",
        supervising_leader=(leader.email or leader.name) if leader else "",
        lead_unit=draw(st.sampled_from(["", *units])),
        supporting_units=draw(prose),
        goal=draw(prose),
        measures=tuple(draw(st.lists(prose.filter(bool), max_size=3))),
        track=track,
        lists=draw(prose | st.just("seven_lists、甲")),
        restricted=draw(st.booleans()),
        remarks=draw(prose),
    )


def dump(session: Session) -> dict[str, list[Any]]:
    """All that a ledger says, as the tables have it, without their ids."""
    return {name: _sorted(session.execute(rows)) for name, rows in _SAID.items()}


def _sorted(rows: Any) -> list[Any]:
    return sorted(map(tuple, rows), key=repr)


_HANDLER, _LEADER, _DEPUTY = aliased(Official), aliased(Official), aliased(Official)
_LEAD, _PARENT = aliased(Unit), aliased(Unit)
_FIELDS = (
    "number title supporting_units goal track lists restricted remarks opened_on due_on"
).split()
_SAID = {
    "tasks": select(
        *(getattr(Task, field) for field in _FIELDS),
        Procedure.name,
        Unit.name,
        _HANDLER.name,
        _HANDLER.email,
        _LEADER.name,
        _LEADER.email,
        _LEAD.name,
    )
    .select_from(Task)
    .join(Procedure, Procedure.id == Task.procedure_id)
    .join(Unit, Unit.id == Task.unit_id)
    .outerjoin(_HANDLER, _HANDLER.id == Task.handler_id)
    .outerjoin(_LEADER, _LEADER.id == Task.supervising_leader_id)
    .outerjoin(_LEAD, _LEAD.id == Task.lead_unit_id),
    "measures": select(Task.number, Measure.position, Measure.text).join(
        Task, Task.id == Measure.task_id
    ),
    "units": select(Unit.name, _PARENT.name).outerjoin(_PARENT, _PARENT.id == Unit.parent_id),
    "people": select(Official.name, Official.email, Official.language, Unit.name).join(
        Unit, Unit.id == Official.unit_id
    ),
    "posts": select(
        Official.name, Official.email, Unit.name, Post.kind, Post.from_on, Post.until_on
    )
    .join(Official, Official.id == Post.official_id)
    .join(Unit, Unit.id == Post.unit_id),
    "absences": select(
        Official.name,
        Official.email,
        _DEPUTY.name,
        _DEPUTY.email,
        Absence.from_on,
        Absence.until_on,
    )
    .join(Official, Official.id == Absence.official_id)
    .join(_DEPUTY, _DEPUTY.id == col(Absence.deputy_id)),
}
