"""The API as an application of its own, so that its answers and its errors are JSON."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from models.refusal import Refusal
from web.api import ledger, tasks
from web.desk import Desk
from web.limits import TooOften


def create_api(desk: Desk) -> FastAPI:
    """Described at /api/v1/openapi.json."""
    api = FastAPI(
        title="Sise 四色督办",
        version="1",
        summary="Tasks with their colours and deadlines; the ledger in.",
        docs_url=None,  # both would load a script from elsewhere
        redoc_url=None,
    )
    api.state.desk = desk
    api.include_router(tasks.router)
    api.include_router(ledger.router)
    api.add_exception_handler(Refusal, _refused)
    api.add_exception_handler(TooOften, _too_often)
    return api


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    desk: Desk = request.app.state.desk
    status = 404 if request.method == "GET" else 422
    return JSONResponse({"detail": error.said(desk.office.language)}, status)


def _too_often(_request: Request, error: Exception) -> Response:
    assert isinstance(error, TooOften)
    said = "请求过于频繁 / this was too often"
    return JSONResponse({"detail": said}, 429, {"Retry-After": str(error.seconds)})
