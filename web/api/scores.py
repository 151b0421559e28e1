"""Scores, read by a program: published results, each point with what it is for."""

from datetime import date
from decimal import Decimal

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlmodel import Session

from flows.database import reading
from flows.scores.objections import changes_of, objections
from flows.scores.sheets import facts_of, sheets
from models import ScoreSheet
from models.api_client import ApiClient, Scope
from models.score import ScoreState
from notifications.papers.scores import PointLine
from web.api.clients import Here, Reader
from web.api.wrong import NOT_THERE, NotThere

router = APIRouter(tags=["scores"])


class SheetFacts(BaseModel):
    id: int
    scheme: str = Field(examples=["rectification"])
    title: str
    period: str = Field(examples=["2022-07"])
    from_on: date
    to_on: date
    published_on: date | None


class Sheets(BaseModel):
    scores: list[SheetFacts]


class UnitPoints(BaseModel):
    """`corrected`: what granted objections have changed; `points` holds it already."""

    rank: int
    unit: str = Field(examples=["区教育局"])
    points: Decimal
    corrected: Decimal


class Point(BaseModel):
    """Of a restricted matter number and date are told, and with the scope `restricted` the unit;
    it is in no unit's points."""

    rule: str = Field(examples=["red"])
    event: str = Field(examples=["warned"])
    on: date
    unit: str | None
    points: Decimal
    task: str | None = Field(examples=["甲-1"])
    title: str | None
    restricted: bool


class WholeSheet(SheetFacts):
    base: Decimal
    units: list[UnitPoints]
    lines: list[Point]


@router.get("/scores")
def list_scores(here: Here, client: Reader) -> Sheets:
    """The published ones, the newest first."""
    with reading(here.office.engine) as session:
        found = [one for one in sheets(session) if one.state is ScoreState.PUBLISHED]
    return Sheets(scores=[_facts(one) for one in found])


@router.get("/scores/{sheet_id}", responses=NOT_THERE)
def one_score(here: Here, client: Reader, sheet_id: int) -> WholeSheet:
    """One result, by its id. 404 if none of this id was published."""
    with reading(here.office.engine) as session:
        sheet = _found(session, sheet_id)
        changes = changes_of(objections(session, sheet))
    facts = facts_of(sheet)
    return WholeSheet(
        **_facts(sheet).model_dump(),
        base=facts.base,
        units=[
            UnitPoints(rank=rank, unit=unit, points=points, corrected=changes.get(unit, Decimal(0)))
            for rank, unit, points in facts.ranked(changes)
        ],
        lines=[_line(client, line) for line in facts.lines],
    )


def _found(session: Session, sheet_id: int) -> ScoreSheet:
    found = session.get(ScoreSheet, sheet_id) if 0 < sheet_id < 2**31 else None
    if found is None or found.state is not ScoreState.PUBLISHED:
        raise NotThere(f"没有第 {sheet_id} 号考核结果", f"no result has the id {sheet_id}")
    return found


def _facts(sheet: ScoreSheet) -> SheetFacts:
    facts = facts_of(sheet)
    return SheetFacts(
        id=sheet.id,
        scheme=sheet.name,
        title=facts.title,
        period=facts.period,
        from_on=sheet.from_on,
        to_on=sheet.to_on,
        published_on=sheet.published_on,
    )


def _line(client: ApiClient, line: PointLine) -> Point:
    told = not line.restricted or client.may(Scope.RESTRICTED)
    return Point(
        rule=line.rule,
        event=line.event,
        on=line.on,
        unit=line.unit if told else None,
        points=line.points,
        task=line.task or None,
        title=line.title or None,
        restricted=line.restricted,
    )
