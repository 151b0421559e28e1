"""Notices are issued: one per escalation of the night, numbered in task order, with a receipt
for everybody who is told. A live notice of a lower colour is superseded."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, String, bindparam, func, insert, literal, select, update
from sqlmodel import Session, col

from flows.database import changed
from flows.history import belongs, link_ahead
from flows.moves import lock_all_tasks
from flows.recipients import Directory, Told
from flows.rulebook import ladder_of
from models import Night, Notice, Policy, Receipt, Task, Transition
from models.columns import Instant, written_out
from models.ladder import Ladder, Rung
from models.notice import Duty
from models.notice_machine import LIVE, NoticeState
from models.organisation import PostKind
from models.span import Span
from models.warning import Colour
from models.workdays import Calendar

AT_ONCE = 2000  # notices that are in memory
ALL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Escalated:
    """One escalation of the night, with what is needed to issue its notice."""

    transition_id: int
    id: int  # of the task, as flows.recipients.Parties has it
    target: Colour
    policy_id: int
    unit_id: int
    handler_id: int | None
    supervising_leader_id: int | None


def issue_notices(
    session: Session, *, night_id: int, on: date, now: datetime, calendar: Calendar
) -> int:
    """Returns how many notices were issued. Each escalation has at most one, so twice = once."""
    lock_all_tasks(session)
    if not session.scalar(_ANY_RAISED, {"night_id": night_id}):
        return 0
    escalated = _without_notice(session, night_id)
    _supersede(session, night_id, on, now)
    ladders = {policy.id: ladder_of(policy) for policy in session.scalars(_POLICIES)}
    numbers, directory = _Numbers(session, on.year), Directory.load(session, on)
    for first in range(0, len(escalated), AT_ONCE):
        some = escalated[first : first + AT_ONCE]
        notices = [
            _notice(row, ladder, numbers.next(ladder.name), on, calendar)
            for row, ladder in ((row, ladders[row.policy_id]) for row in some)
        ]
        ids = dict(session.connection().execute(_INSERT_NOTICE, notices).all())
        _write_receipts(session, some, ids, ladders, directory, on)
    return len(escalated)


def unresolved(session: Session, night: Night, most: int = ALL) -> list[tuple[str, str]]:
    """(task number, the post that nobody could be found for), for the notices that this night
    issued; `most`: the first of them, in the order of the notices, which is that of the numbers."""
    this = {"night_id": night.id, "on": night.on, "most": most}
    found = {(number, str(post)) for number, post in session.execute(_CLIMBED, this)}
    if came_to(night).get("unresolved", True):  # a notice that told somebody then does so still
        found.update((number, str(post)) for number, post in session.execute(_NOBODY, this))
    return sorted(found)[:most]


def came_to(night: Night) -> dict[str, Any]:
    """What it came to, as `sise night --json` prints it; {} while it is unfinished."""
    result: dict[str, Any] = json.loads(night.result or "{}")
    return result


def _supersede(session: Session, night_id: int, on: date, now: datetime) -> None:
    this, link = {"night_id": night_id}, link_ahead(session)
    if changed(session, _LOG_SUPERSEDED, this | {"day": on, "now": now, "link": link}):
        belongs(session, link)
        changed(session, _SUPERSEDE, this)


def _without_notice(session: Session, night_id: int) -> list[Escalated]:
    """In task-number order, by code point on every database. A task that was relieved since the
    sweep gets no notice."""
    rows = session.execute(_WITHOUT_NOTICE, {"night_id": night_id})
    in_order = sorted(rows, key=lambda row: row[0])
    return [Escalated(r[1], r[2], Colour(r[3]), *r[4:]) for r in in_order]


class _Numbers:
    """The next number of each policy in a year."""

    def __init__(self, session: Session, year: int) -> None:
        self._last: dict[str, int] = dict(session.execute(_LAST_NUMBERS, {"of": year}).all())

    def next(self, policy: str) -> int:
        self._last[policy] = self._last.get(policy, 0) + 1
        return self._last[policy]


def _notice(
    row: Escalated, ladder: Ladder, sequence: int, on: date, calendar: Calendar
) -> dict[str, Any]:
    rung = ladder.at(row.target)
    return {
        "transition_id": row.transition_id,
        "task_id": row.id,
        "policy_name": ladder.name,
        "year": on.year,
        "sequence": sequence,
        "colour": row.target,
        "state": NoticeState.ISSUED,
        "number": ladder.number_format.format(year=on.year, n=sequence),
        "issued_on": on,
        "acknowledge_by": _owed_by(rung.acknowledge_within, on, calendar),
        "answer_by": _owed_by(rung.answer_within, on, calendar),
    }


@dataclass(slots=True)
class NoticeAhead:
    """A notice as a night would issue it, for whoever only reckons with it."""

    colour: Colour
    acknowledge_by: date | None
    answer_by: date | None
    state: NoticeState = NoticeState.ISSUED


def notice_ahead(rung: Rung, on: date, calendar: Calendar) -> NoticeAhead:
    return NoticeAhead(
        rung.colour,
        _owed_by(rung.acknowledge_within, on, calendar),
        _owed_by(rung.answer_within, on, calendar),
    )


def _owed_by(within: Span | None, on: date, calendar: Calendar) -> date | None:
    """The last day for it, of a notice that was issued on this date."""
    return calendar.roll(within.after(on, calendar)) if within else None


def _write_receipts(
    session: Session,
    escalated: list[Escalated],
    ids: Mapping[int, int],
    ladders: dict[int, Ladder],
    directory: Directory,
    on: date,
) -> None:
    """`ids`: of the notices, by what raised them."""
    receipts = [
        {
            "notice_id": ids[row.transition_id],
            "official_id": told.official_id,
            "capacity": told.capacity,
            "duty": duty,
            "stands_for_id": told.stands_for_id,
            "climbed_from": told.climbed_from,
            "given_on": on,
            "words": "",
        }
        for row in escalated
        for told, duty in told_of(row, ladders[row.policy_id].at(row.target), directory)
    ]
    if receipts:
        changed(session, _INSERT_RECEIPT, receipts)


def told_of(task: Escalated, rung: Rung, directory: Directory) -> Iterator[tuple[Told, Duty]]:
    """Everybody whom this rung tells, each once, with the heaviest duty that falls on them."""
    chosen: dict[int, tuple[Told, Duty]] = {}
    acting = PostKind.HANDLER if PostKind.HANDLER in rung.tell else rung.tell[0]
    ordered: Iterable[PostKind] = sorted(rung.tell, key=lambda kind: kind != acting)
    for kind in ordered:
        duty = Duty.ACT if kind == acting else Duty.ACKNOWLEDGE
        for told in directory.resolve(task, kind):
            chosen.setdefault(told.official_id, (told, duty))
    for kind in rung.copy_to:
        for told in directory.resolve(task, kind):
            chosen.setdefault(told.official_id, (told, Duty.COPY))
    yield from chosen.values()


_THIS = bindparam("night_id", type_=Integer())
_POLICIES = select(Policy)
_INSERT_NOTICE = insert(Notice).returning(col(Notice.transition_id), col(Notice.id))
_INSERT_RECEIPT = insert(Receipt)
_LAST_NUMBERS = (
    select(col(Notice.policy_name), func.max(col(Notice.sequence)))
    .where(col(Notice.year) == bindparam("of", type_=Integer()))
    .group_by(col(Notice.policy_name))
)
_BY_THIS_NIGHT = col(Transition.night_id) == _THIS
_RAISED = select(col(Transition.task_id)).where(_BY_THIS_NIGHT, col(Transition.event) == "escalate")
_ANY_RAISED = _RAISED.limit(1)
_WITHOUT_NOTICE = (
    select(
        col(Task.number),
        col(Transition.id),
        col(Task.id),
        col(Transition.target),
        col(Task.policy_id),
        col(Task.unit_id),
        col(Task.handler_id),
        col(Task.supervising_leader_id),
    )
    .join_from(Transition, Task, col(Task.id) == col(Transition.task_id))
    .outerjoin(Notice, col(Notice.transition_id) == col(Transition.id))
    .where(
        _BY_THIS_NIGHT,
        col(Transition.event) == "escalate",
        col(Notice.id).is_(None),
        col(Task.colour) == col(Transition.target),
    )
)
_OLD = (
    col(Notice.state).in_(written_out(*LIVE)),
    col(Notice.task_id).in_(_RAISED),
    col(Notice.transition_id).not_in(select(col(Transition.id)).where(_BY_THIS_NIGHT)),
)
_LOG_SUPERSEDED = insert(Transition).from_select(
    "machine task_id notice_id event source target on at night_id link_id".split(),
    select(
        literal("notice"),
        col(Notice.task_id),
        col(Notice.id),
        literal("supersede"),
        col(Notice.state),
        literal(str(NoticeState.SUPERSEDED)),
        bindparam("day", type_=Date()),
        bindparam("now", type_=Instant()),
        _THIS,
        bindparam("link", type_=String()),
    ).where(*_OLD),
)
_SUPERSEDE = update(Notice).where(*_OLD).values(state=NoticeState.SUPERSEDED)
_CLIMBED = (
    select(col(Task.number), col(Receipt.climbed_from))
    .join_from(Receipt, Notice, col(Receipt.notice_id) == col(Notice.id))
    .join(Transition, col(Transition.id) == col(Notice.transition_id))
    .join(Task, col(Task.id) == col(Notice.task_id))
    .where(
        col(Receipt.given_on) == bindparam("on", type_=Date()),
        col(Receipt.climbed_from).is_not(None),
        col(Transition.night_id) == _THIS,
    )
    .order_by(col(Receipt.notice_id))
    .limit(bindparam("most", type_=Integer()))
)
_NOBODY = (
    select(col(Task.number), literal("anybody"))
    .join_from(Notice, Transition, col(Transition.id) == col(Notice.transition_id))
    .join(Task, col(Task.id) == col(Notice.task_id))
    .where(
        col(Transition.night_id) == _THIS,
        ~select(col(Receipt.id)).where(col(Receipt.notice_id) == col(Notice.id)).exists(),
    )
    .limit(bindparam("most", type_=Integer()))
)
