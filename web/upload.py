"""One file that whoever keeps the ledger hands in by a form. Others are turned away before it is
taken in; it is spooled to disk while it arrives, and is gone behind the answer."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

from flows.database import reading
from flows.signoff.actor import Actor
from web.desk import Desk, desk_of
from web.desk_pages import let_in, whoever_keeps_directory


def who_hands_in(request: Request) -> tuple[Desk, Actor]:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        return desk, let_in(request, session, now, whoever_keeps_directory).actor(now)


def _admit(request: Request) -> None:
    who_hands_in(request)


async def _submitted(
    request: Request, _admitted: Annotated[None, Depends(_admit)]
) -> AsyncIterator[FormData]:
    async with request.form(max_files=1, max_fields=5) as form:
        yield form


Upload = Annotated[FormData, Depends(_submitted)]
