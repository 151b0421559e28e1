"""Who was asked to decide on a task, as it stood at the end of a date."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Integer, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.signoff.levels import rules_of
from models import ChangeRequest, Official, Referral, Task
from notifications.asked_to_decide import AskedRow

Absent, Namer = aliased(Official), aliased(Official)


def asked_by_then(session: Session, task: Task, on: date, timezone: ZoneInfo) -> list[AskedRow]:
    """Those who had not decided; who did is in the history."""
    rows = session.execute(_ASKED, {"task": task.id, "on": on})
    titles = [level.title for level in rules_of(session, task).level]
    return [
        AskedRow(
            kind=f"request.{kind}" if kind else _kind(referral),
            level=referral.level,
            title=titles[referral.level - 1] if referral.level else "",
            name=name,
            capacity=referral.capacity,
            stands_for=absent or "",
            climbed_from=referral.climbed_from,
            named_by=namer or "",
            given_on=referral.given_on,
            decide_by=referral.decide_by,
        )
        for referral, name, absent, namer, kind in rows
        if referral.closed_at is None or referral.closed_at.astimezone(timezone).date() > on
    ]


def _kind(referral: Referral) -> str:
    return "of.application" if referral.application_id is not None else "of.look_back"


_ASKED = (
    select(Referral, col(Official.name), col(Absent.name), col(Namer.name), col(ChangeRequest.kind))
    .join(Official, col(Official.id) == col(Referral.official_id))
    .outerjoin(Absent, col(Absent.id) == col(Referral.stands_for_id))
    .outerjoin(Namer, col(Namer.id) == col(Referral.named_by_id))
    .outerjoin(ChangeRequest, col(ChangeRequest.id) == col(Referral.request_id))
    .where(
        col(Referral.task_id) == bindparam("task", type_=Integer()),
        col(Referral.given_on) <= bindparam("on", type_=Date()),
    )
    .order_by(col(Referral.id))
)
