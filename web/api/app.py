"""The API as an application of its own, so that its answers and its errors are JSON."""

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException

from models.refusal import Refusal
from web.api import (
    calendar,
    directory,
    ledger,
    nights,
    notices,
    proposals,
    scores,
    tasks,
    transitions,
)
from web.api.wrong import SAID, NotThere, WrongParameter, refuse_unknown
from web.desk import Desk
from web.failures import busy, disk_full, failure
from web.limits import TooOften

PARTS = (tasks, notices, nights, transitions, scores, directory, ledger, proposals, calendar)
_ROUTES = APIRouter(dependencies=[Depends(refuse_unknown)], responses=SAID)  # once, as the pages'
for _part in PARTS:
    _ROUTES.include_router(_part.router)


@_ROUTES.get("/", include_in_schema=False)
def what_there_is() -> Response:
    """Whoever knows the address alone is led to its description."""
    return RedirectResponse("openapi.json")


def create_api(desk: Desk) -> FastAPI:
    """Described at /api/v1/openapi.json."""
    api = FastAPI(
        title="Sise 四色督办",
        version="1",
        summary="Tasks with their colours and deadlines, and what moved; rows of the office in.",
        docs_url=None,  # both would load a script from elsewhere
        redoc_url=None,
        routes=_ROUTES.routes,
    )
    api.state.desk = desk
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(RequestValidationError, _unreadable)
    api.add_exception_handler(HTTPException, _failed)
    api.add_exception_handler(TooOften, _too_often)
    api.add_exception_handler(OperationalError, busy)
    api.add_exception_handler(OSError, disk_full)
    api.add_exception_handler(Exception, _broken)
    return api


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    desk: Desk = request.app.state.desk
    status = 404 if isinstance(error, NotThere) else 422
    return JSONResponse({"detail": error.said(desk.office.language)}, status)


def _unreadable(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _refused(request, WrongParameter(error.errors()[0]))


def _failed(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    said = WORDS.get(error.status_code, error.detail)
    status = 422 if error.status_code == 400 else error.status_code
    return JSONResponse({"detail": said}, status, error.headers)


WORDS = {
    400: "正文不是 UTF-8 的 JSON；没有写入 / the body is no JSON in UTF-8; nothing was written",
    404: "没有这个地址 / there is no such address",
    405: "这个地址不能这样用 / this address takes no such method",
}


def _too_often(_request: Request, error: Exception) -> Response:
    assert isinstance(error, TooOften)
    said = "请求过于频繁 / this was too often"
    return JSONResponse({"detail": said}, 429, {"Retry-After": str(error.seconds)})


def _broken(request: Request, _error: Exception) -> Response:
    return failure(request, 500)
