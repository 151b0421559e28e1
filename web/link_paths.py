"""Addresses under a reply link, as its pages write them: without the token.

A page may be saved, printed or pasted into a mail; the token stands in mails and addresses alone.
"""

import re
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

_LINK = re.compile(r"/r/[^/?]+")
_WAYS = re.compile(r"(/tasks/.+|/evidence/[0-9]+|\?referral=[0-9]+)?")


def bare(path: str, page: str) -> str:
    """`path` as it is written on the page at `page`; both are quoted."""
    link = _LINK.match(page)
    if link is None or not path.startswith(link[0]):
        return path
    return "?" if path == page else f"?go={quote(path[link.end() :], safe='/')}"


def led_on(request: Request) -> Response | None:
    """Where a way that was written so leads; None: this is none."""
    link, go = _LINK.match(quote(request.scope["path"])), request.query_params.get("go")
    if link is None or go is None or not _WAYS.fullmatch(go):
        return None
    return RedirectResponse(f"{link[0]}{go}", status_code=303)
