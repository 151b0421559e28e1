"""The pages on which units and people are kept: one way to look at one, one way to change it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.establishment.holding import hold, require_version
from flows.office_changes import ChangedSince, changes_of, version
from flows.signoff.actor import Actor
from flows.signoff.office_acts import keepers
from models import Official, Unit
from models.office_change import Subject
from models.refusal import Refusal
from web.desk import Desk, desk_of
from web.desk_pages import desk_page, let_in, looking, whoever_keeps_directory
from web.offers import Said
from web.pages import said
from web.written import Written, written

Sent = Annotated[Written, Depends(written)]
Facts = Mapping[str, Any]
Act = Callable[[Session, Actor, Any, Written], None]
NAMES = 500  # of units, offered while one types


@dataclass(frozen=True)
class SetUp:
    """A kind of thing with pages of its own. `shown`: what its template shows; `acts`: by the name
    that the form sends, they raise a Refusal."""

    subject: Subject
    table: type[Unit] | type[Official]
    path: str
    template: str
    shown: Callable[[Session, Any, Actor], Facts]
    acts: Mapping[str, Act]


@dataclass(frozen=True)
class Adding:
    """A page on which one is added; `make` returns its id."""

    called: Said
    path: str
    make: Callable[[Session, Actor, Written], int]


def show(
    request: Request, one: SetUp, key: int, sent: Written | None = None, why: Refusal | None = None
) -> Response:
    """`sent`: what was written and not recorded, and why not."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
        thing = _found(session, one, key)
        since = sent["seen"] if sent and isinstance(why, ChangedSince) else ""
        return desk_page(
            request,
            viewer,
            one.template,
            status=422 if why else 200,
            thing=thing,
            seen=version(session, one.subject, str(key)),
            since=int(since) if since.isdecimal() else None,
            sent=sent or Written(),
            refused=why,
            done=why is None and "done" in request.query_params,
            changes=changes_of(session, one.subject, str(key)),
            units=unit_names(session),
            on=viewer.on,
            **one.shown(session, thing, viewer.actor(now)),
        )


def act(request: Request, one: SetUp, key: int, sent: Written) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
        _found(session, one, key)
    actor = viewer.actor(now)
    try:
        keeps = _make(desk, one, key, actor, sent)
    except Refusal as refused:
        return show(request, one, key, sent, refused)
    if not keeps:
        return said(request, 200, ("已记录", "It is recorded"), NO_LONGER)
    return RedirectResponse(f"{one.path}/{key}?done=yes", status_code=303)


def _make(desk: Desk, one: SetUp, key: int, actor: Actor, sent: Written) -> bool:
    """False: whoever did it may not look after the desk any more."""
    sent.require_short()
    if sent["act"] not in one.acts:
        raise Refusal("请选择一项操作；没有记录", "please choose what to do; nothing was recorded")
    with transaction(desk.office.engine, actor.now) as session:
        hold(session, actor)
        thing: Any = session.get_one(one.table, key)
        require_version(session, thing, sent["seen"])
        one.acts[sent["act"]](session, actor, thing, sent)
        return actor.official_id in keepers(session, actor.on)


def show_adding(
    request: Request, one: Adding, sent: Written, why: Refusal | None = None
) -> Response:
    with looking(request, whoever_keeps_directory) as (session, viewer):
        return desk_page(
            request,
            viewer,
            "set_up_new.html",
            status=422 if why else 200,
            called=one.called,
            seen="",
            sent=sent,
            refused=why,
            units=unit_names(session),
        )


def add(request: Request, one: Adding, sent: Written) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
    actor = viewer.actor(now)
    try:
        sent.require_short()
        with transaction(desk.office.engine, now) as session:
            hold(session, actor)
            key = one.make(session, actor, sent)
    except Refusal as refused:
        return show_adding(request, one, sent, refused)
    return RedirectResponse(f"{one.path}/{key}?done=yes", status_code=303)


def unit_names(session: Session) -> list[str]:
    """Offered while one types; any other may be written too."""
    found = select(Unit.name).where(col(Unit.closed_on).is_(None)).order_by(col(Unit.name))
    return list(session.exec(found.limit(NAMES)))


def _found(session: Session, one: SetUp, key: int) -> Any:
    found = session.get(one.table, key)
    if found is None:
        raise HTTPException(404)
    return found


NO_LONGER = (
    "您本人不再任督查办公室人员或系统管理员，此后看不到这些页面。",
    "You look after the desk no longer yourself, and see these pages no more.",
)
