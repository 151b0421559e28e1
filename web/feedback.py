"""社会监督: the page on which anybody tells the office something, and sees how it stands.

No account, no script, nothing personal needed. What was sent is shown to nobody here again.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from flows.database import reading, transaction
from flows.feedback.receiving import LONGEST, LONGEST_CONTACT, receive
from flows.feedback.standing import FeedbackState, of_reference
from flows.working_days import load_calendar
from models.feedback import Channel
from models.refusal import Refusal
from web.desk import desk_of
from web.limits import FEEDBACK, FEEDBACK_OF_ALL, UNKNOWN, address_of
from web.pages import page
from web.written import Written, written

router = APIRouter()
PATH = "/feedback"
TRAP = "website"  # out of sight: only a program fills it in
Sent = Annotated[Written, Depends(written)]
ROBOT = Refusal(
    "这份反馈像是由程序填写的，没有记录；请清空“网址”一栏后重新提交",
    "this looks as if a program had filled it in, and was not recorded; leave 'website' empty",
)
NO_SUCH = Refusal(
    "没有这个查询编号，请核对后再试",
    "there is no such reference; please check it and try again",
)


@router.api_route(PATH, methods=["GET", "HEAD"])
def form(request: Request) -> Response:
    return _page(request)


@router.post(PATH)
def take(request: Request, sent: Sent) -> Response:
    desk = desk_of(request)
    now = desk.now()
    try:
        if sent[TRAP]:
            raise ROBOT
        desk.limits.look(FEEDBACK, address_of(request))
        with transaction(desk.office.engine, now) as session:
            taken = receive(
                session,
                sent["words"],
                channel=Channel.WEB,
                contact=sent["contact"],
                on=desk.today(now),
                now=now,
                calendar=load_calendar(session),
            )
            desk.limits.count(FEEDBACK, address_of(request))
            desk.limits.count(FEEDBACK_OF_ALL)
            reference = taken.reference
    except Refusal as refused:
        return _page(request, sent=sent, refused=refused)
    return _page(request, reference=reference)


@router.post(PATH + "/state")
def state(request: Request, sent: Sent) -> Response:
    """By a form, so that no address and no log keeps the reference."""
    desk = desk_of(request)
    desk.limits.look(UNKNOWN, address_of(request))
    with reading(desk.office.engine) as session:
        found = of_reference(session, sent["reference"][:40])
    if found is None:
        desk.limits.count(UNKNOWN, address_of(request))
        return _page(request, refused=NO_SUCH, status=404)
    reply = found.feedback.reply if found.state == FeedbackState.ANSWERED else ""
    return _page(request, stands=found.state, received_on=found.feedback.received_on, reply=reply)


def _page(request: Request, *, status: int = 0, **facts: Any) -> Response:
    shown: dict[str, Any] = {
        "sent": Written(),
        "refused": None,
        "reference": "",
        "stands": None,
        "received_on": None,
        "reply": "",
        "longest": LONGEST,
        "longest_contact": LONGEST_CONTACT,
        "trap": TRAP,
    }
    given = status or (422 if facts.get("refused") else 200)
    response = page(request, "feedback.html", status=given, **(shown | facts))
    response.headers["Cache-Control"] = "no-store"
    return response
