"""The web application: its routes, what surrounds them, and what is said when one fails."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from flows.office import Office
from flows.signoff.evidence import MIB, TOGETHER
from notifications.mailbox import Mailbox
from web import (
    applying,
    asking,
    audit,
    board,
    burden,
    desk_decisions,
    directory,
    duties,
    evidence,
    feedback,
    feedback_desk,
    figures,
    hand_over,
    health,
    ledger_export,
    ledger_import,
    lists,
    look_backs,
    mailbox,
    measurements,
    nights,
    notices,
    office_desk,
    office_pages,
    officials,
    outbox,
    pairings,
    paper,
    people,
    petitions,
    policies,
    policy_load,
    postings,
    progress_reports,
    proposals,
    records,
    replies,
    report_drafts,
    reported,
    score_units,
    scores,
    signing_in,
    slips,
    task_page,
    units,
    webhooks,
    year,
)
from web.access_log import redact_access_log
from web.acting import NotOpen
from web.api.app import create_api
from web.desk import Desk, desk_of
from web.failures import API, busy, disk_full, failure
from web.headers import SecurityHeaders, from_elsewhere, protect
from web.limits import TooOften
from web.link_paths import led_on
from web.pages import STATIC

THREADS = 8
LONGEST_BODY = 256 * 1024  # octets; the longest report takes a quarter of it, percent-encoded
LONGEST_UPLOAD = TOGETHER + MIB  # all the files of an application, and its text
_UPLOADS = re.compile(r"(/r/[^/]+)?/tasks/.+/application|/referrals/[0-9]+/paper|/import")
_LENGTH = re.compile(r"[0-9]{1,9}")
SAFE = {"GET", "HEAD", "OPTIONS"}


def create_app(
    office: Office,
    *,
    clock: Callable[[], datetime],
    mailbox: Mailbox | None = None,
    demo: bool = False,
) -> FastAPI:
    app = FastAPI(
        title="Sise",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_with_few_threads,
        routes=_PAGES.routes,
    )
    app.state.desk = Desk(office, clock, mailbox, demo)
    app.mount(API, create_api(app.state.desk))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_exception_handler(signing_in.NotSignedIn, _to_sign_in)
    app.add_exception_handler(NotOpen, _not_open)
    app.add_exception_handler(TooOften, _too_often)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(OperationalError, busy)
    app.add_exception_handler(OSError, disk_full)
    app.add_exception_handler(Exception, _failed)
    app.middleware("http")(_guard)
    app.add_middleware(SecurityHeaders)
    redact_access_log()
    return app


# What ends in a word of ours comes before what takes any path.
_PARTS = (
    evidence,
    applying,
    asking,
    replies,
    signing_in,
    desk_decisions,
    paper,
    office_desk,
    office_pages,
    board,
    task_page,
    people,
    hand_over,
    units,
    officials,
    ledger_import,
    ledger_export,
    lists,
    look_backs,
    figures,
    notices,
    burden,
    outbox,
    nights,
    feedback,
    feedback_desk,
    petitions,
    postings,
    proposals,
    scores,
    score_units,
    duties,
    pairings,
    measurements,
    policy_load,
    policies,
    year,
    directory,
    records,
    slips,
    reported,
    report_drafts,  # before the pages of numbers
    progress_reports,
    audit,
    webhooks,
    mailbox,
    health,
)
# What each route takes is worked out when it is first looked for: once, and not for every
# application (a tenth of a second).
_PAGES = APIRouter()
for _part in _PARTS:
    _PAGES.include_router(_part.router)


@asynccontextmanager
async def _with_few_threads(_app: FastAPI) -> AsyncIterator[None]:
    """One runs at a time, whatever their number, and each gives way at every statement: of many,
    whoever writes would come back to it late, and hold up whoever writes next."""
    current_default_thread_limiter().total_tokens = THREADS
    yield


async def _guard(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    """Turn away what another site sent, and what no form of ours can be."""
    if request.method not in SAFE:
        if from_elsewhere(request.headers, desk_of(request).office.base_url):
            return failure(request, 403)
        if _too_long(request):
            return failure(request, 413)
    elif (way := led_on(request)) is not None:
        return way
    response = await call_next(request)
    _lead_to_ourselves(request, response)
    return response


def _lead_to_ourselves(request: Request, response: Response) -> None:
    """An address that ends in a bar too many is led on by the name that the request gave itself,
    and by http behind a proxy: what is ours is named by its path alone."""
    to = response.headers.get("location", "/")
    if not to.startswith("/") and to.startswith(ours := str(request.base_url)):
        response.headers["location"] = "/" + to.removeprefix(ours).lstrip("/\\")


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


async def _to_sign_in(_request: Request, _error: Exception) -> Response:
    return RedirectResponse("/login", status_code=303)


def _not_open(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotOpen)
    return replies.not_open(request, error.opened)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return failure(request, error.status_code)


def _too_often(request: Request, error: Exception) -> Response:
    assert isinstance(error, TooOften)
    response = failure(request, 429)
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _unreadable(request: Request, _error: Exception) -> Response:
    return failure(request, 422)


def _failed(request: Request, _error: Exception) -> Response:
    """Outermost: this answer passes no middleware, so it brings its headers itself."""
    response = failure(request, 500)
    protect(response.headers, request.url.path)
    return response
