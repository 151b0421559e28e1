"""The office's calendar, handed in by a program day by day."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints
from sqlmodel import col, select

from flows.database import reading, transaction
from flows.working_days import DaySaid, set_days
from models import CalendarDay
from models.refusal import Refusal
from web.api.clients import CalendarWriter, Here, Reader, author, require_still

router = APIRouter(tags=["calendar"])

Why = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
]


class Day(BaseModel):
    """A day that is not as its weekday, or the law, says."""

    model_config = ConfigDict(extra="forbid")

    on: date = Field(ge=date(2000, 1, 1), le=date(2100, 12, 31), examples=["2022-10-08"])
    working: StrictBool = Field(examples=[True])
    why: Why = Field(examples=["国办发明电〔2021〕11号"])


class Days(BaseModel):
    model_config = ConfigDict(extra="forbid")

    days: list[Day] = Field(min_length=1, max_length=400)


class Kept(BaseModel):
    """The days that the office has changed."""

    days: list[Day]


@router.get("/calendar")
def changed_days(here: Here, client: Reader) -> Kept:
    """All of them, in their order."""
    with reading(here.office.engine) as session:
        found = session.exec(select(CalendarDay).order_by(col(CalendarDay.on))).all()
    return Kept(days=[Day.model_construct(on=d.on, working=d.working, why=d.why) for d in found])


@router.post("/calendar")
def change_days(here: Here, client: CalendarWriter, body: Days) -> Kept:
    """All or nothing, as `sise calendar set`. What was counted already stays; what is counted
    from now on follows."""
    now = here.now()
    if len({day.on for day in body.days}) < len(body.days):
        raise Refusal("同一天写了不止一次；没有写入", "a day is there twice; nothing was written")
    with transaction(here.office.engine, now) as session:
        said = [DaySaid(day.on, day.working, day.why) for day in body.days]
        set_days(session, author(client, here, now), said)
        require_still(session, client)
    return Kept(days=body.days)
