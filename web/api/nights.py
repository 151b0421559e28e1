"""The nights, read by a program."""

import json
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlmodel import col, select

from flows.database import reading
from models import Night
from web.api.clients import Here, Reader
from web.api.wrong import NOT_THERE, NotThere

router = APIRouter(tags=["nights"])

PAGE = 100


class NightFacts(BaseModel):
    """`result`: as `sise night --json` printed it; null while the night is not over."""

    date: date
    closed: bool
    result: dict[str, Any] | None = Field(
        examples=[{"date": "2022-07-14", "scanned": 12, "escalated": {"blue": 1}, "notices": 1}]
    )


class Nights(BaseModel):
    """`next` is the page that comes after this one; null on the last."""

    nights: list[NightFacts]
    next: int | None


@router.get("/nights")
def list_nights(
    here: Here, client: Reader, page: Annotated[int, Query(ge=1, le=1_000_000)] = 1
) -> Nights:
    """The newest first; 100 to a page."""
    with reading(here.office.engine) as session:
        found = session.exec(
            select(Night).order_by(col(Night.on).desc()).limit(PAGE + 1).offset((page - 1) * PAGE)
        ).all()
    return Nights(nights=[_facts(n) for n in found[:PAGE]], next=page + 1 if found[PAGE:] else None)


@router.get("/nights/{on}", responses=NOT_THERE)
def one_night(here: Here, client: Reader, on: date) -> NightFacts:
    """The night of one business date. 404 if none was played."""
    with reading(here.office.engine) as session:
        found = session.exec(select(Night).where(Night.on == on)).first()
    if found is None:
        raise NotThere(f"{on} 没有夜间检查", f"no night was played on {on}")
    return _facts(found)


def _facts(night: Night) -> NightFacts:
    result = json.loads(night.result) if night.result else None
    return NightFacts(date=night.on, closed=night.closed_at is not None, result=result)
