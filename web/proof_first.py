"""The page of a restricted matter for whoever has the link alone: prove who you are first."""

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from flows.working_days import load_calendar
from models import Task
from web.acting import Acting
from web.matter import Showing
from web.pages import page


def prove_first(
    request: Request,
    session: Session,
    acting: Acting,
    *,
    status: int = 200,
    unproved: tuple[str, str] | None = None,
) -> Response:
    task = session.get_one(Task, acting.task.id)
    showing = Showing.load(session, load_calendar(session), acting.on)
    return page(
        request,
        "proof_first.html",
        status=status,
        language=acting.language,
        acting=acting,
        matter=showing.matter(task, "", hidden=True),
        standing=acting.standing,
        unproved=unproved,
    )
