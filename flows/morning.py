"""The office's morning summary: what the night did, and what needs a person."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, case, func, select, update
from sqlmodel import Session, col

from flows import history
from flows.database import changed
from flows.office import Office
from flows.outbox import outbox_row, put
from flows.papers.approval import approvers
from flows.papers.prepared import waiting
from flows.recipients import Directory
from flows.rulebook import ladder_of
from flows.tally import Tally, tally
from flows.unreachable import unreachable
from flows.working_days import horizon_warning
from models import (
    Message,
    Night,
    Official,
    OpenCount,
    Policy,
    PostingDraft,
    Task,
    Transition,
    Unit,
)
from models.bulletin import BulletinKind
from models.ladder import Entry
from models.message import MessageKind, MessageState
from models.organisation import PostKind
from models.warning import RANKS, Colour
from models.workdays import Calendar
from notifications.digest import Raised, Summary, render_summary
from notifications.pending import Approvals, Pending, render_approvals
from notifications.render import Rendered

SPELT = 50  # raised matters that are listed; more is counted, and shown by the desk


def write_summary(
    session: Session,
    office: Office,
    night: Night,
    before: Night | None,
    *,
    now: datetime,
    calendar: Calendar,
) -> int:
    """Compose the summary for everybody in the office, and what waits for approval for those who
    may give it; returns how many will get one."""
    by = f"replaced by the summary of {night.on}"
    changed(session, _REPLACED, {"night": night.id, "by": by})
    waits = waiting(session)
    counted = tally(session, night, before)
    summary = summarise(session, office, night, counted, calendar, waits)
    people = Directory.load(session, night.on)
    told = people.holders_of(PostKind.OFFICE)
    rows = [_message(office, people.officials[who], night, now, summary) for who in told]
    rows += _approvals(session, office, night, now, set(told), waits)
    if rows:
        put(session, rows)
    return len(rows)


def summarise(
    session: Session,
    office: Office,
    night: Night,
    counted: Tally,
    calendar: Calendar,
    waits: Sequence[PostingDraft],
) -> Summary:
    number, head = history.head(session)
    refused, without = unreachable(session, night.on)
    return Summary(
        on=night.on,
        scanned=night.scanned,
        escalated=counted.escalated,
        relieved=counted.relieved,
        notices=counted.notices,
        recipients=counted.recipients,
        queued=counted.messages["queued"],
        waiting=counted.messages["deferred"],
        previous_on=counted.previous.on if counted.previous else None,
        previous_mail=counted.previous_mail,
        unresolved=counted.unresolved,
        stalled=counted.stalled,
        unreachable=[person.name for person in refused],
        without_address=without,
        horizon=horizon_warning(calendar, night.on),
        audit_number=number,
        audit_head=head,
        board=board(session),
        matters=_raised(session, night.id) if any(counted.escalated.values()) else [],
        desk=office.base_url,
        pending=[_pending(office, draft) for draft in waits],
    )


_PAGES = {BulletinKind.POSTING: "/postings", BulletinKind.PROGRESS: "/reports/drafts"}


def _pending(office: Office, draft: PostingDraft) -> Pending:
    return Pending(
        draft.kind,
        draft.number,
        draft.from_on,
        draft.to_on,
        draft.prepared_by,
        f"{office.base_url}{_PAGES[draft.kind]}/{draft.id}",
    )


def _approvals(
    session: Session,
    office: Office,
    night: Night,
    now: datetime,
    told: set[int],
    waits: Sequence[PostingDraft],
) -> list[dict[str, Any]]:
    """Those of the office have it in their summary. Of no matter anything is said."""
    asked = {draft.id: set(approvers(session, draft, night.on)) - told for draft in waits}
    rows = []
    for who in sorted(set().union(*asked.values())):
        official = session.get_one(Official, who)
        if official.email:
            mine = [_pending(office, draft) for draft in waits if who in asked[draft.id]]
            mail = Approvals(night.on, official.name, mine)
            rendered = render_approvals(mail, office.language_of(official))
            rows.append(_written(office, official, night, now, rendered))
    return rows


def _raised(session: Session, night_id: int) -> list[Raised]:
    """The first SPELT of what this night raised, the worst colour first."""
    rows = session.execute(_RAISED, {"night": night_id})
    return [
        Raised(
            number=task.number,
            title="" if task.restricted else task.title,
            unit="" if task.restricted else unit,
            restricted=task.restricted,
            source=Colour(move.source),
            target=Colour(move.target),
            cause=Entry.of_cause(move.cause),
        )
        for move, task, unit in rows
    ]


def board(session: Session) -> dict[Colour, int]:
    """Open tasks by colour: green, and the colours that their policies use."""
    found, used = Counter[Colour](), Counter[int]()
    kept = session.execute(_OPEN).all()
    for policy, colour, n in kept:
        found[colour] += int(n)
        used[policy.id] += int(n)
    in_use = [policy for policy, *_ in kept if used[policy.id]]
    colours = {rung.colour for policy in in_use for rung in ladder_of(policy).rung}
    return {c: found[c] for c in Colour if found[c] or c in colours | {Colour.GREEN}}


def _message(
    office: Office, official: Official, night: Night, now: datetime, summary: Summary
) -> dict[str, Any]:
    rendered = render_summary(summary, office.language_of(official))
    return _written(office, official, night, now, rendered)


def _written(
    office: Office, official: Official, night: Night, now: datetime, rendered: Rendered
) -> dict[str, Any]:
    return outbox_row(office, official, MessageKind.SUMMARY, night.id, now) | rendered.said


_NIGHT = bindparam("night", type_=Integer())
_REPLACED = (
    update(Message)
    .where(
        col(Message.kind) == MessageKind.SUMMARY,
        col(Message.state) == MessageState.QUEUED,
        col(Message.attempts) == 0,
        col(Message.night_id) != _NIGHT,
    )
    .values(state=MessageState.SUPERSEDED, outcome=bindparam("by"))
)
_RAISED = (
    select(Transition, Task, col(Unit.name))
    .join_from(Transition, Task, col(Task.id) == col(Transition.task_id))
    .join(Unit, col(Unit.id) == col(Task.unit_id))
    .where(col(Transition.night_id) == _NIGHT, col(Transition.event) == "escalate")
    .order_by(case(RANKS, value=col(Transition.target)).desc(), col(Task.number))
    .limit(SPELT)
)
_COUNTED = (
    select(col(OpenCount.policy_id), col(OpenCount.colour), func.sum(col(OpenCount.n)).label("n"))
    .group_by(col(OpenCount.policy_id), col(OpenCount.colour))
    .subquery()
)
_OPEN = select(Policy, _COUNTED.c.colour, _COUNTED.c.n).join(
    _COUNTED, _COUNTED.c.policy_id == col(Policy.id)
)
