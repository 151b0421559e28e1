"""What the page of an application shows: a form to write on, or what was submitted and where it
stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from flows.signoff.applications import last_application
from flows.signoff.chain import Step, steps
from flows.signoff.evidence import LARGEST, MIB, MOST, TOGETHER, WELCOME, present_evidence
from flows.signoff.levels import rules_of
from flows.signoff.packets import shown_in
from flows.signoff.roles import require_move
from flows.working_days import load_calendar
from models import Application, Measure, Task, Unit
from models.application import ApplicationState, EvidenceKind, SixVisible
from models.refusal import Refusal
from web.acting import Acting
from web.application_form import AMEND, ApplicationForm, Fault, Faults
from web.matter import Matter, Showing
from web.packet_files import File, files_of
from web.pages import page
from web.proof_first import prove_first
from web.reply_form import LONGEST, LONGEST_NAME


@dataclass(frozen=True)
class SubmittedOne:
    """What was submitted, word for word, and who was asked to decide on it."""

    shown: dict[str, Any]
    files: Sequence[File]
    steps: Sequence[Step]


@dataclass(frozen=True)
class ShownFile:
    name: str
    kind: EvidenceKind
    size: int
    sha256: str
    path: str


def show_application(
    request: Request,
    session: Session,
    acting: Acting,
    form: ApplicationForm | None = None,
    faults: Faults | None = None,
    *,
    status: int = 200,
    unproved: Fault | None = None,
) -> Response:
    """`form`: what was written and not recorded, to be given back with its faults."""
    if acting.hidden:
        return prove_first(request, session, acting, status=status, unproved=unproved)
    task = session.get_one(Task, acting.task.id)
    application = last_application(session, task)
    written = form or (ApplicationForm.of(session, application) if application else None)
    amending = (form.act == AMEND) if form else "amend" in request.query_params
    return page(
        request,
        "application.html",
        status=status,
        language=acting.language,
        visitor=acting.official if acting.opened is None else None,
        acting=acting,
        task=task,
        matter=matter_of(session, acting, task),
        application=application,
        mode=_mode(session, acting, task, application, amending=amending),
        why_not=_why_not(session, acting, task),
        form=written or ApplicationForm(),
        faults=faults or {},
        done=request.query_params.get("done", ""),
        files=_files(session, acting, application),
        measures=session.exec(
            select(Measure).where(Measure.task_id == task.id).order_by(col(Measure.position))
        ).all(),
        visibles=list(SixVisible) if rules_of(session, task).evidence.six_visibles else [],
        submitted=_submitted(session, acting, task, application),
        longest=LONGEST,
        longest_name=LONGEST_NAME,
        limits={"one": LARGEST // MIB, "all": TOGETHER // MIB, "most": MOST, "kinds": WELCOME},
    )


def matter_of(session: Session, acting: Acting, task: Task) -> Matter:
    showing = Showing.load(session, load_calendar(session), acting.on)
    unit = session.get_one(Unit, task.unit_id).name
    return showing.matter(task, unit, hidden=acting.hidden)


def _mode(
    session: Session, acting: Acting, task: Task, application: Application | None, *, amending: bool
) -> str:
    """ "edit": a draft; "amend": on what is under review; "shown": nothing to write."""
    if application is not None and application.state == ApplicationState.OPEN:
        return "amend" if amending and acting.open else "shown"
    return "shown" if _why_not(session, acting, task) or not acting.open else "edit"


def _why_not(session: Session, acting: Acting, task: Task) -> Fault | None:
    """Why there is nothing to apply for now."""
    try:
        require_move(session, task, "apply", acting.official.id, acting.on)
    except Refusal as refused:
        return refused.chinese, refused.english
    return None


def _submitted(
    session: Session, acting: Acting, task: Task, application: Application | None
) -> SubmittedOne | None:
    if application is None or application.packet is None:
        return None
    shown = shown_in(session, application.packet)
    return SubmittedOne(
        shown,
        files_of(session, application.id, shown, acting.evidence),
        steps(session, task, application),
    )


def _files(session: Session, acting: Acting, application: Application | None) -> list[ShownFile]:
    if application is None:
        return []
    return [
        ShownFile(f.name, f.kind, f.size, f.sha256, acting.evidence(f.id))
        for f in present_evidence(session, application)
        if f.kind != EvidenceKind.DECISION
    ]
