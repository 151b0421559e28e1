"""The hand-over of a post, for the office: a form that shows what would pass, and the act."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Request
from fastapi.responses import Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.signoff.hand_over import HandOver, hand_over, plan
from flows.signoff.office_acts import official_at
from flows.signoff.passing import Passing
from flows.signoff.telling import tell
from flows.working_days import load_calendar
from models import Official
from models.refusal import Refusal
from web.desk import desk_of
from web.pages import page
from web.reply_form import clean
from web.rights import Viewer
from web.signing_in import viewer_of

router = APIRouter()
LONGEST = 400  # characters of a reason


@dataclass(frozen=True)
class Written:
    """The form as it was sent. `on` empty: today."""

    giver: str = ""
    taker: str = ""
    on: str = ""
    reason: str = ""

    def wanted(self, session: Session, today: date) -> HandOver:
        """Raises a Refusal."""
        try:
            on = date.fromisoformat(self.on) if self.on else today
        except ValueError as error:
            raise Refusal(
                f"“{self.on[:20]}”不是日期，请写成 2022-07-14；没有记录任何操作",
                f"'{self.on[:20]}' is no date, write it as 2022-07-14; nothing was recorded",
            ) from error
        giver, taker = official_at(session, self.giver), official_at(session, self.taker)
        return HandOver(giver.id, taker.id, on, self.reason)


async def asked(giver: str = "", taker: str = "", on: str = "", reason: str = "") -> Written:
    return _written(giver, taker, on, reason)


async def sent(
    giver: Annotated[str, Form()] = "",
    taker: Annotated[str, Form()] = "",
    on: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Written:
    return _written(giver, taker, on, reason)


@router.api_route("/people/hand-over", methods=["GET", "HEAD"])
def show(request: Request, written: Annotated[Written, Depends(asked)]) -> Response:
    """With nobody to take it the form, else what would pass. A person's own page leads here with
    the giver's address."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = _office(request, session, now)
        if written in (Written(), Written(giver=written.giver)):
            return _page(request, viewer, written)
        try:
            wanted = written.wanted(session, desk.today(now))
            passing = plan(session, viewer.actor(now), wanted)
        except Refusal as refused:
            return _page(request, viewer, written, refused=refused, status=422)
        names = _names(session, wanted)
        return _page(request, viewer, written, passing=passing, wanted=wanted, names=names)


@router.post("/people/hand-over")
def act(request: Request, written: Annotated[Written, Depends(sent)]) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = _office(request, session, now)
    try:
        with transaction(desk.office.engine, now) as session:
            wanted = written.wanted(session, desk.today(now))
            actor, calendar = viewer.actor(now), load_calendar(session)
            passed = hand_over(session, actor, wanted, calendar=calendar)
            tell(session, desk.office, on=actor.on, now=now)
            names = _names(session, wanted)
    except Refusal as refused:
        return _page(request, viewer, written, refused=refused, status=422)
    return _page(request, viewer, written, passing=passed, wanted=wanted, names=names, done=True)


def _page(
    request: Request,
    viewer: Viewer,
    written: Written,
    *,
    passing: Passing | None = None,
    wanted: HandOver | None = None,
    names: tuple[str, str] = ("", ""),
    refused: Refusal | None = None,
    done: bool = False,
    status: int = 200,
) -> Response:
    return page(
        request,
        "hand_over.html",
        status=status,
        language=viewer.official.language,
        visitor=viewer.official,
        written=written,
        passing=passing,
        wanted=wanted,
        names=names,
        refused=refused,
        done=done,
    )


def _office(request: Request, session: Session, now: datetime) -> Viewer:
    viewer = viewer_of(request, session, now)
    if not viewer.keeps_directory:
        raise HTTPException(404)
    return viewer


def _names(session: Session, wanted: HandOver) -> tuple[str, str]:
    both = (wanted.from_official_id, wanted.to_official_id)
    giver, taker = (session.get_one(Official, who).name for who in both)
    return giver, taker


def _written(giver: str, taker: str, on: str, reason: str) -> Written:
    said = [clean(words).strip()[:LONGEST] for words in (giver, taker, on, reason)]
    return Written(*said)
