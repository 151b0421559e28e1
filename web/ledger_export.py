"""导出: the file of `sise export`, for whoever keeps the directory, and stands aside
from nothing."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response
from sqlmodel import Session
from starlette.background import BackgroundTask

from flows.database import reading
from flows.ledger.export import export_ledger
from flows.recipients import tasks_aside
from models.refusal import Refusal
from web.desk import desk_of
from web.desk_pages import let_in, whoever_keeps_directory
from web.ledger_import import alone, import_page
from web.rights import Viewer

router = APIRouter()
PATH = "/export"


@router.get(PATH)
def export(request: Request) -> Response:
    """It holds the titles of restricted matters, which whoever keeps the directory sees anyway."""
    desk, folder = desk_of(request), None
    now = desk.now()
    try:
        with reading(desk.office.engine) as session, alone():
            viewer = let_in(request, session, now, whoever_keeps_directory)
            _require_sees_everything(session, viewer)
            folder = Path(mkdtemp(prefix=".export-", dir=desk.office.home))
            file = folder / f"台账-{desk.today(now)}.xlsx"
            zone, language = desk.office.timezone, viewer.official.language or desk.office.language
            export_ledger(session, file, now=now, timezone=zone, language=language)
    except Refusal as refused:
        if folder:
            shutil.rmtree(folder)
        return import_page(request, refused=refused)
    return FileResponse(file, filename=file.name, background=BackgroundTask(shutil.rmtree, folder))


def _require_sees_everything(session: Session, viewer: Viewer) -> None:
    if session.execute(tasks_aside(viewer.official.id, viewer.on).limit(1)).first():
        raise Refusal(
            "您已登记回避部分事项，而导出的文件含全部事项；请由他人导出",
            "you stand aside from some matters, and the file holds all of them; please let "
            "somebody else export it",
        )
