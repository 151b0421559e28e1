"""导入: a ledger is uploaded, what it would change is shown, and one button imports just that."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from flows.database import transaction, trial
from flows.ledger.imported import recently_imported
from flows.ledger.preview import Moved, Preview, import_previewed, preview
from flows.ledger.problems import LedgerRefused
from flows.ledger.reading import read_ledger
from flows.ledger.uploaded import Uploaded, forget, keep, kept
from flows.signoff.actor import Actor
from models.refusal import Refusal
from web.desk import Desk
from web.desk_pages import desk_page, looking, whoever_keeps_directory
from web.reply_form import clean
from web.set_up import Sent
from web.upload import Upload, who_hands_in

router = APIRouter()
PATH = "/import"
SHOWN = 200  # lines of each kind; what is more is counted
LONGEST = 120  # characters of a file's name
_one_at_a_time = Lock()  # a large ledger takes some hundred megabytes while it is read


@contextmanager
def alone() -> Iterator[None]:
    """Raises a Refusal while another ledger is read."""
    if not _one_at_a_time.acquire(blocking=False):
        raise BUSY
    try:
        yield
    finally:
        _one_at_a_time.release()


@router.api_route(PATH, methods=["GET", "HEAD"])
def show(request: Request) -> Response:
    return import_page(request, done="done" in request.query_params)


@router.post(PATH)
def look(request: Request, form: Upload) -> Response:
    desk, actor = who_hands_in(request)
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return import_page(request, refused=NO_FILE)
    name = _shortened(file.filename)
    try:
        with alone():
            uploaded = keep(desk.office, actor.official_id, name, file.file, now=actor.now)
            return _looked(request, desk, actor, uploaded, name)
    except Refusal as refused:
        return import_page(request, refused=refused, name=name)


@router.post(PATH + "/confirm")
def confirm(request: Request, sent: Sent) -> Response:
    desk, actor = who_hands_in(request)
    name = _shortened(sent["name"])
    try:
        with alone():
            uploaded = kept(desk.office, actor.official_id, sent["sha256"])
            ledger = read_ledger(uploaded.path, today=actor.on)
            try:
                with transaction(desk.office.engine, actor.now) as session:
                    import_previewed(
                        session, actor, ledger, uploaded, name=name, seen=sent["digest"]
                    )
            except Moved:
                return _looked(request, desk, actor, uploaded, name, moved=True)
    except LedgerRefused as refused:
        return import_page(request, name=name, problems=refused.problems, moved=True, status=422)
    except Refusal as refused:
        return import_page(request, refused=refused, name=name)
    forget(desk.office, actor.official_id)
    return RedirectResponse(f"{PATH}?done=yes", status_code=303)


def _looked(
    request: Request,
    desk: Desk,
    actor: Actor,
    uploaded: Uploaded,
    name: str,
    *,
    moved: bool = False,
) -> Response:
    """What the file would change, or what is wrong with it."""
    ledger = read_ledger(uploaded.path, today=actor.on)
    try:
        with trial(desk.office.engine) as session:
            found = preview(session, actor, ledger)
    except LedgerRefused as refused:
        forget(desk.office, actor.official_id)
        return import_page(request, name=name, problems=refused.problems, status=422)
    return import_page(request, name=name, found=found, sha256=uploaded.sha256, moved=moved)


def import_page(
    request: Request,
    *,
    name: str = "",
    found: Preview | None = None,
    refused: Refusal | None = None,
    status: int = 200,
    **facts: Any,
) -> Response:
    with looking(request, whoever_keeps_directory) as (session, viewer):
        facts = {"problems": (), "sha256": "", "moved": False, "done": False} | facts
        return desk_page(
            request,
            viewer,
            "import.html",
            status=422 if refused else status,
            name=name,
            found=found,
            refused=refused,
            shown=SHOWN,
            imported=recently_imported(session),
            **facts,
        )


def _shortened(name: str) -> str:
    return clean(name).strip()[-LONGEST:]


NO_FILE = Refusal("请选择要导入的文件；没有导入", "please choose a file; nothing was imported")
BUSY = Refusal(
    "另一份台账正在读取，请过一会儿再试；没有导入任何内容",
    "another ledger is being read, try again in a while; nothing was imported",
)
