"""What the handler may do with a task beside answering its warning: the ways to those pages."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from sqlmodel import Session

from flows.proposals.verdicts import proposal_of
from flows.signoff.applications import present_application
from flows.signoff.levels import rules_of
from flows.signoff.offers import offers
from flows.signoff.requests import pending
from flows.signoff.roles import HANDLER
from models import Task
from models.application import ApplicationState
from models.request_machine import RequestKind
from models.signoff import SIGNOFF
from models.workdays import Calendar

Said = tuple[str, str]
OTHERS = ("申请销号及其他办理", "Sign-off and more")
APPLY = ("申请销号", "Apply for sign-off")
GO_ON = ("继续填写销号申请（有草稿）", "Go on with the application (a draft)")
HAND_IN = ("分条报送", "Hand in, line by line")
HANDED_IN = ("查看报送的内容", "What was handed in")
UNDER_REVIEW = ("查看销号申请、补充材料或撤回", "The application: look, change, recall")
CALLED: dict[RequestKind, Said] = {
    RequestKind.EXTENSION: ("申请延期", "Ask for an extension"),
    RequestKind.SUSPENSION: ("申请中止", "Ask for a suspension"),
    RequestKind.LONG_TERM: ("转为长期坚持", "Make it long-term"),
    RequestKind.END_LONG_TERM: ("转回限期整改", "Give it a deadline again"),
    RequestKind.REVIEW: ("阶段复核", "Report for review"),
    RequestKind.OBJECTION: ("提出异议（不属于本单位）", "Object: it is not ours"),
}


@dataclass(frozen=True)
class Way:
    """`hint`: what one has to know before."""

    called: Said
    path: str
    hint: Said = ("", "")


def ways(
    session: Session,
    task: Task,
    roles: Collection[str],
    base: str,
    *,
    on: date,
    calendar: Calendar,
) -> Sequence[Way]:
    """Those that are open now to whoever has these roles; none but on the handler's side."""
    if HANDLER not in roles:
        return []
    found = [*_lines(session, task), *_application(session, task, base)]
    if request := pending(session, task):
        chinese, english = CALLED[request.kind]
        called = (f"{chinese}：等待审批", f"{english}: waits for a decision")
        return [*found, Way(called, f"{base}/requests/{request.kind}")]
    return [
        *found,
        *(
            Way(CALLED[offer.kind], f"{base}/requests/{offer.kind}", (offer.chinese, offer.english))
            for offer in offers(session, task, on=on, calendar=calendar)
        ),
    ]


def _lines(session: Session, task: Task) -> list[Way]:
    """To what is handed in line by line: a page of the desk."""
    if rules_of(session, task).lines is None:
        return []
    called = HAND_IN if proposal_of(session, task) is None else HANDED_IN
    return [
        Way(called, f"/proposals/{quote(task.number)}", ("登录后办理。", "For this you sign in."))
    ]


def _application(session: Session, task: Task, base: str) -> list[Way]:
    path, present = f"{base}/application", present_application(session, task)
    if present is not None and present.state == ApplicationState.OPEN:
        return [Way(UNDER_REVIEW, path)]
    if not SIGNOFF.allows(task.state, "apply"):
        return []
    if present is not None:
        return [Way(GO_ON, path)]
    hint = ("整改已完成的，写明情况、上传材料。", "When it is done: what was done, with evidence.")
    return [Way(APPLY, path, hint)]
