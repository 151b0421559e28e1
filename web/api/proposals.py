"""What a unit's own system hands in line by line, in the name of that unit."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from flows.database import transaction
from flows.proposals.handing_in import LONGEST_TITLE, propose
from flows.proposals.written import LONGEST, MOST
from flows.signoff.telling import tell
from flows.working_days import load_calendar
from models import Task
from web.api.clients import Here, Writer, author, require_still
from web.api.wrong import TOO_MUCH

router = APIRouter(tags=["proposals"])

Word = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=LONGEST, pattern=r"^[^\x00-\x1f|｜]*$")
]
Named = Annotated[Word, Field(min_length=1, max_length=LONGEST_TITLE)]


class HandedIn(BaseModel):
    """`lines` have the parts that the procedure names, in their order."""

    model_config = ConfigDict(extra="forbid")

    procedure: Named = Field(examples=["agenda"])
    unit: Named = Field(examples=["区住建局"])
    title: Named = Field(examples=["八月常务会议议题"])
    lines: list[list[Word]] = Field(
        min_length=1, max_length=MOST, examples=[[["老旧小区改造计划", "须经常务会议审定"]]]
    )


class Taken(BaseModel):
    """By when it is reviewed; the verdicts are on the page of this number."""

    number: str
    review_by: date | None
    lines: int


@router.post("/proposals", responses=TOO_MUCH)
def hand_in(here: Here, client: Writer, body: HandedIn) -> Taken:
    """The clock of the review begins at once. The same title of the same unit is taken once a
    day. 422 says what cannot be used; nothing was written then."""
    now = here.now()
    by = author(client, here, now)
    with transaction(here.office.engine, now) as session:
        calendar = load_calendar(session)
        lines = [said for line in body.lines if (said := "|".join(line)).strip()]
        made = propose(session, body.procedure, body.unit, body.title, lines, by, calendar=calendar)
        require_still(session, client)
        tell(session, here.office, on=by.on, now=now)
        task = session.get_one(Task, made.task_id)
        return Taken(number=task.number, review_by=task.due_on, lines=len(lines))
