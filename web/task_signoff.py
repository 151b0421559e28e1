"""The sign-off side of a task's page: applications, requests, who is asked, dates, hands."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from flows.signoff.chain import Asked, Step, asked_of, steps
from flows.signoff.evidence import may_see_that_of
from flows.signoff.packets import shown_in
from models import (
    Application,
    ChangeRequest,
    DeadlineChange,
    LookBack,
    LookBackPoint,
    Milestone,
    Official,
    Reassignment,
    Task,
    Unit,
)
from models.application import ApplicationState
from web.packet_files import File, evidence_path, files_of, listed
from web.rights import Viewer

From, To = aliased(Unit), aliased(Unit)
Left, Right = aliased(Official), aliased(Official)


@dataclass(frozen=True)
class Applied:
    """One application, as its packet keeps it, with its levels."""

    application: Application
    shown: dict[str, Any]
    steps: Sequence[Step]
    files: Sequence[File]


@dataclass(frozen=True)
class Requested:
    request: ChangeRequest
    asked_by: str
    asked: Sequence[Asked]


@dataclass(frozen=True)
class LookedBack:
    look_back: LookBack
    points: Sequence[LookBackPoint]
    asked: Sequence[Asked]


@dataclass(frozen=True)
class Dated:
    """One line of the deadline ledger."""

    change: DeadlineChange
    by: str


@dataclass(frozen=True)
class Passed:
    """From whom to whom the task passed."""

    change: Reassignment
    units: tuple[str, str]
    handlers: tuple[str, str]
    by: str


@dataclass(frozen=True)
class SignOff:
    applied: Sequence[Applied]
    requested: Sequence[Requested]
    looked_back: Sequence[LookedBack]
    dates: Sequence[Dated]
    passed: Sequence[Passed]
    milestones: Sequence[Milestone]


def sign_off_of(session: Session, task: Task, viewer: Viewer) -> SignOff:
    """Newest first, but for the dates, which are read from the first one on."""
    return SignOff(
        _applied(session, task, viewer),
        _requested(session, task),
        _looked_back(session, task),
        _dates(session, task),
        _passed(session, task),
        session.exec(
            select(Milestone).where(Milestone.task_id == task.id).order_by(col(Milestone.due_on))
        ).all(),
    )


def _applied(session: Session, task: Task, viewer: Viewer) -> list[Applied]:
    rows = session.exec(
        select(Application)
        .where(Application.task_id == task.id, Application.state != ApplicationState.DRAFT)
        .order_by(col(Application.id).desc())
    )
    return [_one_applied(session, task, row, viewer) for row in rows]


def _one_applied(session: Session, task: Task, application: Application, viewer: Viewer) -> Applied:
    """A file leads only whoever may see it to it."""
    shown = shown_in(session, application.packet or "")
    files = listed(shown)
    if files and may_see_that_of(session, application, task, viewer.official.id, viewer.on):
        way = partial(evidence_path, task.number)
        files = files_of(session, application.id, shown, way)
    return Applied(application, shown, steps(session, task, application), files)


def _requested(session: Session, task: Task) -> list[Requested]:
    rows = session.exec(
        select(ChangeRequest, Official.name)
        .join(Official, col(Official.id) == col(ChangeRequest.asked_by_id))
        .where(ChangeRequest.task_id == task.id)
        .order_by(col(ChangeRequest.id).desc())
    )
    return [
        Requested(request, name, asked_of(session, "request_id", request.id))
        for request, name in rows
    ]


def _looked_back(session: Session, task: Task) -> list[LookedBack]:
    rows = session.exec(
        select(LookBack).where(LookBack.task_id == task.id).order_by(col(LookBack.id).desc())
    )
    return [
        LookedBack(
            row,
            session.exec(
                select(LookBackPoint)
                .where(LookBackPoint.look_back_id == row.id)
                .order_by(col(LookBackPoint.position))
            ).all(),
            asked_of(session, "look_back_id", row.id),
        )
        for row in rows
    ]


def _dates(session: Session, task: Task) -> list[Dated]:
    rows = session.exec(
        select(DeadlineChange, Official.name)
        .outerjoin(Official, col(Official.id) == col(DeadlineChange.actor_id))
        .where(DeadlineChange.task_id == task.id)
        .order_by(col(DeadlineChange.id))
    )
    return [Dated(change, name or "") for change, name in rows]


def _passed(session: Session, task: Task) -> list[Passed]:
    rows = session.execute(
        select_columns(
            Reassignment,
            col(From.name),
            col(To.name),
            col(Left.name),
            col(Right.name),
            col(Official.name),
        )
        .join(From, col(From.id) == col(Reassignment.from_unit_id))
        .join(To, col(To.id) == col(Reassignment.to_unit_id))
        .outerjoin(Left, col(Left.id) == col(Reassignment.from_handler_id))
        .outerjoin(Right, col(Right.id) == col(Reassignment.to_handler_id))
        .outerjoin(Official, col(Official.id) == col(Reassignment.actor_id))
        .where(col(Reassignment.task_id) == task.id)
        .order_by(col(Reassignment.id).desc())
    )
    return [
        Passed(change, (left, right), (was or "", now or ""), by or "")
        for change, left, right, was, now, by in rows
    ]
