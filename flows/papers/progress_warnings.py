"""What a progress report counts of warnings: issues of the bulletin, matters warned of, and those
signed off after it. Of restricted ones that is all that is told. And how many are paired."""

from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from flows.pairings.standing import paired_on
from flows.records.counting import Count
from models import Bulletin, Notice, Procedure, Task, Transition
from models.bulletin import BulletinKind
from models.report_form import Counted


def warned_of(session: Session, asked: Counted, first: date, last: date) -> Count | None:
    """None: it is not counted of warnings, nor of pairings."""
    if asked.count == "paired":
        return _paired(session, asked.topic, last)
    if asked.count == "issues":
        keys = _issues(session, first, last)
    elif asked.count == "warned":
        keys = list(_warned(session, asked.procedure, first, last))
    elif asked.count == "settled":
        keys = _settled(session, asked.procedure, first, last)
    else:
        return None
    return Count(len(keys), tuple(keys))


def _paired(session: Session, topic: str, last: date) -> Count:
    """Two leaders may be paired with one village: it is one."""
    found = paired_on(session, topic, last)
    keys = tuple(f"pairing/{one.row.id}" for one in found)
    return Count(len({(one.row.kind, one.row.subject) for one in found}), keys)


def _issues(session: Session, first: date, last: date) -> list[str]:
    found = session.exec(
        select(Bulletin.number)
        .where(
            Bulletin.kind == BulletinKind.BULLETIN,
            col(Bulletin.to_on).between(first, last),
        )
        .order_by(col(Bulletin.number))
    )
    return [f"bulletin/{number}" for number in found]


def _warned(session: Session, procedure: str, first: date, last: date) -> dict[str, date]:
    """Each matter, with the day of its first warning."""
    found = session.exec(
        select(Task.number, func.min(Notice.issued_on))
        .join(Notice, col(Notice.task_id) == col(Task.id))
        .join(Procedure, col(Procedure.id) == col(Task.procedure_id))
        .where(Procedure.name == procedure, col(Notice.issued_on).between(first, last))
        .group_by(col(Task.number))
        .order_by(col(Task.number))
    )
    return {f"task/{number}": on for number, on in found}


def _settled(session: Session, procedure: str, first: date, last: date) -> list[str]:
    warned = _warned(session, procedure, first, last)
    signed = session.exec(
        select(Task.number, func.max(Transition.on))
        .join(Transition, col(Transition.task_id) == col(Task.id))
        .where(Transition.event == "sign_off", col(Transition.on) <= last)
        .group_by(col(Task.number))
    )
    on = {f"task/{number}": day for number, day in signed}
    return [key for key, since in warned.items() if key in on and on[key] >= since]
