"""The feed of transitions, read on from a place: what a webhook told, or did not come to tell."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from flows.database import reading
from flows.feed import Place, Told, transitions_after
from flows.hooks.telling import event_of
from models.api_client import ApiClient, Scope
from models.warning import WARNING, Colour
from web.api.clients import Here, Reader

router = APIRouter(tags=["transitions"])

MOST = 1000


class EventFacts(BaseModel):
    """What moved. Of a restricted task the last four are null, and only its colours are told."""

    place: str = Field(examples=["12.345"])
    task: str = Field(examples=["甲-1"])
    colour: Colour
    due_on: date | None
    on: date
    at: datetime
    restricted: bool
    machine: str | None = Field(default=None, examples=["warning"])
    event: str | None = Field(default=None, examples=["escalate"])
    source: str | None = Field(default=None, examples=["green"])
    target: str | None = Field(default=None, examples=["blue"])


class Event(BaseModel):
    """As a webhook is told it."""

    type: str = Field(examples=["warning.escalate"])
    timestamp: datetime
    data: EventFacts


class Feed(BaseModel):
    """`next` is the place to read on from, also when there is nothing more yet."""

    transitions: list[Event]
    next: str = Field(examples=["12.345"])
    more: bool


@router.get("/transitions")
def list_transitions(
    here: Here,
    client: Reader,
    after: Annotated[
        str,
        Query(
            description="The `next` of the last answer, or the `place` of an event.",
            json_schema_extra={"pattern": r"^[0-9]{1,9}\.[0-9]{1,9}$"},
        ),
    ] = "0.0",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 500,
) -> Feed:
    """Oldest first, in the order in which they were committed. Without `after`: from the
    beginning."""
    place = Place.parse(after)
    with reading(here.office.engine) as session:
        found = transitions_after(session, place, limit + 1)
        shown = [_event(client, told) for told in found[:limit] if _may_know(client, told)]
    last = found[:limit][-1].place if found else place
    return Feed(transitions=shown, next=str(last), more=len(found) > limit)


def _may_know(client: ApiClient, told: Told) -> bool:
    open_to = not told.task.restricted or client.may(Scope.RESTRICTED)
    return open_to or told.move.machine == WARNING.name


def _event(client: ApiClient, told: Told) -> Event:
    return Event(**event_of(told, whole=client.may(Scope.RESTRICTED)))
