"""移送 on a page: the case lead that a matter became, or that was found in it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from flows.signoff.actor import Actor
from flows.signoff.transfers import transfer
from models import Task, Transfer
from models.signoff import CLOSED
from models.workdays import Calendar
from web.office_act import OfficeAct
from web.written import Written


def _made(session: Session, task: Task) -> Sequence[tuple[str, date]]:
    found = (
        select(col(Task.number), col(Transfer.on))
        .join(Transfer, col(Transfer.lead_id) == col(Task.id))
        .where(Transfer.task_id == task.id)
        .order_by(col(Transfer.id))
    )
    return [(number, on) for number, on in session.exec(found)]


def _shown(session: Session, task: Task, _on: date) -> Mapping[str, Any]:
    return {"made": _made(session, task)}


def _seen(session: Session, task: Task) -> str:
    return " ".join(number for number, _ in _made(session, task))


def _make(session: Session, task: Task, actor: Actor, sent: Written, _calendar: Calendar) -> None:
    transfer(session, task, actor, sent["lead"], reason=sent["reason"])


TRANSFER = OfficeAct(
    called=("移送线索", "Transfer a lead"),
    hint=(
        "转为问题线索，或在现场督查中发现线索移送的，登记线索编号。",
        "It became a case lead, or one was found in it: the number of the lead.",
    ),
    template="office_transfer.html",
    offered=lambda task: not task.restricted and task.state not in CLOSED,
    shown=_shown,
    seen=_seen,
    make=_make,
)
