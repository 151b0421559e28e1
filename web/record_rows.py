"""Records at the desk: one page of them, and one with all that stood in its place before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlmodel import Session, col

from flows.records.entries import standing
from flows.records.kept_lines import lines_of
from flows.records.lines import Line, shown_line, written_line
from models import Record, RecordKind, RecordLine, Task
from models.record import Family
from web.paging import Paging
from web.rights import Viewer

SHOWN = 3  # lines of a record in the list


@dataclass(frozen=True)
class Wanted:
    """The filter, as the form sent it."""

    family: Family
    kind: str = ""
    about: str = ""

    def said(self) -> dict[str, str]:
        return {"kind": self.kind, "about": self.about}


@dataclass(frozen=True)
class Row:
    record: Record
    kind: RecordKind
    lines: Sequence[Line]

    @property
    def begin(self) -> Sequence[str]:
        return self.shown[:SHOWN]

    @property
    def shown(self) -> list[str]:
        return [said for line in self.lines if (said := shown_line(line))]

    @property
    def written(self) -> list[str]:
        return [said for line in self.lines if (said := written_line(line))]

    @property
    def tasks(self) -> list[str]:
        return list(dict.fromkeys(line.task for line in self.lines if line.task))


def kinds_of(session: Session, family: Family) -> Sequence[RecordKind]:
    mine = select(RecordKind).where(col(RecordKind.family) == family)
    return session.scalars(mine.order_by(col(RecordKind.position))).all()


def found(session: Session, viewer: Viewer, wanted: Wanted) -> int:
    counted = select(func.count()).select_from(Record).join(RecordKind)
    return session.scalar(counted.where(*_filter(viewer, wanted))) or 0


def rows(session: Session, viewer: Viewer, wanted: Wanted, paging: Paging) -> list[Row]:
    """The newest first."""
    read = session.execute(
        select(Record, RecordKind)
        .join(RecordKind)
        .where(*_filter(viewer, wanted))
        .order_by(col(Record.on).desc(), col(Record.id).desc())
        .limit(paging.size)
        .offset(paging.offset)
    ).all()
    lines = lines_of(session, [record.id for record, _ in read])
    return [Row(record, kind, lines[record.id]) for record, kind in read]


def story(session: Session, viewer: Viewer, family: Family, key: int) -> list[Row]:
    """A record with those before and after it in its place, in their order. Nothing, if this one
    may not see it."""
    chain = _chain(session, viewer, key)
    read = session.execute(
        select(Record, RecordKind)
        .join(RecordKind)
        .where(col(Record.id).in_(chain), visible(viewer), col(RecordKind.family) == family)
        .order_by(col(Record.id))
    ).all()
    lines = lines_of(session, chain)
    return [Row(record, kind, lines[record.id]) for record, kind in read]


def _chain(session: Session, viewer: Viewer, key: int) -> list[int]:
    """From the first to the last; as a rule one or two."""
    seen = visible(viewer)
    before = select(col(Record.corrects_id)).where(seen)
    after = select(col(Record.id)).where(seen)
    chain = [key] if session.scalar(after.where(col(Record.id) == key)) else []
    while chain and (earlier := session.scalar(before.where(col(Record.id) == chain[0]))):
        chain.insert(0, earlier)
    while chain and (later := session.scalar(after.where(col(Record.corrects_id) == chain[-1]))):
        chain.append(later)
    return chain


def acts_about(session: Session, viewer: Viewer, task: Task) -> Sequence[tuple[Record, RecordKind]]:
    """What leaders and supervisors did about a task; not what they did about another as well, of
    which this one may not be told. Outcomes are not on its page: they are about people."""
    lines = select(col(RecordLine.record_id)).where(col(RecordLine.task_id) == task.id)
    aside = viewer.aside_from(col(Task.id))
    hidden = aside if viewer.sees_restricted else or_(aside, col(Task.restricted))
    others = (
        select(col(RecordLine.record_id))
        .join(Task, col(Task.id) == col(RecordLine.task_id))
        .where(col(Task.id) != task.id, hidden)
    )
    about = (col(Record.id).in_(lines), col(Record.id).not_in(others))
    read = session.execute(
        select(Record, RecordKind)
        .join(RecordKind)
        .where(standing(), *about, col(RecordKind.family) == Family.ACT)
        .order_by(col(Record.on), col(Record.id))
    )
    return [(record, kind) for record, kind in read]


def by_key(session: Session, viewer: Viewer, keys: Sequence[int]) -> Mapping[int, Row]:
    """Those of these records that this one may see."""
    read = session.execute(
        select(Record, RecordKind).join(RecordKind).where(col(Record.id).in_(keys), visible(viewer))
    ).all()
    lines = lines_of(session, keys)
    return {record.id: Row(record, kind, lines[record.id]) for record, kind in read}


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Not what tells of a task that this one may not see."""
    aside = (
        select(col(RecordLine.record_id))
        .join(Task, col(Task.id) == col(RecordLine.task_id))
        .where(not_(viewer.may_see()))
    )
    return col(Record.id).not_in(aside)


def _filter(viewer: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    asked = [standing(), visible(viewer), col(RecordKind.family) == wanted.family]
    if wanted.kind:
        asked.append(col(Record.kind) == wanted.kind)
    if wanted.about:
        of_lines = (col(RecordLine.unit), col(RecordLine.person), col(RecordLine.subject))
        said = [one.contains(wanted.about, autoescape=True) for one in of_lines]
        asked.append(
            or_(
                col(Record.topic).contains(wanted.about, autoescape=True),
                col(Record.led_by).contains(wanted.about, autoescape=True),
                col(Record.reference).contains(wanted.about, autoescape=True),
                col(Record.id).in_(select(col(RecordLine.record_id)).where(or_(*said))),
            )
        )
    return asked
