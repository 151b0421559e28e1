"""The page of a receipt's link and of a mail's own: what is owed, and what was done about it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from flows.late_below import late_below
from flows.reply_links import how_many
from flows.signoff.roles import roles_of
from flows.working_days import load_calendar
from models.notice import Duty
from web.desk import desk_of
from web.many import Result, load_many
from web.matter import Showing
from web.offers import OTHERS, Way, ways
from web.pages import page
from web.paging import page_number
from web.reply_form import LONGEST, LONGEST_NAME, SHORTEST, ReplyForm
from web.reply_view import SHOWN, Item, View
from web.ruling_form import LONGEST_OF_MANY, Fault, Submitted
from web.seat import Seat


def show_replies(
    request: Request,
    session: Session,
    seat: Seat,
    form: ReplyForm | None = None,
    faults: Sequence[Fault] = (),
    *,
    only: int | None = None,
    unproved: Fault | None = None,
    sent: Submitted | None = None,
    results: Sequence[Result] = (),
) -> Response:
    """`only`: a form of this receipt is given back to be corrected. `unproved`: why the browser
    could not be proved the owner's. `sent`, `results`: of many decisions at once."""
    desk, opened = desk_of(request), seat.opened
    assert opened is not None  # for the types: this page is a link's
    showing = Showing.load(session, load_calendar(session), seat.on)
    view = View(session, desk, opened, showing, seat.language)
    items = view.items(only)
    alone = not opened.of_the_mail or only is not None
    many = None
    if not alone and not opened.shut:
        number = page_number(request.query_params.get("page", "1"))
        many = load_many(session, showing, seat, number, faults if sent else (), results)
    return page(
        request,
        "reply.html",
        status=_status(only, unproved, faults, results),
        language=seat.language,
        seat=seat,
        opened=opened,
        one=alone,
        total=how_many(session, opened),
        items=items,
        ways=_ways(session, seat, showing, items),
        late_below=late_below(session, opened, SHOWN, seat.on),
        **_beside(view, items),
        standing=seat.standing,
        unproved=unproved,
        form=form,
        faults=[] if sent else list(faults),
        longest=LONGEST,
        shortest=SHORTEST,
        longest_name=LONGEST_NAME,
        many=many,
        sent=sent or Submitted(),
        kept={**sent.written, "many": "yes"} if sent and sent.chosen() else {},
        longest_of_many=LONGEST_OF_MANY,
    )


def _beside(view: View, items: Sequence[Item]) -> dict[str, Any]:
    """What the mail reminded of, and what was done since; each matter is shown once."""
    owed, warned = {one.matter.number for one in items}, {one.notice.number for one in items}
    reminded, yours = view.reminded()
    return {
        "reminded": [matter for matter in reminded if matter.number not in owed],
        "yours": yours,
        "done": [done for done in view.done() if done.notice_number not in warned],
    }


def _ways(
    session: Session, seat: Seat, showing: Showing, items: Sequence[Item]
) -> Mapping[int, Sequence[Way]]:
    """By task. A page of many matters has one way for each: to a page of its own."""
    found: dict[int, Sequence[Way]] = {}
    for task in (item.task for item in items if item.receipt.duty == Duty.ACT and seat.open):
        base = f"{seat.here}/tasks/{quote(task.number)}"
        if len(items) > 1:
            found[task.id] = [Way(OTHERS, base)]
        else:
            roles = roles_of(session, task, seat.official.id, seat.on)
            found[task.id] = ways(session, task, roles, base, on=seat.on, calendar=showing.calendar)
    return found


def _status(
    only: int | None, unproved: Fault | None, faults: Sequence[Fault], results: Sequence[Result]
) -> int:
    if only is not None or unproved:
        return 422
    if faults or (results and all(one.fault for one in results)):
        return 409
    return 200
