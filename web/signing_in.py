"""Signing in by a one-time link, and the signed cookie that remembers it for a working day."""

import hashlib
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from itsdangerous import BadSignature, URLSafeSerializer
from sqlmodel import Session, col, func, select
from starlette.background import BackgroundTask

from flows.database import reading, transaction
from flows.recipients import in_force
from flows.signing_in import mail_sign_in, sign_in_is_open, use_sign_in
from models import Post
from models.organisation import PostKind
from web.desk import Desk, desk_of, is_local
from web.limits import LOOKS, UNKNOWN, address_of
from web.pages import page, said
from web.reply_form import clean
from web.rights import Viewer
from web.send_now import send_now

router = APIRouter()

COOKIE = "sise_session"
LIFE = timedelta(hours=8)
LONGEST = 254  # characters of an address


class NotSignedIn(Exception):
    """This page wants a signed-in person."""


@router.api_route("/login", methods=["GET", "HEAD"])
def how(request: Request) -> Response:
    return page(request, "login.html", missing=False)


@router.post("/login")
def ask(request: Request, address: Annotated[str, Form()] = "") -> Response:
    """The same answer whether the directory knows the address or not."""
    desk, now = desk_of(request), desk_of(request).now()
    desk.limits.count(UNKNOWN, address_of(request))
    wanted = clean(address).strip()[:LONGEST]
    if "@" not in wanted:
        return page(request, "login.html", status=422, missing=True)
    with transaction(desk.office.engine, now) as session:
        mail_sign_in(session, desk.office, wanted, now)
    response = _underway(request)
    response.background = BackgroundTask(send_now, desk)
    return response


def _underway(request: Request) -> Response:
    return said(
        request,
        200,
        ("请查收邮件", "Please look at your mail"),
        (
            (
                "如果通讯录中有这个邮箱，登录链接已经发出，半小时内有效，只能使用一次。"
                "几分钟后仍未收到，请核对邮箱，或联系督查办公室。"
            ),
            (
                "If the directory has this address, a sign-in link is on its way. It is valid for "
                "half an hour and works once. If it has not come within some minutes, check the "
                "address, or ask the supervision office."
            ),
        ),
    )


@router.api_route("/login/{token:path}", methods=["GET", "HEAD"])
def offer(request: Request, token: str) -> Response:
    desk = desk_of(request)
    desk.limits.count(LOOKS, address_of(request))
    with reading(desk.office.engine) as session:
        if not sign_in_is_open(session, token, desk.now()):
            return _not_open(request)
    return page(request, "sign_in.html")


@router.post("/login/{token:path}")
def enter(request: Request, token: str) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with transaction(desk.office.engine, now) as session:
        official = use_sign_in(session, token, now)
    if official is None:
        return _not_open(request)
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(
        COOKIE,
        _signer(desk).dumps([official.id, int((now + LIFE).timestamp())]),
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=desk.office.base_url.startswith("https://"),
    )
    return response


@router.post("/logout")
def leave(request: Request) -> Response:
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(COOKIE)
    return response


def viewer_of(request: Request, session: Session, now: datetime) -> Viewer:
    """The person at the desk; raises NotSignedIn."""
    desk = desk_of(request)
    on = desk.today(now)
    official_id = signed_in(request, now)
    viewer = Viewer.find(session, official_id, on) if official_id else None
    if viewer is not None and viewer.official.left_on is not None:
        viewer = None
    if viewer is None and desk.demo and is_local(request):
        first = select(func.min(col(Post.official_id))).where(
            col(Post.kind) == PostKind.OFFICE, in_force(Post, on)
        )
        viewer = Viewer.find(session, session.exec(first).one() or 0, on)
    if viewer is None:
        raise NotSignedIn(NotSignedIn.__doc__)
    return viewer


def signed_in(request: Request, now: datetime) -> int | None:
    """The id of the official who is signed in in this browser."""
    try:
        cookie = request.cookies.get(COOKIE, "")
        official_id, until = _signer(desk_of(request)).loads(cookie)
    except (BadSignature, TypeError, ValueError):
        return None
    return int(official_id) if now.timestamp() < until else None


def _signer(desk: Desk) -> URLSafeSerializer:
    return URLSafeSerializer(
        list(reversed(desk.office.ring.keys)),  # the last one signs
        salt="session.v1",
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )


def _not_open(request: Request) -> Response:
    """The same for an unknown, a used and an expired link."""
    desk_of(request).limits.count(UNKNOWN, address_of(request))
    return said(
        request,
        404,
        ("登录链接已失效", "This sign-in link does not open any more"),
        (
            "登录链接只能使用一次，半小时内有效。请索取新的登录链接。",
            "A sign-in link works once, within half an hour. Please ask for a new one.",
        ),
    )
