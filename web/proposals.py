"""报审: what units hand in line by line, with the verdict on each line."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session, select

from flows.database import reading, transaction
from flows.papers.proposal import proposal_facts
from flows.proposals.handing_in import LONGEST_TITLE, hand_in, kinds, propose, units_of
from flows.proposals.standing import Standing, standing_of, standings, with_lines
from flows.proposals.written import MOST
from flows.signoff.actor import Actor
from flows.signoff.applications import last_application
from flows.signoff.chain import steps
from flows.signoff.roles import HANDLER, roles_of
from flows.signoff.telling import tell
from flows.working_days import load_calendar
from models import Task
from models.refusal import Refusal
from notifications.papers.page import write_page
from notifications.papers.paper import Paper
from notifications.papers.proposal import RESULTS, proposal_paper
from web.desk import Desk, desk_of
from web.desk_pages import desk_page
from web.matter import Showing
from web.paging import Paging, page_number
from web.rights import Viewer
from web.signing_in import viewer_of
from web.task_page import visible_task
from web.word_file import word_file
from web.written import Written, written

router = APIRouter()
PATH = "/proposals"
Sent = Annotated[Written, Depends(written)]


@router.api_route(PATH, methods=["GET", "HEAD"])
def proposals(request: Request) -> Response:
    with reading(desk_of(request).office.engine) as session:
        return _all(request, session, viewer_of(request, session, desk_of(request).now()))


@router.post(PATH)
def hand_in_of_oneself(request: Request, sent: Sent) -> Response:
    """A unit hands in what nobody asked it for."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, now)
    try:
        with transaction(desk.office.engine, now) as session:
            made = propose(
                session,
                sent["kind"],
                sent["unit"],
                sent["title"],
                sent["lines"].splitlines(),
                viewer.actor(now),
                calendar=load_calendar(session),
            )
            number = session.get_one(Task, made.task_id).number
            _tell(session, desk, viewer.actor(now))
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _all(request, session, viewer, sent, refused)
    return RedirectResponse(f"{PATH}/{quote(number)}", status_code=303)


@router.api_route(PATH + "/{number:path}/print", methods=["GET", "HEAD"])
def printed(request: Request, number: str) -> Response:
    return HTMLResponse(write_page(_paper(request, number)))


@router.api_route(PATH + "/{number:path}/word", methods=["GET", "HEAD"])
def as_word(request: Request, number: str) -> Response:
    return word_file(_paper(request, number))


@router.api_route(PATH + "/{number:path}", methods=["GET", "HEAD"])
def one(request: Request, number: str) -> Response:
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, desk.now())
        return _one(request, session, viewer, _found(session, viewer, number))


@router.post(PATH + "/{number:path}")
def hand_in_what_is_owed(request: Request, number: str, sent: Sent) -> Response:
    """What the office asked this unit for, by the ledger or a duty."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, now)
        task = _found(session, viewer, number).task
    try:
        with transaction(desk.office.engine, now) as session:
            own = session.get_one(Task, task.id)
            lines = sent["lines"].splitlines()
            hand_in(session, own, viewer.actor(now), lines, calendar=load_calendar(session))
            _tell(session, desk, viewer.actor(now))
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            found = _found(session, viewer, number)
            return _one(request, session, viewer, found, sent, refused)
    return RedirectResponse(f"{PATH}/{quote(task.number)}", status_code=303)


def _paper(request: Request, number: str) -> Paper:
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, desk.now())
        facts = proposal_facts(session, _found(session, viewer, number))
        if facts is None:
            raise HTTPException(404)
        return proposal_paper(facts, desk.office.language_of(viewer.official))


def _tell(session: Session, desk: Desk, by: Actor) -> None:
    tell(session, desk.office, on=by.on, now=by.now)


def _all(
    request: Request,
    session: Session,
    viewer: Viewer,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    rows = with_lines(session, viewer.may_see(), viewer.takes_part())
    paging = Paging(PATH, {}, len(rows), page_number(request.query_params.get("page", "")))
    shown = rows[paging.offset : paging.offset + paging.size]
    whole = standings(session, [task for task, own in shown if own])
    return desk_page(
        request,
        viewer,
        "proposals.html",
        status=422 if refused else 200,
        rows=[(task, whole.get(task.id)) for task, _ in shown],
        paging=paging,
        kinds=[(procedure, "|".join(lines.parts)) for procedure, lines in kinds(session)],
        units=units_of(session, viewer.official.id, viewer.on),
        sent=sent or Written(),
        refused=refused,
        longest=LONGEST_TITLE,
        most=MOST,
    )


def _one(
    request: Request,
    session: Session,
    viewer: Viewer,
    found: Standing,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    task = found.task
    showing = Showing.load(session, load_calendar(session), viewer.on)
    application = last_application(session, task)
    submitted = application is not None and application.packet is not None
    return desk_page(
        request,
        viewer,
        "proposal.html",
        status=422 if refused else 200,
        found=found,
        matter=showing.matter(task, found.unit, hidden=False),
        steps=steps(session, task, application) if application and submitted else [],
        results=RESULTS,
        on=viewer.on,
        handles=HANDLER in roles_of(session, task, viewer.official.id, viewer.on),
        sent=sent or Written(),
        refused=refused,
        most=MOST,
    )


def _found(session: Session, viewer: Viewer, number: str) -> Standing:
    """A restricted one is there for those who take part in it, and for the office."""
    task = visible_task(session, viewer, number)
    own = select(Task.id).where(Task.id == task.id, viewer.takes_part())
    found = standing_of(session, task)
    if found is None or session.exec(own).first() is None:
        raise HTTPException(404)
    return found
