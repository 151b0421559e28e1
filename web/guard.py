"""What is turned away before any page is looked for: what another site sent, and what no form of
ours can be."""

import re

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.signoff.evidence import MIB, TOGETHER
from web.desk import desk_of
from web.failures import API, failure
from web.headers import from_elsewhere
from web.link_paths import led_on

LONGEST_BODY = 256 * 1024  # octets; the longest report takes a quarter of it, percent-encoded
LONGEST_UPLOAD = TOGETHER + MIB  # all the files of an application, and its text
_UPLOADS = re.compile(r"(/r/[^/]+)?/tasks/.+/application|/referrals/[0-9]+/paper|/import")
_LENGTH = re.compile(r"[0-9]{1,9}")
SAFE = {"GET", "HEAD", "OPTIONS"}


class Guard:
    """By itself, and not by Starlette's middleware of functions, which starts two tasks and a
    stream for each request: half of what the rest of a small page costs."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        answer = _answered(request)
        if answer is not None:
            await answer(scope, receive, send)
            return

        async def led(message: Message) -> None:
            if message["type"] == "http.response.start":
                _lead_to_ourselves(request, MutableHeaders(scope=message))
            await send(message)

        await self.app(scope, receive, led)


def _answered(request: Request) -> Response | None:
    """None: the application is to answer it."""
    if request.method in SAFE:
        return led_on(request)
    if from_elsewhere(request.headers, desk_of(request).office.base_url):
        return failure(request, 403)
    return failure(request, 413) if _too_long(request) else None


def _lead_to_ourselves(request: Request, headers: MutableHeaders) -> None:
    """An address that ends in a bar too many is led on by the name that the request gave itself,
    and by http behind a proxy: what is ours is named by its path alone."""
    to = headers.get("location", "/")
    if not to.startswith("/") and to.startswith(ours := str(request.base_url)):
        headers["location"] = "/" + to.removeprefix(ours).lstrip("/\\")


def _too_long(request: Request) -> bool:
    """Or of a length that is not told: every browser tells that of a form."""
    length = request.headers.get("content-length", "0")
    if "transfer-encoding" in request.headers or not _LENGTH.fullmatch(length):
        return True
    large = _takes_files(request) or request.url.path.startswith(API)
    return int(length) > (LONGEST_UPLOAD if large else LONGEST_BODY)


def _takes_files(request: Request) -> bool:
    """They are spooled to disk while they arrive; any other form is read into memory."""
    kind = request.headers.get("content-type", "")
    return kind.startswith("multipart/form-data") and bool(_UPLOADS.fullmatch(request.url.path))
