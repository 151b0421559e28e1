"""The web application: its routes, what surrounds them, and what is said when one fails."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from flows.office import Office
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
from web.desk import Desk
from web.failures import API, busy, disk_full, failure
from web.guard import Guard
from web.headers import SecurityHeaders, protect
from web.limits import TooOften
from web.pages import STATIC

THREADS = 8


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
        routes=_PAGES,
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
    app.add_middleware(Guard)
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
# One list: what includes a router looks for the route twice, each time by way of an object of its
# own for every router (a third of a small page's time, and a tenth of a second at the start).
_PAGES = [route for part in _PARTS for route in part.router.routes]


@asynccontextmanager
async def _with_few_threads(_app: FastAPI) -> AsyncIterator[None]:
    """One runs at a time, whatever their number, and each gives way at every statement: of many,
    whoever writes would come back to it late, and hold up whoever writes next."""
    current_default_thread_limiter().total_tokens = THREADS
    yield


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
