"""人员: added, corrected, taken out of service and back."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from flows.establishment.absences import close_absences
from flows.establishment.entries import ADDED, day, of_official
from flows.establishment.holding import AtField, name_in, require_keeper, unit_in
from flows.establishment.open_matters import OpenMatters, open_matters
from flows.establishment.posts import close_posts, lasting
from flows.ledger.addresses import normal_address
from flows.ledger.cells import unpadded
from flows.office_changes import record
from flows.signoff.actor import OfficeActor
from models import Absence, Official, Unit
from models.refusal import Refusal
from notifications.mime import UnusableAddress
from notifications.wording import LANGUAGES


@dataclass(frozen=True)
class Said:
    """What is written of a person. Without a language: the office's own."""

    name: str
    unit_id: int | None
    email: str = ""
    language: str = ""


class StandsIn(Refusal):
    """Whoever this person stands in for would have nobody."""

    def __init__(self, name: str, absent: str) -> None:
        super().__init__(
            f"{name}还是{absent}的代理人，请先为{absent}另定代理人；没有记录任何操作",
            f"{name} stands in for {absent}: name another deputy first. Nothing was recorded",
        )


def add_official(session: Session, actor: OfficeActor, said: Said) -> Official:
    official = Official(name="", unit_id=0)
    _set(session, official, said)
    session.add(official)
    session.flush()
    record(session, actor, [of_official(official, ADDED, None, _facts(session, official))])
    return official


def correct_official(session: Session, actor: OfficeActor, official: Official, said: Said) -> None:
    """From now on: what was issued or mailed keeps the old name and address."""
    before = _facts(session, official)
    with session.no_autoflush:
        _set(session, official, said)
    session.flush()
    after = _facts(session, official)
    record(
        session,
        actor,
        [of_official(official, fact, before[fact], after[fact]) for fact in after],
    )


def retire(session: Session, actor: OfficeActor, official: Official, reason: str) -> None:
    """停用, from today on: posts and absences end, and nobody signs in with this name. Raises
    OpenMatters while there is something to hand over."""
    if official.left_on is not None:
        return
    if numbers := open_matters(session, official, actor):
        raise OpenMatters(official, numbers)
    if absent := _stood_in_for(session, official, actor.on):
        raise StandsIn(official.name, absent)
    entries = [
        *close_posts(session, official, actor.on),
        *close_absences(session, official, actor.on),
        of_official(official, "left", None, day(actor.on)),
    ]
    official.left_on = actor.on
    require_keeper(session, actor)
    record(session, actor, entries, reason=reason)


def take_back(session: Session, actor: OfficeActor, official: Official, reason: str) -> None:
    """In service again, without the posts that ended."""
    unit_in(session, "unit", official.unit_id)
    before, official.left_on = day(official.left_on), None
    session.flush()
    record(session, actor, [of_official(official, "left", before, None)], reason=reason)


def _set(session: Session, official: Official, said: Said) -> None:
    official.name = unpadded(name_in("name", said.name))
    if said.unit_id != official.unit_id:
        official.unit_id = unit_in(session, "unit", said.unit_id).id
    official.email = _address(session, official, said.email)
    if said.language and said.language not in LANGUAGES:
        raise AtField("language", "请选择语言", "please choose the language")
    official.language = said.language or None
    _require_told_apart(session, official)


def _address(session: Session, official: Official, written: str) -> str | None:
    if not written:
        return None
    try:
        email = normal_address(written)
    except UnusableAddress as error:
        raise AtField(
            "email",
            f"“{written[:60]}”不是有效的邮箱地址，请写成 name@example.cn",
            f"'{written[:60]}' is no mail address, write it as name@example.cn",
        ) from error
    other = session.exec(select(Official).where(Official.email == email)).first()
    if other is not None and other.id != official.id:
        unit = session.get_one(Unit, other.unit_id).name
        gone = "（已停用，可恢复）" if other.left_on else ""
        raise AtField(
            "email",
            f"{email} 是{unit}{other.name}{gone}的邮箱，一个邮箱只能属于一个人",
            f"{email} belongs to {other.name} of {unit}"
            + (" (out of service)" if other.left_on else "")
            + "; an address belongs to one person",
        )
    return email


def _require_told_apart(session: Session, official: Official) -> None:
    """A ledger means somebody by address, else by name within the unit."""
    if official.email:
        return
    same = select(Official.id).where(
        Official.unit_id == official.unit_id,
        Official.name == official.name,
        col(Official.left_on).is_(None),
    )
    if any(key != official.id for key in session.exec(same)):
        raise AtField(
            "email",
            "本单位已有同名的人，请填写邮箱以便区分",
            "there is somebody of this name in the unit: give an address to tell them apart",
        )


def _facts(session: Session, official: Official) -> dict[str, str]:
    return {
        "name": official.name,
        "unit": session.get_one(Unit, official.unit_id).name,
        "email": official.email or "",
        "language": official.language or "",
    }


def _stood_in_for(session: Session, official: Official, on: date) -> str:
    """The name of somebody who is away, or will be."""
    found = (
        select(Official.name)
        .join(Absence, col(Absence.official_id) == col(Official.id))
        .where(Absence.deputy_id == official.id, lasting(Absence, on))
    )
    return session.exec(found).first() or ""
