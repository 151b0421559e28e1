"""What every answer carries for the browser's sake, and what no request may bring."""

import re
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "{frame}frame-ancestors 'none'; base-uri 'none'"
)
# A caught mail is shown in a frame of its own: no script, its own inline styles, links that
# leave the frame.
_CAUGHT = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; "
    "sandbox allow-top-navigation allow-top-navigation-by-user-activation"
)
# A file that somebody uploaded: nothing in it may run, or fetch anything.
_UPLOADED = "default-src 'none'; img-src 'self'; frame-ancestors 'none'; sandbox"
# A paper is one file that brings its look along, and nothing else.
_PAPER = (
    "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'"
)
_PRINTED = re.compile(
    r"/(notices/[0-9]+|postings/[0-9]+|scores/[0-9]+|reports/drafts/[0-9]+|petitions|proposals/.+"
    r"|slips/.+)/print"
)
_EVIDENCE = re.compile(r"/(r|tasks)/.+/evidence/[0-9]+")


class SecurityHeaders:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                protect(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self.app(scope, receive, with_headers)


def protect(headers: MutableHeaders, path: str) -> None:
    """`same-origin`, because `no-referrer` would make browsers send "Origin: null" on a POST."""
    still = path.startswith("/static/")
    headers["Cache-Control"] = "public, max-age=3600" if still else "no-store"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Robots-Tag"] = "noindex, nofollow"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = _policy(path)
    # For browsers that do not know frame-ancestors.
    headers["X-Frame-Options"] = "SAMEORIGIN" if _is_caught(path) else "DENY"


def from_elsewhere(headers: Headers, base_url: str) -> bool:
    """The browser says that another site sent this form."""
    if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return True
    origin = headers.get("origin")
    if origin is None:
        return False
    ours, theirs = urlsplit(base_url), urlsplit(origin)
    if (ours.scheme, ours.netloc) == (theirs.scheme, theirs.netloc):
        return False
    return not theirs.netloc or theirs.netloc != headers.get("host")


def _is_caught(path: str) -> bool:
    return path.startswith("/mailbox/") and path.endswith("/html")


def _policy(path: str) -> str:
    if _EVIDENCE.fullmatch(path):
        return _UPLOADED
    if _PRINTED.fullmatch(path):
        return _PAPER
    if not path.startswith("/mailbox/"):
        return _POLICY.format(frame="")
    return _CAUGHT if _is_caught(path) else _POLICY.format(frame="frame-src 'self'; ")
