"""Whoever changes the directory holds it first, as it was when the form was opened."""

from sqlmodel import Session

from flows.ledger.cells import BadCell, called
from flows.moves import lock_all_tasks
from flows.office_changes import ChangedSince, version
from flows.signoff.actor import OfficeActor
from flows.signoff.office_acts import keepers, require_office
from models import Official, Unit
from models.office_change import Subject
from models.refusal import Refusal


class AtField(Refusal):
    """One field of a form says what cannot be."""

    def __init__(self, field: str, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}；没有记录任何操作", f"{english}; nothing was recorded")
        self.field = field


class NoKeeper(Refusal):
    """Afterwards nobody could look after the desk any more."""

    def __init__(self) -> None:
        super().__init__(
            "这样就没有督查办公室人员或系统管理员了；请先让另一人任职，没有记录任何操作",
            "nobody would be the office or an administrator any more; give somebody else a post "
            "first. Nothing was recorded",
        )


def hold(session: Session, actor: OfficeActor) -> None:
    """Nobody else changes the directory, or a task, until this act is committed."""
    lock_all_tasks(session)
    require_office(session, actor)


def require_version(session: Session, thing: Unit | Official, seen: str) -> None:
    """`seen`: the thing's version when the form was opened. Held before."""
    subject = Subject.UNIT if isinstance(thing, Unit) else Subject.OFFICIAL
    session.refresh(thing)
    if seen != str(version(session, subject, str(thing.id))):
        raise ChangedSince(thing.name)


def require_keeper(session: Session, actor: OfficeActor) -> None:
    """After a change."""
    session.flush()
    if not keepers(session, actor.on):
        raise NoKeeper


def name_in(field: str, written: str) -> str:
    """A name as a ledger could give it."""
    try:
        name = called(written)
    except BadCell as bad:
        said = (bad.need.say(bad.found, bad.other, language) for language in ("zh-CN", "en"))
        raise AtField(field, *said) from bad
    if not name:
        raise AtField(field, "请填写名称", "please write the name")
    return name


def unit_in(session: Session, field: str, key: int | None) -> Unit:
    """A unit that can be given something."""
    unit = session.get(Unit, key) if key else None
    if unit is None:
        raise AtField(field, "请选择单位", "please choose a unit")
    if unit.closed_on is not None:
        raise AtField(
            field,
            f"“{unit.name}”已于 {unit.closed_on} 撤销，请选择其他单位",
            f"'{unit.name}' was closed on {unit.closed_on}, choose another unit",
        )
    return unit
