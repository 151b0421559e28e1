"""社会监督 at the desk: the register, what came by telephone and post, and what is done with it."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.feedback.dealing import answer, link, pass_on, to_discipline
from flows.feedback.receiving import LONGEST, LONGEST_CONTACT, receive
from flows.feedback.standing import FeedbackRow, counts, feedback_rows, of_id
from flows.signoff.actor import Actor
from flows.signoff.telling import tell
from flows.working_days import load_calendar
from models import Feedback, Task
from models.feedback import Channel
from models.refusal import Refusal
from web.desk import Desk, desk_of
from web.desk_pages import desk_page, let_in, looking, whoever_keeps_directory
from web.ids import id_in
from web.paging import Paging, page_number
from web.rights import Viewer
from web.task_page import visible_task
from web.written import Written, written

router = APIRouter()
PATH = "/feedback-register"
BY_HAND = (Channel.TELEPHONE, Channel.POST)
Sent = Annotated[Written, Depends(written)]
NO_CHANNEL = Refusal("请选择来源；没有记录", "please choose how it came; nothing was recorded")
NO_ACT = Refusal("请选择办理方式；没有记录", "please choose what to do; nothing was recorded")
NOT_SURE = Refusal(
    "请勾选确认属于检举控告；没有记录",
    "please tick that it is a report of wrongdoing; nothing was recorded",
)


@router.api_route(PATH, methods=["GET", "HEAD"])
def register(request: Request) -> Response:
    with looking(request, whoever_keeps_directory) as (session, viewer):
        return _all(request, session, viewer)


@router.post(PATH)
def enter(request: Request, sent: Sent) -> Response:
    """What came by telephone or post."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
    try:
        if sent["channel"] not in BY_HAND:
            raise NO_CHANNEL
        with transaction(desk.office.engine, now) as session:
            taken = receive(
                session,
                sent["words"],
                channel=Channel(sent["channel"]),
                contact=sent["contact"],
                received_on=sent.day("received"),
                on=desk.today(now),
                now=now,
                calendar=load_calendar(session),
            )
            key = taken.id
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _all(request, session, viewer, sent, refused)
    return RedirectResponse(f"{PATH}/{key}", status_code=303)


@router.api_route(PATH + "/{key}", methods=["GET", "HEAD"])
def one(request: Request, key: str) -> Response:
    with looking(request, whoever_keeps_directory) as (session, viewer):
        return _one(request, session, viewer, _found(session, viewer, key))


@router.post(PATH + "/{key}")
def act(request: Request, key: str, sent: Sent) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
        found = _found(session, viewer, key)
    try:
        with transaction(desk.office.engine, now) as session:
            feedback = session.get_one(Feedback, found.feedback.id)
            _deal(session, desk, feedback, viewer.actor(now), sent)
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            again = _found(session, viewer, key)
            return _one(request, session, viewer, again, sent, refused)
    return RedirectResponse(f"{PATH}/{found.feedback.id}", status_code=303)


def _deal(session: Session, desk: Desk, feedback: Feedback, actor: Actor, sent: Written) -> None:
    calendar = load_calendar(session)
    match sent["act"]:
        case "link":
            link(session, feedback, actor, sent["finding"])
        case "pass_on":
            pass_on(session, feedback, actor, sent["to"], reason=sent["reason"])
        case "discipline":
            if not sent["sure"]:
                raise NOT_SURE
            to_discipline(session, feedback, actor)
        case "answer":
            answer(session, feedback, actor, sent["reply"][:LONGEST], calendar=calendar)
        case _:
            raise NO_ACT
    tell(session, desk.office, on=actor.on, now=actor.now)


def _found(session: Session, viewer: Viewer, key: str) -> FeedbackRow:
    """Whoever stands aside from its task does not find it."""
    found = of_id(session, id_in(key))
    if found is None:
        raise HTTPException(404)
    visible_task(session, viewer, found.task.number)
    return found


def _all(
    request: Request,
    session: Session,
    viewer: Viewer,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    rows, calendar = feedback_rows(session, viewer.may_see()), load_calendar(session)
    paging = Paging(PATH, {}, len(rows), page_number(request.query_params.get("page", "")))
    return desk_page(
        request,
        viewer,
        "feedback_register.html",
        status=422 if refused else 200,
        rows=rows[paging.offset : paging.offset + paging.size],
        paging=paging,
        total=len(rows),
        counts=counts(rows),
        in_time=sum(row.in_time(calendar) for row in rows),
        channels=BY_HAND,
        sent=sent or Written(),
        refused=refused,
        longest=LONGEST,
        longest_contact=LONGEST_CONTACT,
        today=viewer.on,
    )


def _one(
    request: Request,
    session: Session,
    viewer: Viewer,
    found: FeedbackRow,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    key = found.feedback.finding_id
    return desk_page(
        request,
        viewer,
        "feedback_one.html",
        status=422 if refused else 200,
        row=found,
        finding=session.get_one(Task, key).number if key else "",
        sent=sent or Written(),
        refused=refused,
        longest=LONGEST,
    )
