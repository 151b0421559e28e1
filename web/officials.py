"""人员 on pages: one is added and corrected, gets posts and deputies, leaves service."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from flows.establishment.absences import bound_absence, enter_absence, take_absence_back
from flows.establishment.naming import official_called, unit_called
from flows.establishment.officials import Said, add_official, correct_official, retire, take_back
from flows.establishment.open_matters import open_matters
from flows.establishment.posts import bound_post, give_post, lasting, take_post_back
from flows.signoff.actor import Actor
from models import Absence, Official, Post, Unit
from models.office_change import Subject
from models.organisation import PostKind
from models.refusal import Refusal
from web import set_up
from web.ids import id_in
from web.reply_form import clean
from web.set_up import Adding, Facts, Sent, SetUp
from web.written import Written

router = APIRouter()
PATH = "/people"
MENDED = timedelta(days=31)  # how long after its end a slip can still be mended
SHOWN = 200  # colleagues offered while one types
Term = TypeVar("Term", Post, Absence)


def _shown(session: Session, official: Official, actor: Actor) -> Facts:
    posts = session.exec(
        select(Post, Unit.name)
        .join(Unit, col(Unit.id) == col(Post.unit_id))
        .where(Post.official_id == official.id)
        .order_by(col(Post.id).desc())
    ).all()
    absences = session.exec(
        select(Absence, Official.name)
        .join(Official, col(Official.id) == col(Absence.deputy_id))
        .where(Absence.official_id == official.id)
        .order_by(col(Absence.id).desc())
    ).all()
    stands_for = (
        select(Official.name)
        .join(Absence, col(Absence.official_id) == col(Official.id))
        .where(Absence.deputy_id == official.id, lasting(Absence, actor.on))
    )
    colleagues = select(Official.name).where(
        Official.unit_id == official.unit_id,
        Official.id != official.id,
        col(Official.left_on).is_(None),
    )
    return {
        "unit": session.get_one(Unit, official.unit_id),
        "posts": posts,
        "changeable": _changeable([post for post, _ in posts], actor.on),
        "absences": absences,
        "changeable_absences": _changeable([one for one, _ in absences], actor.on),
        "stands_for": session.exec(stands_for).all(),
        "open_matters": len(open_matters(session, official, actor)),
        "colleagues": session.exec(colleagues.order_by(col(Official.name)).limit(SHOWN)).all(),
        "kinds": list(PostKind),
    }


def _changeable(terms: Sequence[Post | Absence], on: date) -> set[int]:
    """What is over for long is history."""
    return {one.id for one in terms if one.until_on is None or one.until_on >= on - MENDED}


def _give(session: Session, actor: Actor, official: Official, sent: Written) -> None:
    kind = sent["kind"]
    give_post(
        session,
        actor,
        official,
        kind=PostKind(kind) if kind in set(PostKind) else None,
        unit_id=unit_called(session, "unit", sent["unit"]),
        from_on=sent.day("from_on"),
        until_on=sent.day("until_on"),
        reason=sent["reason"],
    )


def _post(session: Session, actor: Actor, official: Official, sent: Written) -> None:
    post = _chosen(session, Post, official, sent)
    if sent["back"]:
        take_post_back(session, actor, official, post)
    else:
        bound_post(session, actor, official, post, until_on=sent.day("until_on"))


def _away(session: Session, actor: Actor, official: Official, sent: Written) -> None:
    enter_absence(
        session,
        actor,
        official,
        deputy_id=official_called(session, "deputy", sent["deputy"], unit_id=official.unit_id),
        from_on=sent.day("from_on"),
        until_on=sent.day("until_on"),
    )


def _absence(session: Session, actor: Actor, official: Official, sent: Written) -> None:
    absence = _chosen(session, Absence, official, sent)
    if sent["back"]:
        take_absence_back(session, actor, official, absence)
    else:
        bound_absence(session, actor, official, absence, until_on=sent.day("until_on"))


def _correct(session: Session, actor: Actor, official: Official, sent: Written) -> None:
    correct_official(session, actor, official, _said(session, sent))


def _retire(session: Session, actor: Actor, official: Official, sent: Written) -> None:
    retire(session, actor, official, sent["reason"])


def _back(session: Session, actor: Actor, official: Official, sent: Written) -> None:
    take_back(session, actor, official, sent["reason"])


def _add(session: Session, actor: Actor, sent: Written) -> int:
    return add_official(session, actor, _said(session, sent)).id


def _said(session: Session, sent: Written) -> Said:
    unit_id = unit_called(session, "unit", sent["unit"])
    return Said(sent["name"], unit_id, sent["email"], sent["language"])


def _chosen(session: Session, table: type[Term], official: Official, sent: Written) -> Term:
    """One of this person's own; raises a Refusal."""
    found = session.get(table, id_in(sent["which"]))
    if found is None or found.official_id != official.id:
        raise Refusal(
            "这一条已不存在，请刷新页面；没有记录任何操作",
            "this is not there any more, reload the page; nothing was recorded",
        )
    return found


OFFICIAL = SetUp(
    Subject.OFFICIAL,
    Official,
    PATH,
    "official.html",
    _shown,
    {
        "give": _give,
        "post": _post,
        "away": _away,
        "absence": _absence,
        "correct": _correct,
        "retire": _retire,
        "back": _back,
    },
)
NEW = Adding(("新增人员", "Add a person"), PATH, _add)


@router.api_route(PATH + "/new", methods=["GET", "HEAD"])
def show_new(request: Request, unit: str = "") -> Response:
    return set_up.show_adding(request, NEW, Written({"unit": clean(unit).strip()}))


@router.post(PATH + "/new")
def add(request: Request, sent: Sent) -> Response:
    return set_up.add(request, NEW, sent)


@router.api_route(PATH + "/{key}", methods=["GET", "HEAD"])
def show(request: Request, key: str) -> Response:
    return set_up.show(request, OFFICIAL, id_in(key))


@router.post(PATH + "/{key}")
def act(request: Request, key: str, sent: Sent) -> Response:
    return set_up.act(request, OFFICIAL, id_in(key), sent)
