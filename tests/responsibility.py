"""What the office does about who is responsible: for tests to act as it would."""

from collections.abc import Callable
from datetime import date, time
from typing import Any

from sqlmodel import select

from flows.database import transaction
from flows.office import Office
from flows.signoff.actor import COMMAND_LINE, Actor, OfficeActor, Unattended
from flows.signoff.exclusions import exclude, readmit
from flows.working_days import load_calendar
from models import Official, Task
from models.proof import Assurance
from tests.conftest import instant


def by(office: Office, who: int | None, on: date) -> OfficeActor:
    """This person, signed in at ten; None: a command."""
    now = instant(on, time(10))
    if who is None:
        return Unattended(COMMAND_LINE, on, now)
    with transaction(office.engine, now) as session:
        name = session.get_one(Official, who).name
    return Actor(who, name, Assurance.SESSION, on, now)


def act(office: Office, number: str, who: int | None, on: date, deed: Callable[..., Any]) -> Any:
    """`deed(session, task, actor, calendar)`, committed."""
    actor = by(office, who, on)
    with transaction(office.engine, actor.now) as session:
        task = session.exec(select(Task).where(Task.number == number)).one()
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
