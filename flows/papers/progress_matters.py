"""What a progress report counts of matters as they stand: a set of the month's petitions, what
duties opened, a campaign's matters. Of restricted ones the number of them is all that is told."""

from datetime import date

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from flows.papers.petitions import petition_facts
from flows.records.counting import Count
from models import (
    DutyOccurrence,
    DutyTemplate,
    ListMembership,
    Task,
    Transition,
    WatchList,
)
from models.report_form import Counted
from notifications.papers.petitions import PetitionSet


def matters_of(session: Session, asked: Counted, first: date, last: date) -> Count | None:
    """None: it is not counted of these."""
    match asked.count:
        case "petitions":
            rows = petition_facts(session, last.replace(day=1), last, today=last).sets
            found = [row.number for row in rows[PetitionSet(asked.set)]]
        case "duties":
            found = _of_duty(session, asked, first, last)
        case "listed":
            found = _listed(session, asked, first, last)
        case _:
            return None
    return Count(len(found), tuple(f"task/{number}" for number in found))


def _of_duty(session: Session, asked: Counted, first: date, last: date) -> list[str]:
    """Opened on these days; done, or missed: not done, and its deadline has passed."""
    found = session.execute(
        select(col(Task.number), col(Task.id), col(Task.due_on))
        .join(DutyOccurrence, col(DutyOccurrence.task_id) == col(Task.id))
        .join(DutyTemplate, col(DutyTemplate.id) == col(DutyOccurrence.duty_id))
        .where(col(DutyTemplate.name) == asked.duty, col(DutyOccurrence.on).between(first, last))
        .order_by(col(Task.id))
    ).all()
    done = _signed_off(session, last)
    if asked.result == "done":
        return [number for number, key, _ in found if key in done]
    if asked.result == "missed":
        return [number for number, key, due in found if key not in done and due and due < last]
    return [number for number, _, _ in found]


def _listed(session: Session, asked: Counted, first: date, last: date) -> list[str]:
    """Whatever stood on the list on one of these days; done: signed off by the last of them."""
    until = col(ListMembership.until_on)
    found = session.execute(
        select(col(Task.number), col(Task.id))
        .join(ListMembership, col(ListMembership.task_id) == col(Task.id))
        .join(WatchList, col(WatchList.id) == col(ListMembership.list_id))
        .where(
            col(WatchList.name) == asked.list,
            col(ListMembership.from_on) <= last,
            or_(until.is_(None), until >= first),
        )
        .distinct()
        .order_by(col(Task.number))
    ).all()
    done = _signed_off(session, last)
    return [number for number, key in found if asked.result != "done" or key in done]


def _signed_off(session: Session, last: date) -> dict[int, date]:
    """Task (id) → its last sign-off, of those that were not opened anew since."""
    newest = (
        select(col(Transition.task_id), func.max(col(Transition.id)).label("id"))
        .where(
            col(Transition.event).in_(("sign_off", "reopen")),
            col(Transition.on) <= last,
        )
        .group_by(col(Transition.task_id))
        .subquery()
    )
    moves = (
        select(col(Transition.task_id), col(Transition.on))
        .join(newest, newest.c.id == col(Transition.id))
        .where(col(Transition.event) == "sign_off")
    )
    return {key: on for key, on in session.execute(moves) if key is not None}
