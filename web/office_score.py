"""考核异议 on a page: what the unit objects to, and what the office answers."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from flows.scores.objections import NUMBERED, answer, objection_of, objections
from flows.signoff.actor import Actor
from flows.signoff.stages import WORKED_ON
from models import ScoreSheet, Task
from models.refusal import Refusal
from models.workdays import Calendar
from notifications.papers.scores import detail_words, points_words
from web.office_act import OfficeAct
from web.written import Written


def _shown(session: Session, task: Task, _on: date) -> Mapping[str, Any]:
    raised = objection_of(session, task)
    sheet = session.get_one(ScoreSheet, raised.sheet_id) if raised else None
    found = objections(session, sheet) if sheet else ()
    return {
        "sheet": sheet,
        "objection": next((one for one in found if one.task.id == task.id), None),
        "open": task.state in WORKED_ON,
        "points": points_words,
        "detail": detail_words,
    }


def _seen(_session: Session, task: Task) -> str:
    return f"{task.state} {task.cycle}"


def _make(session: Session, task: Task, actor: Actor, sent: Written, calendar: Calendar) -> None:
    match sent["verdict"]:
        case "uphold":
            change = "0"
        case "change":
            change = sent["change"]
            if change.strip(" +-−0.") == "":
                raise Refusal(
                    "请写明加减几分；维持原结果请选“维持”。没有记录任何操作",
                    "say by how many points; to leave it choose 'uphold'. Nothing was recorded",
                )
        case _:
            raise Refusal(
                "请选择维持或调整；没有记录任何操作",
                "please choose to uphold or to change it; nothing was recorded",
            )
    answer(session, task, actor, change, reason=sent["reason"], calendar=calendar)


SCORE = OfficeAct(
    called=("答复考核异议", "Answer the objection"),
    hint=("维持或调整得分，送主要领导审签后生效。", "Uphold or change; a leader signs it."),
    template="office_score.html",
    offered=lambda task: task.restricted and task.number.startswith(f"{NUMBERED}-"),
    shown=_shown,
    seen=_seen,
    make=_make,
)
