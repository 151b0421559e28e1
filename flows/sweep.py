"""The sweep: every due task is escalated at once.

First the transitions are written, in one statement per policy version, then one more applies what
they say. Nobody else moves a task meanwhile, so both see the same. `models.strike` says it for one
task at a time; a property test holds the two together.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Insert,
    Integer,
    Select,
    Subquery,
    any_,
    bindparam,
    case,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from flows.database import changed
from flows.history import link_id
from flows.moves import lock_all_tasks, lock_tasks
from flows.rulebook import ladder_of
from models import NightShard, Notice, Policy, Task, Transition
from models.columns import Instant
from models.ladder import Entry, Ladder, Rung
from models.notice_machine import NoticeState
from models.signoff import ON_CLOCK
from models.strike import cutoff
from models.warning import LADDER, below
from models.workdays import Calendar

ALL = true()
ENTRIES = 1000  # more entries than any ladder has: a strike's code is rank x ENTRIES - position

OWED = {
    "unacknowledged": (col(Notice.acknowledge_by), (NoticeState.ISSUED,)),
    "unanswered": (col(Notice.answer_by), (NoticeState.ISSUED, NoticeState.ACKNOWLEDGED)),
}
ANCHOR = {
    "due": col(Task.due_on),
    "opened": col(Task.begun_on),
    "stage": col(Task.stage_on),
    "reported": col(Task.reported_on),
}


def sweep(session: Session, *, night_id: int, on: date, now: datetime, calendar: Calendar) -> int:
    """Escalate what is due on this business date; returns how many tasks moved."""
    lock_all_tasks(session)
    for policy in session.scalars(_in_use()).all():
        session.execute(_log(session, policy, night_id, on, now, calendar))
    return _apply(session, night_id)


def due_by(
    session: Session, on: date, calendar: Calendar, among: ColumnElement[bool], most: int
) -> set[int]:
    """Which tasks `among` these some night up to this date will raise, as dates and notices stand
    now: their ids. Of more than `most` so many at least."""
    found = set[int]()
    for policy in session.scalars(_in_use()):
        ladder = ladder_of(policy)
        for rung, entry in ladder.entries():
            last = cutoff(entry, on, ladder, calendar)
            struck = _struck(policy, rung, entry, 0, last).where(among).limit(most + 1)
            found.update(session.scalars(struck))
            if len(found) > most:
                return found
    return found


def sweep_part(
    session: Session,
    part: NightShard,
    *,
    night_id: int,
    on: date,
    now: datetime,
    calendar: Calendar,
) -> int:
    """As `sweep`, for the tasks of one part only: other parts are swept at the same time, and who
    moves a single task waits only if it is one of those that are raised."""
    these = _held(session, part, on, calendar)
    for policy in session.scalars(_in_use()).all():
        session.execute(_log(session, policy, night_id, on, now, calendar, these))
    return _apply(session, night_id, col(Transition.link_id) == link_id(session))


def _held(session: Session, part: NightShard, on: date, calendar: Calendar) -> ColumnElement[bool]:
    """Hold what is due in this part, and choose it. What somebody moved until then is looked at
    anew by the next statement; what only becomes due meanwhile is left to the night's own sweep."""
    inside = part.holds(col(Task.id))
    if session.get_bind().dialect.name == "sqlite":  # where a writer is alone from its BEGIN on
        return inside
    held = lock_tasks(session, _due(session, on, calendar, inside))
    return col(Task.id) == any_(literal(held, ARRAY(Integer)))


def _due(
    session: Session, on: date, calendar: Calendar, these: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Which of these tasks some night up to this date will raise; one list for each policy."""
    policies = session.scalars(_in_use()).all()
    return or_(false(), *(col(Task.id).in_(_due_under(p, on, calendar, these)) for p in policies))


def _due_under(
    policy: Policy, on: date, calendar: Calendar, these: ColumnElement[bool]
) -> Select[int]:
    return select(_codes(policy, ladder_of(policy), on, calendar, these).c.task_id)


def _codes(
    policy: Policy, ladder: Ladder, on: date, calendar: Calendar, these: ColumnElement[bool]
) -> Subquery:
    """Each of these tasks with every entry that has struck for it, as a code."""
    return union_all(
        *(
            _struck(policy, rung, entry, code, cutoff(entry, on, ladder, calendar)).where(these)
            for code, rung, entry in _coded(ladder)
        )
    ).subquery()


def _in_use() -> Select[Policy]:
    in_use = select(col(Task.id)).where(col(Task.policy_id) == col(Policy.id), on_clock())
    return select(Policy).where(in_use.exists()).order_by(col(Policy.id))


def scanned(session: Session) -> int:
    """How many tasks the clock is running for."""
    return session.scalar(select(func.count()).select_from(Task).where(on_clock())) or 0


def _log(
    session: Session,
    policy: Policy,
    night_id: int,
    on: date,
    now: datetime,
    calendar: Calendar,
    these: ColumnElement[bool] = ALL,
) -> Insert:
    ladder = ladder_of(policy)
    codes = _codes(policy, ladder, on, calendar, these)
    best = (
        select(codes.c.task_id, func.max(codes.c.code).label("code"))
        .group_by(codes.c.task_id)
        .subquery()
    )
    rows = select(
        literal("warning"),
        col(Task.id),
        literal("escalate"),
        col(Task.colour),
        _target(ladder, best.c.code),
        literal(on, Date()),
        literal(now, Instant()),
        literal(night_id),
        _cause(ladder, best.c.code),
        _passed(ladder, best.c.code),
        literal(link_id(session)),
    ).join_from(best, Task, col(Task.id) == best.c.task_id)
    into = "machine task_id event source target on at night_id cause passed link_id".split()
    return insert(Transition).from_select(into, rows)


def _struck(policy: Policy, rung: Rung, entry: Entry, code: int, last: date) -> Select[int, int]:
    """The tasks that this entry raises: its anchor lies at or before the cutoff."""
    chosen: Select[int, int] = select(
        col(Task.id).label("task_id"), literal(code).label("code")
    ).where(col(Task.policy_id) == policy.id, on_clock(), col(Task.colour).in_(below(rung.colour)))
    if entry.of is None:
        return chosen.where(ANCHOR[entry.clock] <= last)
    by, states = OWED[entry.clock]
    return chosen.join(Notice, col(Notice.task_id) == col(Task.id)).where(
        col(Notice.colour) == entry.of, _literally(col(Notice.state), states), by <= last
    )


def _apply(session: Session, night_id: int, these: ColumnElement[bool] = ALL) -> int:
    return changed(
        session,
        update(Task)
        .where(
            these,
            col(Transition.night_id) == night_id,
            col(Transition.machine) == "warning",
            col(Transition.event) == "escalate",
            col(Transition.task_id) == col(Task.id),
            col(Task.colour) == col(Transition.source),
        )
        .values(colour=col(Transition.target)),
    )


def on_clock() -> ColumnElement[bool]:
    return _literally(col(Task.state), ON_CLOCK)


def _literally(column: Mapped[Any], values: tuple[str, ...]) -> ColumnElement[bool]:
    """`IN` with the values written out: SQLite uses a partial index only when it can read them."""
    return column.in_(
        bindparam(None, [str(v) for v in values], expanding=True, literal_execute=True)
    )


def _code(rung: Rung, position: int) -> int:
    return rung.colour.rank * ENTRIES + ENTRIES - 1 - position


def _reaches(rung: Rung, code: ColumnElement[int]) -> ColumnElement[bool]:
    return code.between(rung.colour.rank * ENTRIES, rung.colour.rank * ENTRIES + ENTRIES - 1)


def _coded(ladder: Ladder) -> Iterator[tuple[int, Rung, Entry]]:
    for position, (rung, entry) in enumerate(ladder.entries()):
        yield _code(rung, position), rung, entry


def _target(ladder: Ladder, code: ColumnElement[int]) -> ColumnElement[str]:
    return case({n: literal(str(rung.colour)) for n, rung, _ in _coded(ladder)}, value=code)


def _cause(ladder: Ladder, code: ColumnElement[int]) -> ColumnElement[str]:
    return case({n: literal(str(entry)) for n, _, entry in _coded(ladder)}, value=code)


def _passed(ladder: Ladder, code: ColumnElement[int]) -> ColumnElement[str]:
    """The rungs between: one WHEN per pair of colours that has any."""
    said = [
        ((col(Task.colour) == source) & _reaches(rung, code), literal(" ".join(passed)))
        for source in LADDER
        for rung in ladder.rung
        if (passed := ladder.passed(source, rung.colour))
    ]
    return case(*said, else_=literal("")) if said else literal("")
