"""The sweep: every due task is escalated at once.

First the transitions are written, in one statement per policy version, then one more applies what
they say. Nobody else moves a task meanwhile, so both see the same. `models.strike` says it for one
task at a time; a property test holds the two together.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Insert,
    Integer,
    Select,
    String,
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
from flows.history import belongs, link_ahead, link_id
from flows.moves import lock_all_tasks, lock_tasks
from flows.rulebook import ladder_of
from models import NightShard, Notice, Policy, Task, Transition
from models.columns import Instant, written_out
from models.ladder import Entry, Ladder, Rung
from models.notice_machine import NoticeState
from models.signoff import ON_CLOCK
from models.strike import cutoff
from models.warning import LADDER, below
from models.workdays import Calendar

ALL = true()
# Known when the statement is put together, or when it is run.
Id: TypeAlias = int | BindParameter[int]
Day: TypeAlias = date | BindParameter[date]
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
    link, raised = link_ahead(session), 0
    night = {"night_id": night_id, "day": on, "now": now, "link": link}
    for policy in session.scalars(_IN_USE).all():
        ladder = ladder_of(policy)
        last = {f"last_{code}": day for code, day in _cutoffs(ladder, on, calendar).items()}
        raised += changed(session, _log_of_all(ladder), night | last | {"policy_id": policy.id})
    if not raised:  # as in most nights; what parts of it have raised they have applied
        return 0
    belongs(session, link)
    return changed(session, _APPLY, {"night_id": night_id})


def due_by(
    session: Session, on: date, calendar: Calendar, among: ColumnElement[bool], most: int
) -> set[int]:
    """Which tasks `among` these some night up to this date will raise, as dates and notices stand
    now: their ids. Of more than `most` so many at least."""
    found = set[int]()
    for policy in session.scalars(_IN_USE):
        ladder = ladder_of(policy)
        for rung, entry in ladder.entries():
            until = {"policy_id": policy.id, "last": cutoff(entry, on, ladder, calendar)}
            struck = _struck_by(rung, entry).where(among).limit(most + 1)
            found.update(session.scalars(struck, until))
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
    night = {"night_id": night_id, "day": on, "now": now, "link": link_id(session)}
    for policy in session.scalars(_IN_USE).all():
        ladder = ladder_of(policy)
        changed(session, _log(policy.id, ladder, _cutoffs(ladder, on, calendar), these), night)
    mine = _APPLY.where(col(Transition.link_id) == link_id(session))
    return changed(session, mine, {"night_id": night_id})


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
    policies = session.scalars(_IN_USE).all()
    return or_(false(), *(col(Task.id).in_(_due_under(p, on, calendar, these)) for p in policies))


def _due_under(
    policy: Policy, on: date, calendar: Calendar, these: ColumnElement[bool]
) -> Select[int]:
    ladder = ladder_of(policy)
    return select(_codes(policy.id, ladder, _cutoffs(ladder, on, calendar), these).c.task_id)


def _codes(
    policy_id: Id,
    ladder: Ladder,
    last: Mapping[int, Day],
    these: ColumnElement[bool],
) -> Subquery:
    """Each of these tasks with every entry that has struck for it, as a code."""
    return union_all(
        *(
            _struck(policy_id, rung, entry, code, last[code]).where(these)
            for code, rung, entry in _coded(ladder)
        )
    ).subquery()


def _cutoffs(ladder: Ladder, on: date, calendar: Calendar) -> dict[int, date]:
    return {code: cutoff(entry, on, ladder, calendar) for code, _, entry in _coded(ladder)}


@lru_cache(maxsize=64)
def _log_of_all(ladder: Ladder) -> Insert:
    """Its `policy_id`, and for each code its `last_…`, come as parameters."""
    last = {code: bindparam(f"last_{code}", type_=Date()) for code, _, _ in _coded(ladder)}
    return _log(_POLICY, ladder, last, ALL)


def _log(
    policy_id: Id,
    ladder: Ladder,
    last: Mapping[int, Day],
    these: ColumnElement[bool],
) -> Insert:
    """What is of the night comes as parameters: `night_id`, `day`, `now` and `link`."""
    codes = _codes(policy_id, ladder, last, these)
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
        bindparam("day", type_=Date()),
        bindparam("now", type_=Instant()),
        _NIGHT,
        _cause(ladder, best.c.code),
        _passed(ladder, best.c.code),
        bindparam("link", type_=String()),
    ).join_from(best, Task, col(Task.id) == best.c.task_id)
    into = "machine task_id event source target on at night_id cause passed link_id".split()
    return insert(Transition).from_select(into, rows)


def _struck(policy_id: Id, rung: Rung, entry: Entry, code: int, last: Day) -> Select[int, int]:
    """The tasks that this entry raises: its anchor lies at or before the cutoff."""
    chosen: Select[int, int] = select(
        col(Task.id).label("task_id"), literal(code).label("code")
    ).where(
        col(Task.policy_id) == policy_id,
        on_clock(),
        _literally(col(Task.colour), below(rung.colour)),
    )
    if entry.of is None:
        return chosen.where(ANCHOR[entry.clock] <= last)
    by, states = OWED[entry.clock]
    return chosen.join(Notice, col(Notice.task_id) == col(Task.id)).where(
        col(Notice.colour) == entry.of, _literally(col(Notice.state), states), by <= last
    )


@lru_cache(maxsize=64)
def _struck_by(rung: Rung, entry: Entry) -> Select[int, int]:
    """Its `policy_id` and its `last` come as parameters."""
    return _struck(_POLICY, rung, entry, 0, bindparam("last", type_=Date()))


@lru_cache(maxsize=1)
def on_clock() -> ColumnElement[bool]:
    return _literally(col(Task.state), ON_CLOCK)


def _literally(column: Mapped[Any], values: tuple[str, ...]) -> ColumnElement[bool]:
    """`IN` with the values written out: SQLite uses a partial index only when it can read them."""
    return column.in_(written_out(*values))


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


_NIGHT = bindparam("night_id", type_=Integer())
_POLICY = bindparam("policy_id", type_=Integer())
SCANNED = select(func.count()).select_from(Task).where(on_clock()).scalar_subquery()
_IN_USE = (
    select(Policy)
    .where(select(col(Task.id)).where(col(Task.policy_id) == col(Policy.id), on_clock()).exists())
    .order_by(col(Policy.id))
)
_APPLY = (
    update(Task)
    .where(
        col(Transition.night_id) == _NIGHT,
        col(Transition.machine) == "warning",
        col(Transition.event) == "escalate",
        col(Transition.task_id) == col(Task.id),
        col(Task.colour) == col(Transition.source),
    )
    .values(colour=col(Transition.target))
)
