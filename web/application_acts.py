"""What a submitted application form does. Faults are said next to their fields; a Refusal is
said on top, and then nothing was recorded."""

from collections.abc import Iterable
from dataclasses import replace

from fastapi import Request
from sqlmodel import Session, select

from flows.database import reading
from flows.office import Office
from flows.signoff.actor import Actor
from flows.signoff.applications import (
    Content,
    amend,
    draft,
    last_application,
    present_application,
    recall,
    save,
    submit,
)
from flows.signoff.completeness import Incomplete, Missing, what_is_missing
from flows.signoff.evidence import add_evidence, present_evidence, remove_evidence
from flows.signoff.roles import require_move
from flows.urgent_mail import write_act_receipt
from flows.working_days import load_calendar
from models import Application, Measure, Task
from models.refusal import Refusal
from web.acting import Acting, recording
from web.application_form import AMEND, RECALL, SUBMIT, ApplicationForm, Faults
from web.desk import desk_of
from web.reply_form import PROXY

NOTHING_WRITTEN = ("没有新填写的内容，没有保存。", "Nothing new was written; nothing was saved.")
NEEDS_REASON = ("请写明理由。", "Please give the reason.")


def save_draft(request: Request, acting: Acting, form: ApplicationForm) -> Faults:
    """The text first, then each file by itself: a file that is refused costs nothing else."""
    with recording(request, acting) as session:
        task = session.get_one(Task, acting.task.id)
        somebody = form.act == SUBMIT and not form.unsaid(visibles=False)
        if not somebody and _says_nothing(session, task, form):
            return {"": [NOTHING_WRITTEN]}
        _write(session, task, acting.actor(form.who, form.name), form)
    refused = []
    for n in range(len(form.files)):
        try:
            with recording(request, acting) as session:
                task = session.get_one(Task, acting.task.id)
                actor = acting.actor(form.who, form.name)
                _add_files(
                    session,
                    desk_of(request).office,
                    draft(session, task, actor),
                    replace(form, files=form.files[n : n + 1]),
                    actor,
                )
        except Refusal as fault:
            refused.append((fault.chinese, fault.english))
    return form.unreadable() | ({"files": refused} if refused else {})


def submit_draft(request: Request, acting: Acting, form: ApplicationForm) -> Faults:
    """Saved first, whatever is missing; then submitted with exactly what this form says."""
    acting.require_open()
    faults = save_draft(request, acting, form)
    faults |= form.unsaid() | _missing(request, acting, but=faults)
    if faults:
        return faults
    with recording(request, acting) as session:
        task = session.get_one(Task, acting.task.id)
        actor = acting.actor(form.who, form.name)
        rest = replace(form, remove=frozenset())  # what was to go, went with the draft
        application = _write(session, task, actor, rest)
        submit(session, task, actor, application, calendar=load_calendar(session))
        _tell_owner(request, session, acting, form, "event.apply", form.summary)
    return {}


def amend_open(request: Request, acting: Acting, form: ApplicationForm) -> Faults:
    """Text, new files and removed ones in one act, or none of it."""
    acting.require_open()
    faults = form.unsaid() | form.unreadable() | _reason(form)
    if faults:
        return faults
    actor = acting.actor(form.who, form.name)
    try:
        with recording(request, acting) as session:
            task, application = _under_review(session, acting, actor)
            content = _content(session, task, form)
            _remove(session, application, form, actor)
            _add_files(session, desk_of(request).office, application, form, actor)
            amend(
                session,
                task,
                actor,
                content,
                reason=form.reason,
                calendar=load_calendar(session),
            )
            _tell_owner(request, session, acting, form, "event.amend", form.reason)
    except Incomplete as incomplete:
        return _by_field(incomplete.missing)
    return {}


def recall_open(request: Request, acting: Acting, form: ApplicationForm) -> Faults:
    acting.require_open()
    if faults := form.unsaid(visibles=False) | _reason(form):
        return faults
    with recording(request, acting) as session:
        task = session.get_one(Task, acting.task.id)
        recall(session, task, acting.actor(form.who, form.name), reason=form.reason)
        _tell_owner(request, session, acting, form, "event.recall", form.reason)
    return {}


ACTS = {SUBMIT: submit_draft, AMEND: amend_open, RECALL: recall_open}


def _says_nothing(session: Session, task: Task, form: ApplicationForm) -> bool:
    """A form as the page gave it out begins no draft: a machine may have sent it."""
    if form.files or form.remove or present_application(session, task) is not None:
        return False
    last = last_application(session, task)
    given_out = ApplicationForm.of(session, last) if last else ApplicationForm()
    return not form.unreadable() and form.content() == given_out.content()


def _reason(form: ApplicationForm) -> Faults:
    return {} if form.reason else {"reason": [NEEDS_REASON]}


def _under_review(session: Session, acting: Acting, actor: Actor) -> tuple[Task, Application]:
    task = session.get_one(Task, acting.task.id)
    require_move(session, task, AMEND, actor.official_id, actor.on)
    application = present_application(session, task)
    assert application is not None  # for the types: a task under review has one
    return task, application


def _write(session: Session, task: Task, actor: Actor, form: ApplicationForm) -> Application:
    application = draft(session, task, actor)
    save(session, application, _content(session, task, form))
    _remove(session, application, form, actor)
    return application


def _content(session: Session, task: Task, form: ApplicationForm) -> Content:
    """Of the measures that the task has."""
    content = form.content()
    own = set(session.exec(select(Measure.position).where(Measure.task_id == task.id)))
    return replace(content, done={n: done for n, done in content.done.items() if n in own})


def _add_files(
    session: Session, office: Office, application: Application, form: ApplicationForm, actor: Actor
) -> None:
    for file, kind in form.files:
        add_evidence(
            session,
            office,
            application,
            file.file,
            name=file.filename or "",
            kind=kind,
            actor=actor,
        )


def _remove(
    session: Session, application: Application, form: ApplicationForm, actor: Actor
) -> None:
    for evidence in present_evidence(session, application):
        if evidence.sha256 in form.remove:
            remove_evidence(session, evidence, actor.now)


def _missing(request: Request, acting: Acting, *, but: Faults) -> Faults:
    """What the saved draft lacks, where nothing else was said of that field."""
    with reading(desk_of(request).office.engine) as session:
        task = session.get_one(Task, acting.task.id)
        application = present_application(session, task)
        found = what_is_missing(session, task, application) if application else []
    return _by_field(one for one in found if one.field not in but)


def _by_field(missing: Iterable[Missing]) -> Faults:
    found: Faults = {}
    for one in missing:
        found.setdefault(one.field, []).append((one.chinese, one.english))
    return found


def _tell_owner(
    request: Request, session: Session, acting: Acting, form: ApplicationForm, act: str, words: str
) -> None:
    """Of what another did by the owner's link."""
    if acting.opened is not None and form.who == PROXY:
        write_act_receipt(
            session,
            desk_of(request).office,
            acting.official,
            session.get_one(Task, acting.task.id),
            act=act,
            said_by=form.name,
            words=words,
            on=acting.on,
            now=acting.now,
        )
