"""Notices, read by a program: numbers, colours, states and dates, which may be told of any."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from flows.database import reading
from models import Notice, Task
from models.notice_machine import NoticeState
from models.warning import Colour
from web.api.clients import Here, Reader
from web.api.words import AColour, ANoticeState

router = APIRouter(tags=["notices"])

PAGE = 500


class NoticeFacts(BaseModel):
    number: str = Field(examples=["定督〔2022〕3号"])
    task: str = Field(examples=["甲-1"])
    colour: Colour
    state: NoticeState
    issued_on: date
    acknowledge_by: date | None
    answer_by: date | None
    restricted: bool = Field(description="Whether its task is.")


class Notices(BaseModel):
    """`next` is the page that comes after this one; null on the last."""

    notices: list[NoticeFacts]
    next: int | None


@router.get("/notices")
def list_notices(
    here: Here,
    client: Reader,
    colour: AColour | None = None,
    state: ANoticeState | None = None,
    task: Annotated[str | None, Query(description="By its number.", max_length=200)] = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> Notices:
    """The newest first; 500 to a page."""
    wanted = []
    if colour:
        wanted.append(col(Notice.colour) == colour)
    if state:
        wanted.append(col(Notice.state) == state)
    if task is not None:
        wanted.append(col(Task.number) == task.replace("\x00", ""))
    with reading(here.office.engine) as session:
        found = _page(session, wanted, page)
    shown = [
        NoticeFacts(
            number=notice.number,
            task=number,
            colour=notice.colour,
            state=notice.state,
            issued_on=notice.issued_on,
            acknowledge_by=notice.acknowledge_by,
            answer_by=notice.answer_by,
            restricted=restricted,
        )
        for notice, number, restricted in found[:PAGE]
    ]
    return Notices(notices=shown, next=page + 1 if found[PAGE:] else None)


def _page(
    session: Session, wanted: Sequence[object], page: int
) -> Sequence[tuple[Notice, str, bool]]:
    return session.exec(
        select(Notice, Task.number, Task.restricted)
        .join(Task, col(Task.id) == col(Notice.task_id))
        .where(*wanted)  # type: ignore[arg-type]  # conditions
        .order_by(col(Notice.id).desc())
        .limit(PAGE + 1)
        .offset((page - 1) * PAGE)
    ).all()
