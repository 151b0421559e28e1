"""Evidence handed out, to those who may see it and to nobody else."""

from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading
from flows.signoff.evidence import may_see, open_evidence
from flows.signoff.file_names import download_name
from models import Application, Evidence, Official, Task
from models.proof import Assurance
from models.refusal import Refusal
from web.acting import opened_by
from web.desk import desk_of
from web.ids import id_in
from web.pages import said
from web.proof import assurance_of
from web.signing_in import viewer_of

router = APIRouter()

# What a browser may show in its window; everything else is only saved.
SHOWN = {"image/jpeg", "image/png", "image/webp"}


@router.api_route("/r/{token}/evidence/{evidence_id}", methods=["GET", "HEAD"])
def by_link(request: Request, token: str, evidence_id: str) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        opened = opened_by(request, session, token, now)
        if opened.expired:  # its page says so
            return RedirectResponse(f"/r/{quote(token)}", status_code=303)
        assurance = assurance_of(request, session, opened, now)
        return _hand_out(request, session, evidence_id, opened.official, assurance, now)


@router.api_route("/tasks/{number:path}/evidence/{evidence_id}", methods=["GET", "HEAD"])
def at_desk(request: Request, number: str, evidence_id: str) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, now)
        return _hand_out(
            request, session, evidence_id, viewer.official, Assurance.SESSION, now, number
        )


def _hand_out(
    request: Request,
    session: Session,
    evidence_id: str,
    official: Official,
    assurance: Assurance,
    now: datetime,
    number: str | None = None,
) -> Response:
    """A file that is not this person's to see does not exist for him."""
    desk = desk_of(request)
    evidence = session.get(Evidence, id_in(evidence_id))
    if evidence is None:
        raise HTTPException(404)
    task = session.get_one(Task, session.get_one(Application, evidence.application_id).task_id)
    hidden = task.restricted and assurance == Assurance.LINK
    elsewhere = number not in (None, task.number)
    if elsewhere or hidden or not may_see(session, evidence, task, official.id, desk.today(now)):
        raise HTTPException(404)
    try:
        return _file(open_evidence(desk.office, evidence), evidence)
    except Refusal as gone:
        words = (gone.chinese, gone.english)
        return said(request, 404, ("文件缺失", "The file is missing"), words)


def _file(path: Path, evidence: Evidence) -> Response:
    how = "inline" if evidence.media_type in SHOWN else "attachment"
    name = quote(download_name(evidence.name, evidence.media_type), safe="")
    # An old browser that does not know filename* saves it under its number.
    plain = f"evidence-{evidence.id}{_ending(evidence)}"
    return FileResponse(
        path,
        media_type=evidence.media_type,
        headers={"Content-Disposition": f"{how}; filename=\"{plain}\"; filename*=UTF-8''{name}"},
    )


def _ending(evidence: Evidence) -> str:
    return download_name("", evidence.media_type)
