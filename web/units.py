"""单位 on pages: one is added, renamed, moved, closed and opened again."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session, col, func, or_, select

from flows.establishment.naming import unit_called
from flows.establishment.units import add_unit, close_unit, move_unit, rename_unit, reopen_unit
from flows.signoff.actor import Actor
from models import Official, Task, Unit
from models.office_change import Subject
from models.signoff import OPEN
from web import set_up
from web.ids import id_in
from web.reply_form import clean
from web.set_up import Adding, Facts, Sent, SetUp
from web.written import Written

router = APIRouter()
PATH = "/people/units"
SHOWN = 50  # people named


def _shown(session: Session, unit: Unit, _actor: Actor) -> Facts:
    below = select(Unit).where(Unit.parent_id == unit.id).order_by(col(Unit.name))
    there = (
        select(Official)
        .where(Official.unit_id == unit.id, col(Official.left_on).is_(None))
        .order_by(col(Official.name), col(Official.id))
    )
    people = session.exec(there).all()
    of_it = or_(col(Task.unit_id) == unit.id, col(Task.lead_unit_id) == unit.id)
    matters = select(func.count()).select_from(Task).where(of_it, col(Task.state).in_(OPEN))
    return {
        "parent": session.get(Unit, unit.parent_id) if unit.parent_id else None,
        "below": session.exec(below).all(),
        "people": people[:SHOWN],
        "people_more": max(len(people) - SHOWN, 0),
        "open_matters": session.exec(matters).one(),
    }


def _rename(session: Session, actor: Actor, unit: Unit, sent: Written) -> None:
    rename_unit(session, actor, unit, sent["name"])


def _move(session: Session, actor: Actor, unit: Unit, sent: Written) -> None:
    move_unit(session, actor, unit, unit_called(session, "parent", sent["parent"]))


def _close(session: Session, actor: Actor, unit: Unit, sent: Written) -> None:
    close_unit(session, actor, unit, sent["reason"])


def _reopen(session: Session, actor: Actor, unit: Unit, sent: Written) -> None:
    reopen_unit(session, actor, unit, sent["reason"])


def _add(session: Session, actor: Actor, sent: Written) -> int:
    parent_id = unit_called(session, "parent", sent["parent"])
    return add_unit(session, actor, name=sent["name"], parent_id=parent_id).id


UNIT = SetUp(
    Subject.UNIT,
    Unit,
    PATH,
    "unit.html",
    _shown,
    {"rename": _rename, "move": _move, "close": _close, "reopen": _reopen},
)
NEW = Adding(("新增单位", "Add a unit"), PATH, _add)


@router.api_route(PATH + "/new", methods=["GET", "HEAD"])
def show_new(request: Request, parent: str = "") -> Response:
    return set_up.show_adding(request, NEW, Written({"parent": clean(parent).strip()}))


@router.post(PATH + "/new")
def add(request: Request, sent: Sent) -> Response:
    return set_up.add(request, NEW, sent)


@router.api_route(PATH + "/{key}", methods=["GET", "HEAD"])
def show(request: Request, key: str) -> Response:
    return set_up.show(request, UNIT, id_in(key))


@router.post(PATH + "/{key}")
def act(request: Request, key: str, sent: Sent) -> Response:
    return set_up.act(request, UNIT, id_in(key), sent)
