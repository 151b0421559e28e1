"""单位: added, renamed, moved, closed and opened again."""

from sqlmodel import Session, col, func, or_, select

from flows.establishment.entries import ADDED, day, of_unit
from flows.establishment.holding import AtField, name_in, unit_in
from flows.establishment.posts import lasting
from flows.office_changes import NAME, record
from flows.signoff.actor import OfficeActor
from models import Official, Post, Task, Unit
from models.refusal import Refusal
from models.signoff import OPEN


class StillInUse(Refusal):
    """Something of the unit would be left without one."""

    def __init__(self, unit: str, found: list[tuple[str, str]]) -> None:
        chinese, english = zip(*found, strict=True)
        super().__init__(
            f"{unit}还有{'、'.join(chinese)}，请先移交或调出，再撤销；没有记录任何操作",
            f"{unit} still has {', '.join(english)}: move these first, then close it. "
            "Nothing was recorded",
        )


def add_unit(session: Session, actor: OfficeActor, *, name: str, parent_id: int | None) -> Unit:
    name = _free_name(session, name)
    parent = unit_in(session, "parent", parent_id) if parent_id else None
    unit = Unit(name=name, parent_id=parent.id if parent else None)
    session.add(unit)
    session.flush()
    facts = {"name": name, "parent": parent.name if parent else ""}
    record(session, actor, [of_unit(unit, ADDED, None, facts)])
    return unit


def rename_unit(session: Session, actor: OfficeActor, unit: Unit, name: str) -> None:
    name = _free_name(session, name, but=unit)
    entry = of_unit(unit, NAME, unit.name, name)
    unit.name = name
    session.flush()
    record(session, actor, [entry])


def move_unit(session: Session, actor: OfficeActor, unit: Unit, parent_id: int | None) -> None:
    """Below another unit, or (None) to the top."""
    parent = unit_in(session, "parent", parent_id) if parent_id else None
    above = parent
    while above is not None:
        if above.id == unit.id:
            raise AtField(
                "parent",
                f"“{parent.name if parent else ''}”就是它自己或在它之下，不能作它的上级",
                "that is the unit itself or one below it",
            )
        above = session.get(Unit, above.parent_id) if above.parent_id else None
    before = session.get_one(Unit, unit.parent_id).name if unit.parent_id else ""
    unit.parent_id = parent.id if parent else None
    session.flush()
    record(session, actor, [of_unit(unit, "parent", before, parent.name if parent else "")])


def close_unit(session: Session, actor: OfficeActor, unit: Unit, reason: str) -> None:
    """From today on nothing new is given to it; what it did stays where it is."""
    if unit.closed_on is not None:
        return
    if found := _in_use(session, actor, unit):
        raise StillInUse(unit.name, found)
    unit.closed_on = actor.on
    session.flush()
    record(session, actor, [of_unit(unit, "closed", None, day(actor.on))], reason=reason)


def reopen_unit(session: Session, actor: OfficeActor, unit: Unit, reason: str) -> None:
    before, unit.closed_on = day(unit.closed_on), None
    session.flush()
    record(session, actor, [of_unit(unit, "closed", before, None)], reason=reason)


def _free_name(session: Session, written: str, *, but: Unit | None = None) -> str:
    name = name_in("name", written)
    other = session.exec(select(Unit).where(Unit.name == name)).first()
    if other is not None and (but is None or other.id != but.id):
        closed = f"（已于 {other.closed_on} 撤销，可恢复）" if other.closed_on else ""
        raise AtField(
            "name",
            f"已有名为“{name}”的单位{closed}",
            f"there is a unit called '{name}'" + (" (closed, open it again)" if closed else ""),
        )
    return name


def _in_use(session: Session, actor: OfficeActor, unit: Unit) -> list[tuple[str, str]]:
    of_it = or_(col(Task.unit_id) == unit.id, col(Task.lead_unit_id) == unit.id)
    there = (col(Official.unit_id) == unit.id) & col(Official.left_on).is_(None)
    below = (col(Unit.parent_id) == unit.id) & col(Unit.closed_on).is_(None)
    counted = (
        (select(func.count()).select_from(Task).where(of_it, col(Task.state).in_(OPEN)), _MATTERS),
        (select(func.count()).select_from(Official).where(there), _PEOPLE),
        (
            select(func.count())
            .select_from(Post)
            .where(col(Post.unit_id) == unit.id, lasting(Post, actor.on)),
            _POSTS,
        ),
        (select(func.count()).select_from(Unit).where(below), _UNITS),
    )
    found = [(session.exec(query).one(), words) for query, words in counted]
    return [(words[0].format(n), words[1].format(n)) for n, words in found if n]


_MATTERS = ("在办事项 {} 件", "{} open matters")
_PEOPLE = ("人员 {} 名", "{} people")
_POSTS = ("在任职务 {} 个", "{} posts that are held")
_UNITS = ("下级单位 {} 个", "{} units below")
