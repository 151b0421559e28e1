"""Whom or which unit a form means, by what was typed into it."""

from sqlmodel import Session, col, select

from flows.establishment.holding import AtField
from models import Official, Unit


def unit_called(session: Session, field: str, written: str) -> int | None:
    """None: nothing was written."""
    if not written:
        return None
    unit = session.exec(select(Unit).where(Unit.name == written)).first()
    if unit is None:
        raise AtField(
            field,
            f"没有名为“{written[:60]}”的单位，请写全称，或先新增单位",
            f"no unit is called '{written[:60]}': write the full name, or add the unit first",
        )
    return unit.id


def official_called(session: Session, field: str, written: str, *, unit_id: int) -> int | None:
    """By mail address, else by name: in this unit, or the only one of this name anywhere. None:
    nothing was written."""
    if not written:
        return None
    serving = select(Official).where(col(Official.left_on).is_(None))
    if "@" in written:
        found = session.exec(serving.where(Official.email == written.lower())).all()
    else:
        named = session.exec(serving.where(Official.name == written)).all()
        found = [one for one in named if one.unit_id == unit_id] or named
    if not found:
        raise AtField(
            field,
            f"通讯录中没有在任的“{written[:60]}”，请写姓名或邮箱",
            f"nobody in service is called '{written[:60]}': write the name or the address",
        )
    if len(found) > 1:
        raise AtField(
            field,
            f"有 {len(found)} 人名为“{written[:60]}”，请写邮箱",
            f"{len(found)} people are called '{written[:60]}': write the address",
        )
    return found[0].id
