"""Many decisions and acknowledgements from one form: each is an act of its own, and one that
cannot be made does not stop the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, and_, bindparam, func, select
from sqlmodel import Session, col

from flows.database import reading, transaction
from flows.keeping_away import OF_WHOM, WHO
from flows.replies import acknowledge
from flows.signoff.referred import WAITING, find_waiting
from models import Notice, Receipt, Referral, Task, Unit
from models.notice import Duty
from models.notice_machine import LIVE
from web.desk import Desk
from web.matter import Matter, Showing
from web.referral_view import Case, Cases
from web.ruling import rule
from web.ruling_form import Fault, RulingForm, Submitted
from web.seat import Seat

PAGE = 50
GONE = (
    "已签收过，或预警单已解除、被取代；没有重复记录。",
    "It was acknowledged before, or the notice is no longer live; nothing was recorded.",
)


@dataclass(frozen=True)
class Tick:
    """A notice to be acknowledged."""

    receipt_id: int
    notice_number: str
    matter: Matter


@dataclass(frozen=True)
class Result:
    """What became of one line. `fault`: why it was not recorded; `words`: what was written."""

    number: str
    what: str
    fault: Fault | None = None
    words: str = ""


@dataclass(frozen=True)
class Many:
    cases: Sequence[Case]
    items: Sequence[Tick]
    n_cases: int
    n_items: int
    page: int
    faults: Sequence[Fault] = ()
    results: Sequence[Result] = ()

    @property
    def pages(self) -> int:
        return max(1, -(-max(self.n_cases, self.n_items) // PAGE))

    @property
    def recorded(self) -> int:
        return sum(one.fault is None for one in self.results)


def load_many(
    session: Session,
    showing: Showing,
    seat: Seat,
    page: int,
    faults: Sequence[Fault] = (),
    results: Sequence[Result] = (),
) -> Many:
    """One page of what waits for this person."""
    who = seat.official.id
    n_cases, n_items = session.execute(_HOW_MANY, {"who": who, "on": seat.on}).one()
    page = min(page, max(1, -(-max(n_cases, n_items) // PAGE)))
    offset = (page - 1) * PAGE
    found = find_waiting(session, who, seat.on, PAGE, offset) if n_cases else []
    cases = Cases(session, showing, seat).lines(found) if found else []
    items = _ticks(session, showing, seat, offset) if n_items else []
    return Many(cases, items, n_cases, n_items, page, faults, results)


def faults_of(seat: Seat, sent: Submitted) -> list[Fault]:
    """What is missing from the whole form."""
    if sent.on_behalf:
        return [("决定须由本人作出，不能代办。", "A decision cannot be made on behalf.")]
    if not sent.chosen() and not sent.ticks:
        return [
            (
                "请至少选择一件。没有记录任何操作。",
                "Please choose at least one; nothing was recorded.",
            )
        ]
    if not seat.proved and not sent.sure:
        return [
            ("请勾选“我是本人”。", "Please tick that it is you."),
        ]
    return []


def act_on_many(desk: Desk, seat: Seat, sent: Submitted) -> list[Result]:
    """Each line in a transaction of its own."""
    results = [_decide(desk, seat, key, form) for key, form in list(sent.chosen().items())[:PAGE]]
    return results + [_acknowledge(desk, seat, key) for key in dict.fromkeys(sent.ticks[:PAGE])]


def _decide(desk: Desk, seat: Seat, referral_id: int, form: RulingForm) -> Result:
    number, fault = rule(desk, seat, referral_id, form)
    verdict = f"verdict.{form.choice}" if fault is None else ""
    return Result(number, verdict, fault, form.reason if fault else "")


def _acknowledge(desk: Desk, seat: Seat, receipt_id: int) -> Result:
    of = {"who": seat.official.id, "on": seat.on, "receipt": receipt_id}
    with reading(desk.office.engine) as session:
        number = session.scalar(_NUMBER, of)
    if number is None:
        return Result("", "", GONE)
    with transaction(desk.office.engine, seat.now) as session:
        done = acknowledge(
            session,
            receipt_id,
            seat.official.id,
            said_by=seat.official.name,
            words="",
            on=seat.on,
            now=seat.now,
            assurance=seat.assurance,
        )
    return Result(number, "event.acknowledge", None if done else GONE)


def _ticks(session: Session, showing: Showing, seat: Seat, offset: int) -> list[Tick]:
    of = {"who": seat.official.id, "on": seat.on, "offset": offset}
    return [
        Tick(
            key,
            notice.number,
            showing.matter(
                task, unit, hidden=task.restricted and not seat.proved, colour=notice.colour
            ),
        )
        for key, notice, task, unit in session.execute(_TICKS, of)
    ]


# What a supervisor has to acknowledge; the handler answers instead, one by one.
_MINE = and_(
    col(Receipt.official_id) == WHO,
    col(Receipt.duty) == Duty.ACKNOWLEDGE,
    col(Receipt.acknowledged_at).is_(None),
    col(Receipt.ended_on).is_(None),
    col(Notice.state).in_(LIVE),
    col(Notice.task_id).not_in(OF_WHOM),
)
_HOW_MANY = select(
    select(func.count()).select_from(Referral).where(WAITING).scalar_subquery(),
    select(func.count(col(Receipt.id)))
    .join(Notice, col(Notice.id) == col(Receipt.notice_id))
    .where(_MINE)
    .scalar_subquery(),
)
_TICKS = (
    select(col(Receipt.id), Notice, Task, col(Unit.name))
    .join(Notice, col(Notice.id) == col(Receipt.notice_id))
    .join(Task, col(Task.id) == col(Notice.task_id))
    .join(Unit, col(Unit.id) == col(Task.unit_id))
    .where(_MINE)
    .order_by(col(Notice.acknowledge_by), col(Task.number))
    .limit(PAGE)
    .offset(bindparam("offset", type_=Integer()))
)
_NUMBER = (
    select(col(Task.number))
    .join(Notice, col(Notice.task_id) == col(Task.id))
    .join(Receipt, col(Receipt.notice_id) == col(Notice.id))
    .where(_MINE, col(Receipt.id) == bindparam("receipt"))
)
