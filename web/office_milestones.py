"""阶段目标 on a page: those that are still open, each with its date, and room for more."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from flows.signoff.actor import Actor
from flows.signoff.milestones import set_milestones
from models import Milestone, Task
from models.refusal import Refusal
from models.signoff import CLOSED
from models.task import Track
from models.workdays import Calendar
from web.office_act import OfficeAct
from web.written import Written

ROOM = 3  # empty lines below those that there are
_LINE = re.compile(r"(?:title|due)-([0-9]{1,3})")


def _shown(session: Session, task: Task, _on: date) -> Mapping[str, Any]:
    kept = _kept(session, task)
    waiting = [one for one in kept if one.done_on is None]
    return {"reached": [one for one in kept if one.done_on], "waiting": waiting, "room": ROOM}


def _kept(session: Session, task: Task) -> Sequence[Milestone]:
    mine = select(Milestone).where(Milestone.task_id == task.id)
    return session.exec(mine.order_by(col(Milestone.due_on), col(Milestone.id))).all()


def _seen(session: Session, task: Task) -> str:
    return " ".join(f"{one.due_on} {one.title} {one.done_on}" for one in _kept(session, task))


def _make(session: Session, task: Task, actor: Actor, sent: Written, calendar: Calendar) -> None:
    wanted = _wanted(sent)
    if bool(wanted) == bool(sent["clear"]):
        raise Refusal(
            "请填写阶段目标和日期；要全部清除的，请清空各行并勾选“全部清除”。没有记录任何操作",
            "please write milestones with their dates; to remove all of them, empty the lines and "
            "tick the box. Nothing was recorded",
        )
    set_milestones(session, task, actor, wanted, calendar=calendar)


def _wanted(sent: Written) -> list[tuple[str, date]]:
    """Lines that say nothing are left out."""
    found = []
    for n in sorted({int(line[1]) for name in sent.sent if (line := _LINE.fullmatch(name))}):
        title, due_on = sent[f"title-{n}"], sent.day(f"due-{n}")
        if due_on is None and title:
            raise Refusal(
                f"阶段目标“{title}”还没有日期；没有记录任何操作",
                f"the milestone '{title}' has no date yet; nothing was recorded",
            )
        if due_on is not None:
            found.append((title, due_on))
    return found


MILESTONES = OfficeAct(
    called=("阶段目标", "Milestones"),
    hint=("长期坚持事项到什么时候达到什么。", "What is to be reached by when."),
    template="office_milestones.html",
    offered=lambda task: task.track == Track.LONG_TERM and task.state not in CLOSED,
    shown=_shown,
    seen=_seen,
    make=_make,
)
