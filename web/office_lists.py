"""清单 on a page: a task is put on a list that the office keeps, and taken off it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from flows.signoff.actor import Actor
from flows.signoff.lists import join, leave, memberships
from models import Official, Task
from models.refusal import Refusal
from models.signoff import CLOSED
from models.workdays import Calendar
from web.list_rows import watch_lists
from web.office_act import OfficeAct
from web.whom import groups, known
from web.written import Written


def _shown(session: Session, task: Task, on: date) -> Mapping[str, Any]:
    present = {one.list_id: one for one in memberships(session, task) if one.until_on is None}
    every = watch_lists(session)
    return {
        "present": [
            (one, present[one.id], _name(session, present[one.id].leader_id))
            for one in every
            if one.id in present
        ],
        "others": [one for one in every if one.id not in present],
        "groups": groups(session, on),
    }


def _name(session: Session, official_id: int | None) -> str:
    return session.get_one(Official, official_id).name if official_id else ""


def _seen(session: Session, task: Task) -> str:
    return " ".join(f"{one.id}:{one.until_on or ''}" for one in memberships(session, task))


def _make(session: Session, task: Task, actor: Actor, sent: Written, calendar: Calendar) -> None:
    which = next((one for one in watch_lists(session) if one.name == sent["list"]), None)
    if which is None:
        raise Refusal("请选择清单；没有记录任何操作", "please choose a list; nothing was recorded")
    said: dict[str, Any] = {"reason": sent["reason"], "calendar": calendar}
    if sent["act"] == "leave":
        leave(session, task, which, actor, **said)
        return
    leader_id = known(session, sent["leader"])[1] if sent["leader"] else None
    join(session, task, which, actor, leader_id=leader_id, **said)


LISTS = OfficeAct(
    called=("清单", "Lists"),
    hint=(
        "列入或移出本单位的清单；列入期间可能按更严的规则计时。",
        "Put it on a list or take it off; stricter rules may count meanwhile.",
    ),
    template="office_lists.html",
    offered=lambda task: task.state not in CLOSED,
    shown=_shown,
    seen=_seen,
    make=_make,
)
