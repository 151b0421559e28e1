"""The figures: open matters by unit and colour, by colour over time; and the wall chart."""

from collections import Counter
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col

from flows.colour_counts import colours_over_time, month_ends, week_ends
from flows.papers.wall import wall_facts
from flows.recipients import tasks_aside
from flows.working_days import load_calendar
from models import Task
from models.warning import Colour
from notifications.charts.by_unit import by_unit
from notifications.charts.chart import used
from notifications.charts.over_time import over_time
from notifications.papers.bulletin import DayCounts
from notifications.papers.wall import n_sheets, wall_page, wall_style
from web.desk import desk_of
from web.desk_pages import desk_page, looking, whoever_sees_all
from web.ids import id_in
from web.paging import Paging, page_number
from web.rights import Viewer
from web.unit_rows import Units

router = APIRouter()
PATH = "/figures"
WALL, STYLE = f"{PATH}/wall", f"{PATH}/wall.css"
WEEKS, MONTHS = 13, 12
ALL, AT_ONCE = "all", 20  # sheets of the wall chart


@router.api_route(PATH, methods=["GET", "HEAD"])
def figures(
    request: Request, by: str = "", flat: str = "", under: str = "", page: str = "1"
) -> Response:
    desk = desk_of(request)
    monthly = by == "month"
    with looking(request, whoever_sees_all) as (session, viewer):
        language = desk.office.language_of(viewer.official)
        days = _over_time(session, viewer, monthly=monthly)
        units = Units.load(session, viewer)
        inside = units.units.get(id_in(under)) or (None if flat else units.top())
        rows = units.flat() if flat else units.rolled_up(inside)
        said = {"by": "month" if monthly else "", "flat": "yes" if flat else "", "under": under}
        paging = Paging(PATH, said, len(rows), page_number(page))
        return desk_page(
            request,
            viewer,
            "figures.html",
            on=viewer.on,
            days=days[::-1],
            day_colours=used([day.counts for day in days]),
            time_chart=over_time([(day.on, day.counts) for day in days], language),
            unit_chart=by_unit([(row.unit.name, row.counts) for row in rows], language),
            rows=rows[paging.offset : paging.offset + paging.size],
            colours=used([row.counts for row in rows] + [dict.fromkeys(Colour, 0)]),
            total=sum((Counter(row.counts) for row in rows), Counter[Colour]()),
            paging=paging,
            inside=inside,
            up=units.units.get(inside.parent_id or 0) if inside else None,
            flat=bool(flat),
            monthly=monthly,
        )


@router.api_route(WALL, methods=["GET", "HEAD"])
def wall(request: Request, page: str = "1") -> Response:
    """One sheet of the wall chart, or all of a few: a page of its own, as it is printed."""
    desk = desk_of(request)
    with looking(request, whoever_sees_all) as (session, viewer):
        facts = wall_facts(session, viewer.on, load_calendar(session), viewer.may_see())
    language = desk.office.language_of(viewer.official)
    few = n_sheets(facts) <= AT_ONCE
    paging = Paging(WALL, {}, n_sheets(facts), page_number(page), size=1)
    whole = f"{WALL}?page={ALL}" if few else ""
    return HTMLResponse(
        wall_page(
            facts,
            language,
            style=STYLE,
            back=PATH,
            paging=None if few and page == ALL else paging,
            whole=whole,
        )
    )


@router.get(STYLE)
def style() -> Response:
    return Response(wall_style(), media_type="text/css")


def _over_time(session: Session, viewer: Viewer, *, monthly: bool) -> list[DayCounts]:
    """Of all matters, less those that this person stands aside from. /figures is for whoever sees
    all the others."""
    on: date = viewer.on
    days = month_ends(on, MONTHS) if monthly else week_ends(on, WEEKS)
    aside = session.scalars(tasks_aside(viewer.official.id, on)).all()
    among = colours_over_time(session, days, col(Task.id).in_(aside)) if aside else ()
    hidden = {one.on: one.counts for one in among}
    return [
        DayCounts(
            on=day.on,
            counts={c: n - hidden.get(day.on, {}).get(c, 0) for c, n in day.counts.items()},
        )
        for day in colours_over_time(session, days)
    ]
