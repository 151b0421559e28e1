"""What the office does about who is responsible: for tests to act as it would."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import select

from flows.database import reading, transaction
from flows.office import Office
from flows.signoff.actor import COMMAND_LINE, Actor, OfficeActor, Unattended
from flows.signoff.exclusions import exclude, readmit
from flows.working_days import load_calendar
from models import Official
from models.proof import Assurance
from tests.conftest import instant
from tests.sign_offs import the_task

_NAME = select(Official.name).where(Official.id == bindparam("who"))


def by(office: Office, who: int | None, on: date) -> OfficeActor:
    """This person, signed in at ten; None: a command."""
    now = instant(on, time(10))
    if who is None:
        return Unattended(COMMAND_LINE, on, now)
    with reading(office.engine) as session:
        name = session.scalars(_NAME, {"who": who}).one()
    return Actor(who, name, Assurance.SESSION, on, now)


def act(office: Office, number: str, who: int | None, on: date, deed: Callable[..., Any]) -> Any:
    """`deed(session, task, actor, calendar)`, committed."""
    actor = by(office, who, on)
    with transaction(office.engine, actor.now) as session:
        task = the_task(session, number)
        return deed(session, task, actor, load_calendar(session))


def keep_away(
    office: Office, number: str, on: date, *, who: int | None = None, **facts: Any
) -> Any:
    said = {"reason": "近亲属涉及本事项"} | facts
    return act(office, number, who, on, lambda s, t, a, _: exclude(s, t, a, **said))


def let_back(office: Office, number: str, exclusion_id: int, on: date, *, who: int | None = None):
    return act(
        office, number, who, on, lambda s, _t, a, _c: readmit(s, exclusion_id, a, reason="已查清")
    )
