"""A new version of a policy on a page: its file is uploaded, what it would mean is shown, and one
button loads it. A version that was loaded never changes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.datastructures import UploadFile

from flows.database import reading, transaction, trial
from flows.establishment.holding import hold
from flows.office_changes import ChangedSince, changes_of, version
from flows.rehearsal import Rehearsed, concerned, rehearse
from flows.rulebook import bring_policy, current_policy
from flows.signoff.actor import Actor
from flows.working_days import load_calendar
from models.ladder import Ladder, parse_ladder
from models.office_change import Subject
from models.refusal import Refusal
from models.warning import Colour
from notifications.ladder_words import rungs
from web.desk_pages import desk_page, looking, whoever_keeps_directory
from web.reply_form import clean
from web.set_up import Sent
from web.upload import Upload, who_hands_in

router = APIRouter()
PATH = "/policies/load"
LONGEST = 64 * 1024  # octets of a file; the shipped ones have two thousand
QUARTER = timedelta(days=90)
MOST = 500  # tasks that a page goes through again; the command takes any number


@dataclass(frozen=True)
class Meaning:
    """What it would mean. `before`: the version that it follows. `was` and `would` count what was
    raised in the last quarter, over `tasks`; `differ` are those that would have gone another way;
    None: too many to go through for a page."""

    ladder: Ladder
    before: str
    tasks: int
    was: Mapping[Colour, int] | None
    would: Mapping[Colour, int]
    differ: Sequence[str]


@router.api_route(PATH, methods=["GET", "HEAD"])
def show(request: Request) -> Response:
    return _page(request)


@router.post(PATH)
def look(request: Request, form: Upload) -> Response:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _page(request, refused=NO_FILE)
    name = clean(file.filename).strip()[-100:]
    try:
        text = _text(file)
    except Refusal as refused:
        return _page(request, name=name, refused=refused)
    return _looked(request, text, name)


@router.post(PATH + "/confirm")
def confirm(request: Request, sent: Sent) -> Response:
    desk, actor = who_hands_in(request)
    text, name = sent["text"], sent["name"][-100:]
    try:
        ladder = parse_ladder(text, file=name)
        with transaction(desk.office.engine, actor.now) as session:
            hold(session, actor)
            if sent["seen"] != str(version(session, Subject.POLICY, ladder.name)):
                raise ChangedSince(ladder.title)
            bring_policy(session, actor, text, file=name)
    except ChangedSince as refused:
        return _looked(request, text, name, refused)
    except Refusal as refused:
        return _page(request, name=name, refused=refused)
    return RedirectResponse(f"/policies/{ladder.name}", status_code=303)


def _looked(request: Request, text: str, name: str, refused: Refusal | None = None) -> Response:
    desk, actor = who_hands_in(request)
    try:
        ladder = parse_ladder(text, file=name)
        with trial(desk.office.engine) as session:
            bring_policy(session, actor, text, file=name)
    except Refusal as fault:
        return _page(request, name=name, refused=fault)
    with reading(desk.office.engine) as session:
        return _page(
            request,
            name=name,
            text=text,
            refused=refused,
            meaning=_meaning(session, ladder, actor),
            seen=version(session, Subject.POLICY, ladder.name),
            changes=changes_of(session, Subject.POLICY, ladder.name, limit=5),
        )


def _meaning(session: Session, ladder: Ladder, actor: Actor) -> Meaning:
    known, tasks = current_policy(session, ladder.name), concerned(session, ladder)
    before = known.version if known else ""
    if len(tasks) > MOST:
        return Meaning(ladder, before, len(tasks), None, {}, ())
    days = (actor.on - QUARTER, actor.on)
    found = list(rehearse(session, tasks, ladder, *days, load_calendar(session)))
    differ = [one.number for one in found if one.differs]
    return Meaning(
        ladder, before, len(tasks), _counted(found, "was"), _counted(found, "would"), differ
    )


def _counted(found: Sequence[Rehearsed], which: str) -> Mapping[Colour, int]:
    counted = Counter(raised.colour for one in found for raised in getattr(one, which))
    return {colour: counted[colour] for colour in Colour if colour != Colour.GREEN}


def _text(file: UploadFile) -> str:
    octets = file.file.read(LONGEST + 1)
    if len(octets) > LONGEST:
        raise Refusal(
            "文件太大，不是规则文件；没有装入", "the file is too large for a policy; not loaded"
        )
    try:
        return octets.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise Refusal(
            "文件不是 UTF-8 文本，请另存为 UTF-8；没有装入",
            "the file is no UTF-8 text, save it as UTF-8; not loaded",
        ) from error


def _page(
    request: Request, *, name: str = "", refused: Refusal | None = None, **facts: Any
) -> Response:
    with looking(request, whoever_keeps_directory) as (_, viewer):
        return desk_page(
            request,
            viewer,
            "policy_load.html",
            status=422 if refused else 200,
            name=name,
            refused=refused,
            rungs=rungs,
            **{"meaning": None, "text": "", "seen": 0, "changes": ()} | facts,
        )


NO_FILE = Refusal("请选择规则文件；没有装入", "please choose a policy file; nothing was loaded")
