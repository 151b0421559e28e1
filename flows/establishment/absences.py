"""不在岗: an absence with its deputy is entered, ended, or taken back before it begins."""

from datetime import date

from sqlmodel import Session, col, select

from flows.establishment.entries import ABSENCE, facts_of_absence, of_official
from flows.establishment.holding import AtField
from flows.establishment.posts import ends_before, lasting, require_in_service, require_order
from flows.office_changes import Entry, record
from flows.signoff.actor import OfficeActor
from models import Absence, Official


def enter_absence(
    session: Session,
    actor: OfficeActor,
    official: Official,
    *,
    deputy_id: int | None,
    from_on: date | None,
    until_on: date | None,
    reason: str = "",
) -> Absence:
    """Without a first day: from today on; without a last one until it is ended."""
    require_in_service(official)
    deputy = session.get(Official, deputy_id) if deputy_id else None
    if deputy is None:
        raise AtField("deputy", "请选择代理人", "please choose who stands in")
    from_on = from_on or actor.on
    require_order(from_on, until_on)
    _require_able(session, official, deputy, from_on, until_on)
    _require_no_other(session, official, from_on, until_on)
    absence = Absence(
        official_id=official.id, deputy_id=deputy.id, from_on=from_on, until_on=until_on
    )
    session.add(absence)
    session.flush()
    facts = facts_of_absence(absence, deputy.name)
    record(session, actor, [of_official(official, ABSENCE, None, facts)], reason=reason)
    return absence


def bound_absence(
    session: Session,
    actor: OfficeActor,
    official: Official,
    absence: Absence,
    *,
    until_on: date | None,
) -> None:
    """Its last day from now on; None: it goes on."""
    require_in_service(official)
    require_order(absence.from_on, until_on)
    deputy = session.get_one(Official, absence.deputy_id)
    first = absence.from_on or date.min
    if until_on is None or until_on >= actor.on:
        _require_able(session, official, deputy, first, until_on)
    _require_no_other(session, official, first, until_on, but=absence)
    before = facts_of_absence(absence, deputy.name)
    absence.until_on = until_on
    session.flush()
    after = facts_of_absence(absence, deputy.name)
    record(session, actor, [of_official(official, ABSENCE, before, after)])


def take_absence_back(
    session: Session, actor: OfficeActor, official: Official, absence: Absence
) -> None:
    """It was entered by mistake, and begins today or later."""
    if absence.from_on is None or absence.from_on < actor.on:
        raise AtField(
            "until_on",
            "已经不在岗，请写明最后一天",
            "the absence has begun: give its last day",
        )
    deputy = session.get_one(Official, absence.deputy_id)
    entry = of_official(official, ABSENCE, facts_of_absence(absence, deputy.name), None)
    session.delete(absence)
    session.flush()
    record(session, actor, [entry])


def close_absences(session: Session, official: Official, on: date) -> list[Entry]:
    """From this day on there is none."""
    entries = []
    for absence, deputy in session.exec(
        select(Absence, Official.name)
        .join(Official, col(Official.id) == col(Absence.deputy_id))
        .where(Absence.official_id == official.id, lasting(Absence, on))
    ).all():
        before = facts_of_absence(absence, deputy)
        after = facts_of_absence(absence, deputy) if ends_before(session, absence, on) else None
        entries.append(of_official(official, ABSENCE, before, after))
    return entries


def _require_able(
    session: Session, official: Official, deputy: Official, from_on: date, until_on: date | None
) -> None:
    """Somebody else, who is in service and whose own deputy is not this person meanwhile."""
    if deputy.id == official.id:
        raise AtField("deputy", "不能代理自己", "nobody stands in for himself or herself")
    if deputy.left_on is not None:
        raise AtField(
            "deputy",
            f"{deputy.name}已于 {deputy.left_on} 停用，请另选代理人",
            f"{deputy.name} is out of service since {deputy.left_on}, choose somebody else",
        )
    if _overlapping(session, deputy, from_on, until_on, deputy_id=official.id):
        raise AtField(
            "deputy",
            f"这段时间{deputy.name}也不在岗，正由{official.name}代理，请另选代理人",
            f"{deputy.name} is away then, with {official.name} standing in: choose somebody else",
        )


def _require_no_other(
    session: Session,
    official: Official,
    from_on: date,
    until_on: date | None,
    but: Absence | None = None,
) -> None:
    for other in _overlapping(session, official, from_on, until_on):
        if other is not but:
            raise AtField(
                "until_on" if but else "from_on",
                f"{official.name}在这段时间已登记不在岗（{other.from_on or '起初'} 至"
                f" {other.until_on or '另行通知'}），请先改那一条",
                f"{official.name} is away then already ({other.from_on or 'ever'} to "
                f"{other.until_on or 'further notice'}): change that first",
            )


def _overlapping(
    session: Session,
    official: Official,
    from_on: date,
    until_on: date | None,
    deputy_id: int | None = None,
) -> list[Absence]:
    absences = select(Absence).where(Absence.official_id == official.id)
    if deputy_id is not None:
        absences = absences.where(Absence.deputy_id == deputy_id)
    last = until_on or date.max
    return [
        one
        for one in session.exec(absences)
        if (one.from_on or date.min) <= last and from_on <= (one.until_on or date.max)
    ]
