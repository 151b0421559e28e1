"""The outbox: every mail and what became of it; and the one act there is, to send a dead one
again."""

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.resending import chance, send_again
from models import Message
from models.message import MessageState
from models.refusal import Refusal
from notifications.links import blanked
from notifications.wording import ENGLISH
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, looking, whoever_keeps_directory
from web.ids import id_in
from web.mail_rows import by_state, events, mails, withheld
from web.paging import Paging, page_number
from web.rights import Viewer

router = APIRouter()
PATH = "/outbox"
SURE = "yes"
NOT_SURE = Refusal(
    "请先勾选确认；没有记录任何操作", "please tick that you want it; nothing was recorded"
)


@router.api_route(PATH, methods=["GET", "HEAD"])
def outbox(request: Request, state: str = "", page: str = "1") -> Response:
    wanted = MessageState(state) if state in set(MessageState) else None
    with looking(request, whoever_keeps_directory) as (session, viewer):
        tally = by_state(session)
        found = tally[wanted] if wanted else sum(tally.values())
        paging = Paging(PATH, {"state": wanted or ""}, found, page_number(page))
        shown = mails(session, wanted, paging)
        return desk_page(
            request,
            viewer,
            "outbox.html",
            tally=tally,
            wanted=wanted,
            paging=paging,
            mails=shown,
            withheld=withheld(session, viewer, shown),
        )


@router.api_route(PATH + "/{message_id}", methods=["GET", "HEAD"])
def one_mail(request: Request, message_id: str) -> Response:
    with looking(request, whoever_keeps_directory) as (session, viewer):
        return _show(request, session, viewer, _found(session, message_id))


@router.post(PATH + "/{message_id}/again")
def again(
    request: Request,
    message_id: str,
    sure: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
        mail = _found(session, message_id)
    try:
        if sure != SURE:
            raise NOT_SURE
        with transaction(desk.office.engine, now) as session:
            send_again(session, mail.id, viewer.actor(now), seen=seen)
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            present = _found(session, message_id)
            return _show(request, session, viewer, present, refused=refused)
    return RedirectResponse(f"{PATH}/{mail.id}", status_code=303)


def _show(
    request: Request,
    session: Session,
    viewer: Viewer,
    mail: Message,
    refused: Refusal | None = None,
) -> Response:
    desk = desk_of(request)
    english = desk.office.language_of(viewer.official) == ENGLISH
    words = ("[link]", "[code]") if english else ("〔链接〕", "〔验证码〕")
    return desk_page(
        request,
        viewer,
        "outbox_mail.html",
        status=422 if refused else 200,
        mail=mail,
        text=blanked(mail.body.text, *words),
        withheld=mail.id in withheld(session, viewer, [mail]),
        events=events(session, mail.id),
        chance=chance(session, mail.id, viewer.on),
        refused=refused,
    )


def _found(session: Session, message_id: str) -> Message:
    found = session.get(Message, id_in(message_id))
    if found is None:
        raise HTTPException(404)
    return found
