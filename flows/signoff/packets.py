"""Packets: exactly what somebody is shown when he decides, kept by its hash.

Whoever decides sends the hash back; if it is another by then, nothing is decided.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Integer, and_, bindparam
from sqlmodel import Session, col, select

from flows.proposals.verdicts import lines_of, proposal_of
from flows.rulebook import procedure_of
from models import (
    Application,
    ChangeRequest,
    DeadlineChange,
    Evidence,
    Measure,
    MeasureDone,
    Milestone,
    Official,
    Packet,
    Procedure,
    Task,
    Unit,
    VisibleShown,
)
from models.application import EvidenceKind
from models.refusal import Refusal


class Changed(Refusal):
    """What this person was shown is not what there is now."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number}：您打开页面后，申请材料有变动；请重新阅看后再作决定，本次没有记录",
            f"{number}: the material was changed after you opened the page; please read it again "
            "and decide then. Nothing was recorded",
        )


def keep(session: Session, shown: Mapping[str, Any]) -> str:
    """Keep a packet and return its hash. The same content has the same hash, and is kept once."""
    written = json.dumps(
        shown, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str
    )
    found = hashlib.sha256(written.encode()).hexdigest()
    if session.scalar(_KEPT, {"hash": found}) is None:
        session.add(Packet(hash=found, shown=written))
        session.flush()
    return found


def shown_in(session: Session, packet: str) -> dict[str, Any]:
    """What this packet held."""
    shown: dict[str, Any] = json.loads(session.scalars(_SHOWN, {"hash": packet}).one())
    return shown


def is_intact(session: Session, packet: str) -> bool:
    """What it holds is what it held when it was kept."""
    shown = session.scalars(_SHOWN, {"hash": packet}).one()
    return hashlib.sha256(shown.encode()).hexdigest() == packet


def of_task(session: Session, task: Task) -> dict[str, Any]:
    return {
        "number": task.number,
        "title": task.title,
        "goal": task.goal,
        "unit": session.scalar(_UNIT, {"unit": task.unit_id}),
        "opened_on": task.opened_on,
        "due_on": task.due_on,
        "original_due_on": task.original_due_on,
        "cycle": task.cycle,
    }


def of_application(session: Session, task: Task, application: Application) -> dict[str, Any]:
    """All that is submitted, with the hash of each file."""
    return {
        "task": of_task(session, task),
        "deadlines": _deadlines(session, task),
        "version": application.version,
        "applicant": session.scalar(_OFFICIAL, {"who": application.applied_by_id}),
        "said_by": application.said_by,
        "summary": application.summary,
        "measures": _measures(session, task, application),
        "visibles": _visibles(session, application),
        "rules": application.rules,
        "accountability": application.accountability,
        "money_returned": application.money_returned,
        "paper_signed_by": application.paper_signed_by,
        "paper_signed_on": application.paper_signed_on,
        "evidence": [
            {"name": file.name, "kind": file.kind, "size": file.size, "sha256": file.sha256}
            for file in files(session, application)
        ],
        **_handed_in(session, task),
    }


def of_request(session: Session, task: Task, request: ChangeRequest) -> dict[str, Any]:
    """What is asked for and why, with every date that the task was due on before."""
    return {
        "task": of_task(session, task),
        "handler": session.scalar(_OFFICIAL, {"who": task.handler_id}) or "",
        "kind": request.kind,
        "asked_by": session.scalar(_OFFICIAL, {"who": request.asked_by_id}),
        "said_by": request.said_by,
        "asked_on": request.asked_on,
        "reason": request.reason,
        "legal_basis": request.legal_basis,
        "until_on": request.until_on,
        "review_every": request.review_every,
        "deadlines": _deadlines(session, task),
        "milestones": _milestones(session, task),
    }


def files(session: Session, application: Application) -> list[Evidence]:
    """What belongs to the packet, in the order in which it was added."""
    return list(session.scalars(_FILES, {"application": application.id}))


def _handed_in(session: Session, task: Task) -> dict[str, Any]:
    """Where lines were handed in: by which unit and when, what their parts are called, each."""
    if (proposal := proposal_of(session, task)) is None:
        return {}
    rules = procedure_of(session.get_one(Procedure, task.procedure_id)).lines
    if rules is None:
        return {}
    lines = lines_of(session, task)
    return {
        "handed_in": {
            "unit": session.scalar(_UNIT, {"unit": proposal.unit_id}),
            "by": proposal.said_by,
            "on": proposal.on,
        },
        "parts": rules.parts,
        "lines": [{"position": line.position, "said": line.parts} for line in lines],
    }


def _deadlines(session: Session, task: Task) -> list[dict[str, Any]]:
    rows = session.execute(_DATES, {"task": task.id})
    return [
        {
            "on": row.on,
            "kind": row.kind,
            "previous_due_on": row.previous_due_on,
            "due_on": row.due_on,
            "reason": row.reason,
            "legal_basis": row.legal_basis,
            "by": by or "",
        }
        for row, by in rows
    ]


def _milestones(session: Session, task: Task) -> list[dict[str, Any]]:
    rows = session.scalars(_AHEAD, {"task": task.id})
    return [{"title": row.title, "due_on": row.due_on, "done_on": row.done_on} for row in rows]


def _measures(session: Session, task: Task, application: Application) -> list[dict[str, str]]:
    of = {"task": task.id, "application": application.id}
    return [{"measure": text, "done": done or ""} for text, done in session.execute(_MEASURES, of)]


def _visibles(session: Session, application: Application) -> dict[str, dict[str, str]]:
    rows = session.scalars(_VISIBLES, {"application": application.id})
    return {
        str(row.visible): {"shown": row.shown, "because": row.not_applicable_because}
        for row in rows
    }


# Built once: putting a statement together costs more than running it.
_TASK, _OF_IT = bindparam("task", type_=Integer()), bindparam("application", type_=Integer())
_KEPT = select(Packet.hash).where(Packet.hash == bindparam("hash"))
_SHOWN = select(Packet.shown).where(Packet.hash == bindparam("hash"))
_UNIT = select(Unit.name).where(Unit.id == bindparam("unit"))
_OFFICIAL = select(Official.name).where(Official.id == bindparam("who"))
_FILES = (
    select(Evidence)
    .where(
        Evidence.application_id == _OF_IT,
        Evidence.kind != EvidenceKind.DECISION,
        col(Evidence.removed_at).is_(None),
    )
    .order_by(col(Evidence.id))
)
_DATES = (
    select(DeadlineChange, col(Official.name))
    .outerjoin(Official, col(Official.id) == col(DeadlineChange.actor_id))
    .where(DeadlineChange.task_id == _TASK)
    .order_by(col(DeadlineChange.id))
)
_AHEAD = (
    select(Milestone)
    .where(Milestone.task_id == _TASK)
    .order_by(col(Milestone.due_on), col(Milestone.id))
)
_DONE = and_(
    col(MeasureDone.position) == col(Measure.position), col(MeasureDone.application_id) == _OF_IT
)
_MEASURES = (
    select(Measure.text, MeasureDone.done)
    .outerjoin(MeasureDone, _DONE)
    .where(Measure.task_id == _TASK)
    .order_by(col(Measure.position))
)
_VISIBLES = select(VisibleShown).where(VisibleShown.application_id == _OF_IT)
