"""The directory: units and people, read and handed in by a program."""

from collections import defaultdict
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlmodel import Session, col, select

from flows.database import reading
from flows.ledger.handed_in import Cell
from flows.ledger.rows import DIRECTORY_SHEET
from models import Official, Post, Unit
from models.organisation import PostKind
from web.api.clients import Here, PeopleReader, PeopleWriter
from web.api.handing_in import hand_in_rows
from web.api.wrong import TOO_MUCH

router = APIRouter(tags=["directory"])

PAGE = 500
ROW = {
    "unit": "区教育局",
    "name": "王芳",
    "post": "unit_head",
    "email": "head@dinghai.example",
}


class PostFacts(BaseModel):
    """Both ends are included; null is open."""

    post: PostKind
    unit: str = Field(examples=["区教育局"])
    from_on: date | None
    until_on: date | None


class PersonFacts(BaseModel):
    name: str = Field(examples=["王芳"])
    unit: str = Field(examples=["区教育局"])
    email: str | None = Field(examples=["head@dinghai.example"])
    posts: list[PostFacts]


class UnitFacts(BaseModel):
    name: str = Field(examples=["区教育局"])
    parent: str | None = Field(examples=["区委督查室"])


class Units(BaseModel):
    units: list[UnitFacts]


class People(BaseModel):
    """`next` is the page that comes after this one; null on the last."""

    people: list[PersonFacts]
    next: int | None


class Rows(BaseModel):
    """Fields are the columns of the directory, by their English names (`unit`, `parent`, `name`,
    `post`, `email`, `deputy`, `from`, `to`, `language`) or the Chinese ones. With a deputy the
    dates bound the absence, else the post."""

    rows: list[dict[str, Cell]] = Field(min_length=1, max_length=5000, examples=[[ROW]])


class Outcome(BaseModel):
    """How many of each were added or changed."""

    dry_run: bool
    units: int
    officials: int
    posts: int
    absences: int
    ignored_columns: list[str]


@router.get("/units")
def list_units(here: Here, client: PeopleReader) -> Units:
    """All of them, by name, each with the unit above it."""
    with reading(here.office.engine) as session:
        found = session.exec(select(Unit).order_by(Unit.name)).all()
    names = {unit.id: unit.name for unit in found}
    return Units(
        units=[
            UnitFacts(name=u.name, parent=names.get(u.parent_id) if u.parent_id else None)
            for u in found
        ]
    )


@router.get("/people")
def list_people(
    here: Here, client: PeopleReader, page: Annotated[int, Query(ge=1, le=1_000_000)] = 1
) -> People:
    """With their posts, past and future ones too; 500 to a page."""
    with reading(here.office.engine) as session:
        found = session.exec(
            select(Official, Unit.name)
            .join(Unit, col(Unit.id) == col(Official.unit_id))
            .order_by(col(Official.id))
            .limit(PAGE + 1)
            .offset((page - 1) * PAGE)
        ).all()
        posts = _posts(session, [official.id for official, _ in found])
    shown = [
        PersonFacts(name=who.name, unit=unit, email=who.email, posts=posts[who.id])
        for who, unit in found[:PAGE]
    ]
    return People(people=shown, next=page + 1 if found[PAGE:] else None)


@router.post("/directory", responses=TOO_MUCH)
def hand_in(
    here: Here,
    client: PeopleWriter,
    body: Rows,
    dry_run: Annotated[bool, Query(description="Say what would change; write nothing.")] = False,
) -> Outcome:
    """All or nothing, as an import of the sheet 通讯录: people are known by their mail address,
    else by name within the unit. Whoever is not named is left as he is."""
    applied, ignored = hand_in_rows(here, client, body.rows, DIRECTORY_SHEET, dry_run=dry_run)
    return Outcome(
        dry_run=dry_run,
        units=applied.units,
        officials=applied.officials,
        posts=applied.posts,
        absences=applied.absences,
        ignored_columns=ignored,
    )


def _posts(session: Session, people: list[int]) -> defaultdict[int, list[PostFacts]]:
    held: defaultdict[int, list[PostFacts]] = defaultdict(list)
    for post, unit in session.exec(
        select(Post, Unit.name)
        .join(Unit, col(Unit.id) == col(Post.unit_id))
        .where(col(Post.official_id).in_(people))
        .order_by(col(Post.id))
    ):
        held[post.official_id].append(
            PostFacts(post=post.kind, unit=unit, from_on=post.from_on, until_on=post.until_on)
        )
    return held
