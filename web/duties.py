"""Recurring duties: what recurs, for whom, what comes next, what was missed; added, changed,
paused, resumed and ended by the office."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.duties.registering import change_state, duty_of, load_duty
from flows.duties.standing import Standing, opened, standings
from flows.named_once import hold_names
from flows.office_changes import ChangedSince, version
from flows.working_days import load_calendar
from models import DutyChange
from models.duty import DutyAct
from models.office_change import Subject
from models.refusal import Refusal
from notifications.recurrence_words import answer_words, recurrence_words
from web.desk import Desk, desk_of
from web.desk_pages import desk_page, let_in, looking, whoever_keeps_directory, whoever_sees_all
from web.ids import id_in
from web.reply_form import clean
from web.rights import Viewer

router = APIRouter()
PATH = "/duties"
SHOWN = 60  # occurrences of one duty
LONGEST, LONGEST_FILE = 500, 20_000  # characters
FILE = "duty.toml"
TOO_LONG = Refusal(
    f"文件超过 {LONGEST_FILE} 字或理由超过 {LONGEST} 字；没有记录任何操作",
    f"the file has more than {LONGEST_FILE} characters, or the reason more than {LONGEST}; nothing "
    "was recorded",
)
OTHERS_ADDED = Refusal(
    "您打开页面后，已有他人新建或改动周期任务（见本页）；请核对后再提交，没有记录任何操作",
    "somebody added or changed a duty since you opened the page (it stands here now); look at it "
    "and send again. Nothing was recorded",
)
NO_ACT = Refusal(
    "请选择要做什么；没有记录任何操作", "please choose what to do; nothing was recorded"
)
Text = Annotated[str, Form()]


@router.api_route(PATH, methods=["GET", "HEAD"])
def duties(request: Request) -> Response:
    with looking(request, whoever_sees_all) as (session, viewer):
        return _all(request, session, viewer)


@router.post(PATH)
def add(request: Request, text: Text = "", reason: Text = "", seen: Text = "") -> Response:
    """A new duty, or a known one by its name as the file now has it."""
    desk, viewer = desk_of(request), _office(request)
    said = {"text": clean(text), "reason": clean(reason).strip()}
    try:
        name = _load(desk, viewer, seen, **said)
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _all(request, session, viewer, said, refused)
    return RedirectResponse(f"{PATH}/{name}", status_code=303)


@router.api_route(PATH + "/{name}", methods=["GET", "HEAD"])
def one_duty(request: Request, name: str) -> Response:
    with looking(request, whoever_sees_all) as (session, viewer):
        return _one(request, session, viewer, name)


@router.post(PATH + "/{name}")
def act(
    request: Request,
    name: str,
    act: Text = "",
    text: Text = "",
    reason: Text = "",
    seen: Text = "",
) -> Response:
    desk, viewer = desk_of(request), _office(request)
    said = {"text": clean(text), "reason": clean(reason).strip()}
    with reading(desk.office.engine) as session:
        _found(session, viewer, name)
    try:
        if act == DutyAct.CHANGE:
            _load(desk, viewer, seen, only=name, **said)
        else:
            _change(desk, viewer, name, act, said["reason"])
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _one(request, session, viewer, name, said, refused)
    return RedirectResponse(f"{PATH}/{name}", status_code=303)


def _load(desk: Desk, viewer: Viewer, seen: str, *, text: str, reason: str, only: str = "") -> str:
    """`seen`: the newest change when the form was opened, of this duty or of them all."""
    if len(text) > LONGEST_FILE or len(reason) > LONGEST:
        raise TOO_LONG
    actor = viewer.actor(desk.now())
    with transaction(desk.office.engine, actor.now) as session:
        hold_names(session)
        if id_in(seen) != version(session, Subject.DUTY, only or None):
            raise ChangedSince(only) if only else OTHERS_ADDED
        loaded = load_duty(session, text, actor, file=FILE, reason=reason)
        if only and loaded.name != only:
            raise Refusal(
                f"name 须仍为 {only}；另建请回到周期任务一览。没有记录任何操作",
                f"'name' must stay {only}; a new duty is added on the page of all. Nothing was "
                "recorded",
            )
        return loaded.name


def _change(desk: Desk, viewer: Viewer, name: str, act: str, reason: str) -> None:
    if act not in (DutyAct.PAUSE, DutyAct.RESUME, DutyAct.END):
        raise NO_ACT
    if len(reason) > LONGEST:
        raise TOO_LONG
    actor = viewer.actor(desk.now())
    with transaction(desk.office.engine, actor.now) as session:
        change_state(session, name, DutyAct(act), actor, reason=reason)


def _office(request: Request) -> Viewer:
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        return let_in(request, session, desk.now(), whoever_keeps_directory)


def _shown(session: Session, viewer: Viewer) -> list[Standing]:
    found = standings(session, viewer.on, load_calendar(session), viewer.may_see())
    return [one for one in found if viewer.sees_restricted or not one.restricted]


def _found(session: Session, viewer: Viewer, name: str) -> Standing:
    for one in _shown(session, viewer):
        if one.duty.name == name:
            return one
    raise HTTPException(404)


def _all(
    request: Request,
    session: Session,
    viewer: Viewer,
    said: dict[str, str] | None = None,
    refused: Refusal | None = None,
) -> Response:
    found = _shown(session, viewer)
    return _page(
        request,
        viewer,
        "duties.html",
        refused,
        duties=found,
        missed=sorted((late for one in found for late in one.missed), key=lambda late: late.row.on),
        seen=version(session, Subject.DUTY),
        written=said or {"text": "", "reason": ""},
    )


def _one(
    request: Request,
    session: Session,
    viewer: Viewer,
    name: str,
    said: dict[str, str] | None = None,
    refused: Refusal | None = None,
) -> Response:
    one = _found(session, viewer, name)
    changes = select(DutyChange).where(col(DutyChange.duty_id) == one.duty.id)
    return _page(
        request,
        viewer,
        "duty.html",
        refused,
        one=one,
        rows=opened(session, one.duty, SHOWN, viewer.may_see()),
        changes=session.exec(changes.order_by(col(DutyChange.id).desc())).all(),
        title_of=duty_of(one.duty).title_of,
        seen=version(session, Subject.DUTY, name),
        written=said or {"text": one.duty.source, "reason": ""},
    )


def _page(
    request: Request, viewer: Viewer, template: str, refused: Refusal | None, **facts: Any
) -> Response:
    return desk_page(
        request,
        viewer,
        template,
        status=422 if refused else 200,
        refused=refused,
        may_act=viewer.keeps_directory,
        hides=viewer.hides,
        on=viewer.on,
        recurs=recurrence_words,
        answer=answer_words,
        longest=LONGEST,
        longest_file=LONGEST_FILE,
        **facts,
    )
