"""The burden: how many mails people had, week by week; for the office and administrators."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from flows.burden import burden
from web.desk import desk_of
from web.desk_pages import desk_page, looking, whoever_keeps_directory

router = APIRouter()


@router.api_route("/outbox/burden", methods=["GET", "HEAD"])
def burden_page(request: Request) -> Response:
    desk = desk_of(request)
    with looking(request, whoever_keeps_directory) as (session, viewer):
        found = burden(session, viewer.on, desk.office.timezone)
        return desk_page(request, viewer, "burden.html", burden=found)
