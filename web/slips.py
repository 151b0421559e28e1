"""督办单: the paper of a task that a directive or a meeting opened, to print and as Word."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from flows.database import reading
from flows.papers.slip import slip_facts
from notifications.papers.page import write_page
from notifications.papers.paper import Paper
from notifications.papers.slip import slip_paper
from web.desk import desk_of
from web.signing_in import viewer_of
from web.slip_rows import has_slip
from web.task_page import visible_task
from web.word_file import word_file

router = APIRouter()
PATH = "/slips"


@router.api_route(PATH + "/{number:path}/print", methods=["GET", "HEAD"])
def printed(request: Request, number: str) -> Response:
    return HTMLResponse(write_page(_paper(request, number)))


@router.api_route(PATH + "/{number:path}/word", methods=["GET", "HEAD"])
def as_word(request: Request, number: str) -> Response:
    return word_file(_paper(request, number))


def _paper(request: Request, number: str) -> Paper:
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, desk.now())
        task = visible_task(session, viewer, number)
        if not has_slip(session, viewer, task):
            raise HTTPException(404)
        facts = slip_facts(session, task.number)
        return slip_paper(facts, desk.office.language_of(viewer.official))
