"""A unit by its name, as a person writes it."""

from sqlmodel import Session, select

from models import Unit
from models.refusal import Refusal


def find_unit(session: Session, name: str) -> Unit:
    """Raises a Refusal if no unit is called so."""
    unit = session.exec(select(Unit).where(Unit.name == name)).first()
    if unit is None:
        raise Refusal(
            f"没有名为“{name}”的单位；请核对全称，或先导入通讯录",
            f"no unit is called '{name}'; check its name, or import the directory first",
        )
    return unit
