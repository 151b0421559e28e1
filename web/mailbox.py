"""The mails that the local catching server caught, for the person who sits at this machine."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from notifications.mailbox import Caught, Mailbox
from web.desk import desk_of, is_local
from web.ids import id_in
from web.pages import page
from web.paging import Paging, page_number

router = APIRouter()


@router.api_route("/mailbox", methods=["GET", "HEAD"])
def mailbox(request: Request) -> Response:
    mails = _box(request).messages()
    paging = Paging("/mailbox", {}, len(mails), page_number(request.query_params.get("page", "1")))
    shown = mails[paging.offset :][: paging.size]
    return page(request, "mailbox.html", mails=shown, paging=paging)


@router.api_route("/mailbox/{caught_id}", methods=["GET", "HEAD"])
def mail(request: Request, caught_id: str) -> Response:
    found = _one(request, caught_id)
    return page(request, "mail.html", mail=found, height=_height(found.text))


@router.api_route("/mailbox/{caught_id}/html", methods=["GET", "HEAD"])
def mail_html(request: Request, caught_id: str) -> Response:
    """The mail's own page for a sandboxed frame; its links open in the whole window."""
    body = _one(request, caught_id).html
    return HTMLResponse(body.replace("<head>", '<head><base target="_top">', 1))


def _height(text: str) -> int:
    """Of the frame: no script measures what is in it, but its text has a line for each of its."""
    return 260 + 40 * sum(1 for line in text.splitlines() if line.strip())


def _one(request: Request, caught_id: str) -> Caught:
    found = _box(request).get(id_in(caught_id))
    if found is None:
        raise HTTPException(404)
    return found


def _box(request: Request) -> Mailbox:
    box = desk_of(request).mailbox
    if box is None or not is_local(request):
        raise HTTPException(404)
    return box
