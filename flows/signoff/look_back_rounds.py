"""The month's sample: which of the tasks whose look-back date has come are looked at."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date, Select, bindparam, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.history import link_id
from flows.recipients import Directory
from flows.rulebook import procedure_of
from flows.signoff.look_back_plans import put_down
from flows.signoff.packets import is_intact, keep, shown_in
from flows.signoff.sampling import Candidate, draw
from models import LookBack, LookBackRound, Procedure, Task, Transition, Unit
from models.procedure_file import ProcedureFile
from models.refusal import Refusal
from models.signoff import TaskState
from models.span import Span, add_months, last_before
from models.workdays import DAY, Calendar

# Written out: SQLite uses a partial index only when it can read the value.
SIGN_OFF = literal("sign_off", literal_execute=True)
Later = aliased(Transition)


class NoSuchRound(Refusal):
    """There is no round of this number."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"没有第 {number} 号抽样；全部抽样见 sise look-back rounds",
            f"there is no round {number}; 'sise look-back rounds' lists them",
        )


@dataclass(frozen=True, slots=True)
class Come:
    """A task whose nth date has come."""

    task_id: int
    unit: str
    nth: int
    date_on: date


@dataclass(frozen=True)
class Redrawn:
    """A round drawn again, from what was kept of it. `kept`: what was looked at then."""

    round: LookBackRound
    procedure: str
    intact: bool  # what it was drawn from is as it was
    drawn: list[str]
    kept: list[str]

    @property
    def same(self) -> bool:
        return self.intact and sorted(self.drawn) == sorted(self.kept)


def draw_look_backs(
    session: Session, *, last: date | None, on: date, now: datetime, calendar: Calendar
) -> int:
    """In the first night of a month draw each procedure's sample; returns how many tasks were
    drawn. Months in which no night was played are made up: `last` is the night before. The step
    that calls this holds all tasks, so what is eligible does not change meanwhile."""
    month = on.replace(day=1)
    if last is not None and last >= month:
        return 0
    if session.scalar(_ANY) is None:
        return 0
    since = last.replace(day=1) if last else None
    directory = Directory.load(session, on)
    return sum(
        _draw(session, procedure, since, on=on, now=now, calendar=calendar, directory=directory)
        for procedure in session.scalars(_PROCEDURES).all()
    )


def draw_again(session: Session, round_id: int) -> Redrawn:
    """The proof that a sample is what its seed draws. Raises NoSuchRound."""
    found = session.get(LookBackRound, round_id) if 0 < round_id < 2**31 else None
    if found is None:
        raise NoSuchRound(round_id)
    listed = shown_in(session, found.packet)
    eligible = [Candidate(number, unit) for number, unit in listed["eligible"]]
    kept = session.scalars(
        select(col(Task.number))
        .join(LookBack, col(LookBack.task_id) == col(Task.id))
        .where(col(LookBack.round_id) == round_id)
    )
    return Redrawn(
        round=found,
        procedure=session.get_one(Procedure, found.procedure_id).title,
        intact=is_intact(session, found.packet) and len(eligible) == found.eligible,
        drawn=draw(eligible, listed["share"], listed["at_least"], found.seed),
        kept=list(kept),
    )


def _draw(
    session: Session,
    procedure: Procedure,
    since: date | None,
    *,
    on: date,
    now: datetime,
    calendar: Calendar,
    directory: Directory,
) -> int:
    rules, month = procedure_of(procedure), on.replace(day=1)
    come = _come(session, procedure, rules, since, month, calendar)
    if not come:
        return 0
    drawn = _keep_round(session, procedure, rules, come, on, now)
    sample = shown_in(session, drawn.packet)
    candidates = [Candidate(*listed) for listed in sample["eligible"]]
    chosen = draw(candidates, sample["share"], sample["at_least"], drawn.seed)
    for number in chosen:
        put_down(
            session,
            session.get_one(Task, come[number].task_id),
            nth=come[number].nth,
            planned_on=max(come[number].date_on, on),
            on=on,
            calendar=calendar,
            directory=directory,
            round_id=drawn.id,
        )
    return len(chosen)


def _keep_round(
    session: Session,
    procedure: Procedure,
    rules: ProcedureFile,
    come: Mapping[str, Come],
    on: date,
    now: datetime,
) -> LookBackRound:
    """The seed is drawn once, and with it stands all that is needed to draw the sample again."""
    month = f"{on:%Y-%m}"
    listed = {
        "procedure": procedure.name,
        "month": month,
        "share": rules.sample.share,
        "at_least": rules.sample.at_least,
        "eligible": [(number, come[number].unit) for number in sorted(come)],
    }
    drawn = LookBackRound(
        procedure_id=procedure.id,
        month=month,
        seed=f"{procedure.name} {month} {secrets.token_hex(8)}",
        eligible=len(come),
        packet=keep(session, listed),
        drawn_on=on,
        at=now,
        link_id=link_id(session),
    )
    session.add(drawn)
    session.flush()
    return drawn


def _come(
    session: Session,
    procedure: Procedure,
    rules: ProcedureFile,
    since: date | None,
    month: date,
    calendar: Calendar,
) -> dict[str, Come]:
    """By its number, each task whose date falls into this month, or into one after `since`; of
    two dates the later. One that waits to be looked at is not drawn again."""
    found = {}
    for nth, span in enumerate(rules.look_back, 1):
        after = _counted(span, since, calendar) if since else None
        between = {"after": after or date.min, "until": _counted(span, month, calendar)}
        rows = session.execute(_SIGNED_OFF, between | {"procedure": procedure.id})
        for task_id, number, unit, signed_off_on in rows:
            found[number] = Come(task_id, unit, nth, span.after(signed_off_on, calendar))
    return found


def _counted(span: Span, month: date, calendar: Calendar) -> date:
    """The last sign-off whose date counts for this month or an earlier one. A date that comes in
    the month of the sign-off counts for the next: this one's sample may be drawn already."""
    before_next = add_months(month, 1) - DAY
    come = last_before(lambda day: span.after(day, calendar), before_next, span)
    return min(come, month - DAY)


def _signed_off() -> Select[int, str, str, date]:
    """Tasks whose latest sign-off lies between, and still holds."""
    later = select(col(Later.id)).where(
        col(Later.task_id) == col(Transition.task_id),
        col(Later.event) == SIGN_OFF,
        col(Later.id) > col(Transition.id),
    )
    waiting = select(col(LookBack.id)).where(
        col(LookBack.task_id) == col(Task.id), col(LookBack.decided_on).is_(None)
    )
    return (
        select(col(Task.id), col(Task.number), col(Unit.name), col(Transition.on))
        .join_from(Transition, Task, col(Task.id) == col(Transition.task_id))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(
            col(Transition.event) == SIGN_OFF,
            col(Transition.on) <= bindparam("until", type_=Date()),
            col(Transition.on) > bindparam("after", type_=Date()),
            # + 0: from what was signed off in a month, not from all there ever was of its kind.
            col(Task.procedure_id) + 0 == bindparam("procedure"),
            col(Task.state) == TaskState.SIGNED_OFF,
            ~later.exists(),
            ~waiting.exists(),
        )
    )


_PROCEDURES = select(Procedure).order_by(col(Procedure.id))
_SIGNED_OFF = _signed_off()
_ANY = select(col(Transition.id)).where(col(Transition.event) == SIGN_OFF).limit(1)
