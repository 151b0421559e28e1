"""The chained history: its head, its newest links, how to prove it, and what the office changed.
There is nothing to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    select,
    union_all,
)
from sqlmodel import Session, col

from flows.duties.registering import duty_of
from flows.history import CHAINED, head
from flows.measures.series import series_of
from flows.office_changes import PLACES, told
from models import ChainLink, DutyTemplate, MeasurementSeries, OfficeChange, Procedure
from models.office_change import Subject
from web.desk_pages import desk_page, looking, whoever_sees_all
from web.paging import Paging, page_number

router = APIRouter()
PATH = "/audit"


@dataclass(frozen=True)
class Linked:
    """One link, and how many rows of which table it seals."""

    link: ChainLink
    rows: Mapping[str, int]


@router.api_route(PATH, methods=["GET", "HEAD"])
def audit(request: Request, page: str = "1") -> Response:
    with looking(request, whoever_sees_all) as (session, viewer):
        number, newest = head(session)
        found = session.scalar(select(func.count()).select_from(ChainLink)) or 0
        paging = Paging(PATH, {}, found, page_number(page))
        return desk_page(
            request,
            viewer,
            "audit.html",
            number=number,
            newest=newest,
            links=_links(session, paging),
            paging=paging,
        )


@router.api_route(PATH + "/changes", methods=["GET", "HEAD"])
def changes(request: Request, page: str = "1") -> Response:
    """What concerns no task. Of people and their addresses only those read who keep them."""
    with looking(request, whoever_sees_all) as (session, viewer):
        mine = [] if viewer.keeps_directory else _of_no_place_and_not_restricted(session)
        counted = select(func.count()).select_from(OfficeChange).where(*mine)
        path = f"{PATH}/changes"
        paging = Paging(path, {}, session.scalar(counted) or 0, page_number(page))
        rows = select(OfficeChange).where(*mine).order_by(col(OfficeChange.id).desc())
        found = session.scalars(rows.limit(paging.size).offset(paging.offset)).all()
        return desk_page(
            request,
            viewer,
            "audit_changes.html",
            changes=told(session, found),
            pages_of=_PAGES,
            may_follow=viewer.keeps_directory,
            paging=paging,
        )


_PAGES = {
    "unit": "/people/units/",
    "official": "/people/",
    "policy": "/policies/",
    "duty": "/duties/",
    "series": "/measurements/",
}


def _of_no_place_and_not_restricted(session: Session) -> list[ColumnElement[bool]]:
    """What a restricted duty or series is called tells what its matters are about."""
    hidden = set(session.scalars(select(col(Procedure.name)).where(col(Procedure.restricted))))
    duties = [duty_of(one) for one in session.scalars(select(DutyTemplate))]
    series = [series_of(one) for one in session.scalars(select(MeasurementSeries))]
    names = {
        Subject.DUTY: [one.name for one in duties if one.procedure in hidden],
        Subject.SERIES: [one.name for one in series if one.follow_up.procedure in hidden],
    }
    subject, key = col(OfficeChange.subject), col(OfficeChange.key)
    return [
        subject.not_in(PLACES),
        *(not_(and_(subject == of, key.in_(found))) for of, found in names.items()),
    ]


def _links(session: Session, paging: Paging) -> Sequence[Linked]:
    """The newest first."""
    links = session.scalars(
        select(ChainLink)
        .order_by(col(ChainLink.number).desc())
        .limit(paging.size)
        .offset(paging.offset)
    ).all()
    ids = [link.id for link in links]
    held: dict[str, dict[str, int]] = {link.id: {} for link in links}
    for link_id, n, nth in session.execute(_HELD, {"links": ids}):
        held[link_id][CHAINED[nth].name] = n
    return [Linked(link, held[link.id]) for link in links]


def _held(nth: int, table: Table) -> Select[Any]:
    links = table.c.link_id.in_(bindparam("links", expanding=True))
    counted = select(table.c.link_id, func.count(), literal_column(str(nth)).label("nth"))
    return counted.where(links).group_by(table.c.link_id)


_HELD: CompoundSelect[Any] = union_all(
    *(_held(nth, table) for nth, table in enumerate(CHAINED))
).order_by("nth")
