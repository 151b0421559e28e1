"""The board: the open tasks by colour, for whoever is signed in."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from flows.database import reading
from flows.word_search import MOST, with_words
from flows.working_days import load_calendar
from models import Unit
from models.warning import Colour
from web.board_rows import DEEPEST, PAGE, Asked, counts, may_be_told, rows
from web.desk import desk_of
from web.desk_pages import desk_page
from web.ids import id_in
from web.list_rows import watch_lists
from web.lists import FOUR
from web.many import Many, load_many
from web.matter import Showing
from web.paging import page_number
from web.rights import Viewer
from web.seat import at_desk
from web.signing_in import viewer_of
from web.today import load_today
from web.turning import load_turning

router = APIRouter()


@router.api_route("/", methods=["GET", "HEAD"])
def board(
    request: Request,
    colour: str = "",
    unit: str = "",
    number: str = "",
    page: str = "1",
    under: str = "",
    alone: str = "",
) -> Response:
    desk = desk_of(request)
    now, zone = desk.now(), desk.office.timezone
    asked = replace(_asked(colour, unit, number, page), under=id_in(under), alone=bool(alone))
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, now)
        if asked.number and viewer.sees_all:
            hits = with_words(session, asked.number, may_be_told(viewer, asked))
            asked = replace(asked, hits=hits)
        tally = counts(session, viewer, asked)
        found = tally[asked.colour] if asked.colour else sum(tally.values())
        pages = min(max(1, -(-found // PAGE)), DEEPEST)
        asked = replace(asked, page=min(asked.page, pages))
        first = asked.of_everything and asked.page == 1
        showing = Showing.load(session, load_calendar(session), desk.today(now))
        return desk_page(
            request,
            viewer,
            "board.html",
            asked=asked,
            under=session.get(Unit, asked.under) if asked.under else None,
            tally=tally,
            total=sum(tally.values()),
            found=found,
            pages=pages,
            rows=rows(session, viewer, asked, showing, tally),
            on=showing.on,
            today=load_today(session, showing, zone) if first and viewer.keeps_directory else None,
            turning=load_turning(session, viewer, showing) if first else None,
            sees_all=viewer.sees_all,
            too_many=MOST if len(asked.hits) > MOST else 0,
            keeps_directory=viewer.keeps_directory,
            lists=[*FOUR.items(), *_kept(session)],
            waiting=_waiting(request, session, viewer, showing, now) if first else None,
            link=lambda **changes: _link(asked, **changes),
        )


def _kept(session: Session) -> list[tuple[str, tuple[str, str]]]:
    return [(one.name, (one.title, one.title)) for one in watch_lists(session)]


def _waiting(
    request: Request, session: Session, viewer: Viewer, showing: Showing, now: datetime
) -> Many:
    """What this person is to decide or to acknowledge, the most urgent of it."""
    return load_many(session, showing, at_desk(request, viewer, now), 1)


def _asked(colour: str, unit: str, number: str, page: str) -> Asked:
    """Anything that is no colour or no page counts as not asked."""
    return Asked(
        colour=Colour(colour) if colour in set(Colour) else None,
        unit=unit.strip().replace("\x00", "")[:100],
        number=number.strip().replace("\x00", "")[:100],
        page=page_number(page),
    )


def _link(asked: Asked, **changes: object) -> str:
    """The board's address with the same filter, some of it changed."""
    now = {"colour": asked.colour, "unit": asked.unit, "number": asked.number} | {
        "under": asked.under,
        "alone": "yes" if asked.alone else "",
        **changes,
    }
    said = {name: str(value) for name, value in now.items() if value}
    return f"/?{urlencode(said)}" if said else "/"
