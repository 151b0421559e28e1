"""What the page of a request shows: a form with its bounds, or the request that waits."""

from collections.abc import Sequence

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from flows.signoff.chain import asked_of
from flows.signoff.levels import rules_of
from flows.signoff.offers import Offer, offer_of
from flows.signoff.requests import pending
from flows.signoff.roles import roles_of
from flows.working_days import load_calendar
from models import Task
from models.refusal import Refusal
from models.request_machine import RequestKind
from models.span import Span
from notifications.explanation import span_words
from web.acting import Acting
from web.application_form import Fault, Faults
from web.application_view import matter_of
from web.offers import CALLED, ways
from web.pages import page
from web.proof_first import prove_first
from web.reply_form import LONGEST, SHORTEST
from web.request_form import DATED, RequestForm

CYCLES = ("1mo", "2mo", "3mo", "6mo")


def show_request(
    request: Request,
    session: Session,
    acting: Acting,
    kind: RequestKind,
    form: RequestForm | None = None,
    faults: Faults | None = None,
    *,
    status: int = 200,
    unproved: Fault | None = None,
) -> Response:
    """`form`: what was written and not recorded, to be given back with its faults."""
    if acting.hidden:
        return prove_first(request, session, acting, status=status, unproved=unproved)
    task = session.get_one(Task, acting.task.id)
    waiting = pending(session, task)
    offer, why_not = _offer(session, acting, task, kind)
    return page(
        request,
        "request.html",
        status=status,
        language=acting.language,
        visitor=acting.official if acting.opened is None else None,
        acting=acting,
        matter=matter_of(session, acting, task),
        task=task,
        kind=kind,
        called=CALLED[waiting.kind if waiting else kind],
        waiting=waiting,
        asked=asked_of(session, "request_id", waiting.id) if waiting else [],
        offer=offer,
        why_not=why_not,
        dated=kind in DATED or kind == RequestKind.LONG_TERM,
        cycles=_cycles(session, task) if kind == RequestKind.LONG_TERM else [],
        form=form or RequestForm(),
        faults=faults or {},
        done=request.query_params.get("done", ""),
        longest=LONGEST,
        shortest=SHORTEST,
    )


def show_ways(request: Request, session: Session, acting: Acting) -> Response:
    task = session.get_one(Task, acting.task.id)
    found = ways(
        session,
        task,
        roles_of(session, task, acting.official.id, acting.on),
        acting.base,
        on=acting.on,
        calendar=load_calendar(session),
    )
    return page(
        request,
        "ways.html",
        language=acting.language,
        acting=acting,
        matter=matter_of(session, acting, task),
        task=task,
        ways=found if acting.open else [],
    )


def _offer(
    session: Session, acting: Acting, task: Task, kind: RequestKind
) -> tuple[Offer | None, Fault | None]:
    calendar = load_calendar(session)
    try:
        return offer_of(session, task, kind, on=acting.on, calendar=calendar), None
    except Refusal as refused:
        return None, (refused.chinese, refused.english)


def _cycles(session: Session, task: Task) -> Sequence[tuple[str, str, str]]:
    """(span, Chinese, English) of the cycles within the procedure's."""
    rules, calendar = rules_of(session, task).long_term, load_calendar(session)
    if rules is None:
        return []
    longest = rules.review_every.after(task.opened_on, calendar)
    return [
        (written, span_words(span, ""), span_words(span, "en"))
        for written in CYCLES
        if (span := Span.parse(written)).after(task.opened_on, calendar) <= longest
    ]
