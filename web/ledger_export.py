"""导出: the file of `sise export`, for whoever keeps the directory, and stands aside
from nothing."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlmodel import Session

from flows.database import reading
from flows.ledger.export import export_ledger
from flows.recipients import tasks_aside
from models.refusal import Refusal
from notifications.papers.workbook import MEDIA_TYPE
from web.desk import desk_of
from web.desk_pages import let_in, whoever_keeps_directory
from web.ledger_import import alone, import_page
from web.rights import Viewer

router = APIRouter()
PATH = "/export"
PIECE = 256 * 1024  # bytes


@router.get(PATH)
def export(request: Request) -> Response:
    """It holds the titles of restricted matters, which whoever keeps the directory sees anyway."""
    desk = desk_of(request)
    now = desk.now()
    try:
        with reading(desk.office.engine) as session, alone():
            viewer = let_in(request, session, now, whoever_keeps_directory)
            _require_sees_everything(session, viewer)
            name = f"台账-{desk.today(now)}.xlsx"
            zone, language = desk.office.timezone, desk.office.language_of(viewer.official)
            with TemporaryDirectory(prefix=".export-", dir=desk.office.home) as folder:
                file = Path(folder) / name
                export_ledger(session, file, now=now, timezone=zone, language=language)
                return _sent(file)
    except Refusal as refused:
        return import_page(request, refused=refused)


def _sent(file: Path) -> Response:
    """Opened before its folder goes, so that nothing stays behind when the reader, or this
    process, stops halfway."""
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
        "Content-Length": str(file.stat().st_size),
    }
    return StreamingResponse(_pieces(file.open("rb")), media_type=MEDIA_TYPE, headers=headers)


def _pieces(whole: BinaryIO) -> Iterator[bytes]:
    with whole:
        while piece := whole.read(PIECE):
            yield piece


def _require_sees_everything(session: Session, viewer: Viewer) -> None:
    if session.execute(tasks_aside(viewer.official.id, viewer.on).limit(1)).first():
        raise Refusal(
            "您已登记回避部分事项，而导出的文件含全部事项；请由他人导出",
            "you stand aside from some matters, and the file holds all of them; please let "
            "somebody else export it",
        )
