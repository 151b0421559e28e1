"""起底复盘 on a page: the leads of a batch, each with its verdict."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from flows.leads.reviewing import NUMBERED, give_verdict, reviewed
from flows.signoff.actor import Actor
from flows.signoff.stages import WORKED_ON
from models import Task
from models.lead_review import LeadVerdict
from models.refusal import Refusal
from models.workdays import Calendar
from web.office_act import OfficeAct
from web.written import Written


def _shown(session: Session, task: Task, _on: date) -> Mapping[str, Any]:
    rows = reviewed(session, task)
    waiting = sum(row.verdict is None for _, row in rows)
    return {
        "leads": rows,
        "verdicts": list(LeadVerdict),
        "waiting": waiting,
        "open": task.state in WORKED_ON,
    }


def _seen(session: Session, task: Task) -> str:
    return " ".join(f"{number}:{row.verdict}" for number, row in reviewed(session, task))


def _make(session: Session, task: Task, actor: Actor, sent: Written, calendar: Calendar) -> None:
    said = {
        number: LeadVerdict(sent[f"verdict-{row.id}"])
        for number, row in reviewed(session, task)
        if sent[f"verdict-{row.id}"] in set(LeadVerdict)
    }
    if not said:
        raise Refusal(
            "还没有选择结论；没有记录任何操作", "no verdict was chosen; nothing was recorded"
        )
    give_verdict(session, task, actor, said, calendar=calendar)


VERDICTS = OfficeAct(
    called=("复盘结论", "Verdicts"),
    hint=("逐条登记结论，全部登记后送审签。", "One for each lead; after the last it is submitted."),
    template="office_verdicts.html",
    offered=lambda task: task.restricted and task.number.startswith(f"{NUMBERED}-"),
    shown=_shown,
    seen=_seen,
    make=_make,
)
