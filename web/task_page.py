"""One task: its facts, why it has its colour, and its story."""

from collections.abc import Collection, Sequence
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from flows.database import reading
from flows.explain import explain
from flows.handler_name import handler_of
from flows.ledger.lists import KnownLists
from flows.signoff.levels import rules_of
from flows.signoff.roles import roles_of
from flows.working_days import load_calendar
from models import ListMembership, Measure, Official, Procedure, Task, Unit, WatchList
from models.ladder import Entry
from notifications.explanation import entry_words
from web.counting import counting
from web.desk import desk_of
from web.matter import Matter, Showing
from web.offers import Way, ways
from web.office_form import OfficeForm
from web.office_view import office_may
from web.pages import page
from web.record_rows import acts_about
from web.rights import Viewer
from web.ruling_form import LONGEST, Fault
from web.signing_in import viewer_of
from web.slip_rows import has_slip
from web.task_signoff import sign_off_of
from web.task_story import story

router = APIRouter()


@router.api_route("/tasks/{number:path}", methods=["GET", "HEAD"])
def task_page(request: Request, number: str) -> Response:
    return show_task(request, number)


def task_path(number: str) -> str:
    return f"/tasks/{quote(number)}"


def show_task(
    request: Request,
    number: str,
    *,
    office: OfficeForm | None = None,
    faults: Sequence[Fault] = (),
) -> Response:
    """`office`, `faults`: what the office sent, and why nothing was recorded."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, now)
        task = visible_task(session, viewer, number)
        calendar = load_calendar(session)
        showing = Showing.load(session, calendar, desk.today(now))
        language = desk.office.language_of(viewer.official)
        roles = roles_of(session, task, viewer.official.id, showing.on)
        explained = explain(
            session, number, on=showing.on, calendar=calendar, timezone=desk.office.timezone
        )
        return page(
            request,
            "task.html",
            status=422 if faults else 200,
            language=language,
            visitor=viewer.official,
            task=task,
            matter=matter_of(session, showing, viewer, task),
            leader=_name(session, task.supervising_leader_id),
            lead_unit=_lead_unit(session, task),
            procedure=session.get_one(Procedure, task.procedure_id).title,
            stages={stage.name: stage.title for stage in rules_of(session, task).stage},
            measures=_measures(session, task),
            explained=explained,
            counting=counting(explained, calendar),
            cause_words=_cause_words,
            # The rest is in the sign-off and the story below.
            because=explained.colour_sentences(language),
            story=story(session, task, explained.told),
            signoff=sign_off_of(session, task, viewer),
            ways=_ways(session, task, roles, showing),
            office_may=office_may(session, roles, task, showing, task_path(task.number)),
            lists=_lists(session, task),
            acts=acts_about(session, viewer, task),
            slip=has_slip(session, viewer, task),
            keeps_acts=viewer.keeps_directory,
            sent=office,
            faults=faults,
            longest=LONGEST,
        )


def visible_task(session: Session, viewer: Viewer, number: str) -> Task:
    """A task that is not this viewer's does not exist for him."""
    if "\x00" in number:  # PostgreSQL refuses to look for it
        raise HTTPException(404)
    task = session.exec(select(Task).where(Task.number == number, viewer.may_see())).first()
    if task is None:
        raise HTTPException(404)
    return task


def matter_of(session: Session, showing: Showing, viewer: Viewer, task: Task) -> Matter:
    unit = session.get_one(Unit, task.unit_id).name
    handler = handler_of(session, task, showing.on)
    return showing.matter(task, unit, handler, hidden=viewer.hides(task))


def _measures(session: Session, task: Task) -> Sequence[Measure]:
    mine = select(Measure).where(Measure.task_id == task.id)
    return session.exec(mine.order_by(col(Measure.position))).all()


def _ways(session: Session, task: Task, roles: Collection[str], showing: Showing) -> Sequence[Way]:
    base, calendar = task_path(task.number), showing.calendar
    return ways(session, task, roles, base, on=showing.on, calendar=calendar)


def _lists(session: Session, task: Task) -> str:
    """Those that the office keeps as it stands on them now, and the ledger's other words."""
    present = (
        select(WatchList.title)
        .join(ListMembership, col(ListMembership.list_id) == col(WatchList.id))
        .where(ListMembership.task_id == task.id, col(ListMembership.until_on).is_(None))
        .order_by(col(ListMembership.id))
    )
    words = KnownLists.load(session).unkept(task.lists)
    return "、".join([words] * bool(words) + [*session.exec(present)])


def _cause_words(cause: str, language: str) -> str:
    entry = Entry.of_cause(cause)
    return entry_words(entry, language) if entry else ""


def _name(session: Session, official_id: int | None) -> str:
    return session.get_one(Official, official_id).name if official_id else ""


def _lead_unit(session: Session, task: Task) -> str:
    return session.get_one(Unit, task.lead_unit_id).name if task.lead_unit_id else ""
