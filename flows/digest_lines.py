"""The lines of a digest: what is read of each receipt and reminder, and said of it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
    Select,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.mail_links import MailLinks
from flows.office import Office
from flows.recipients import TODAY, stands_aside
from flows.reminders import still_due
from flows.these import THESE, Ids, among
from models import (
    Chase,
    Message,
    MessageItem,
    Notice,
    Official,
    Receipt,
    Referral,
    Reminder,
    Task,
    Transition,
    Unit,
)
from models.decision import ReferralState
from models.ladder import Entry, Ladder
from models.notice import Duty, owed
from models.organisation import PostKind
from models.strike import counted
from models.warning import Colour
from models.workdays import Calendar
from notifications.digest import Line
from notifications.referral import Asked, Chased

KINDS = ("receipt", "reminder", "chase")
Absent, Owing = aliased(Official), aliased(Official)


@dataclass(frozen=True)
class Composition:
    """What every line of tonight's digests needs. `replaced`: messages never attempted, by
    person, whose items tonight's digest takes over. Between two nights `night_id` is None, and
    `told` are the receipts that somebody was given just now."""

    office: Office
    night_id: int | None
    on: date
    now: datetime
    calendar: Calendar
    ladders: Mapping[int, Ladder]
    replaced: Mapping[int, list[int]]
    told: Collection[int] = ()
    kinds: Collection[str] = KINDS  # of which there may be lines

    def taken_over(self, people: Iterable[int]) -> list[int]:
        return [message for who in people for message in self.replaced.get(who, ())]


def addressees(
    session: Session, night_id: int, replaced: Mapping[int, list[int]]
) -> tuple[dict[int, int], set[str]]:
    """Everybody with a line tonight, or in a digest that is replaced, and how many, at most; and of
    which kinds they are."""
    lines, kinds = Counter[int](), set[str]()
    found = session.execute(_LINES, {"night": night_id}).all()
    if replaced:
        messages = [message for theirs in replaced.values() for message in theirs]
        found = [*found, *session.execute(_ITEMS, {"these": messages})]
    for kind, who, n in found:
        lines[who] += n
        kinds.add(kind)
    return dict(sorted(lines.items())), kinds


def receipts(
    session: Session, composition: Composition, people: list[int]
) -> Iterable[Row[*tuple[Any, ...]]]:
    """Tonight's receipts of these people, and those of replaced digests, while they are owed."""
    return session.execute(
        _RECEIPTS, _known(composition, people) | {"told": list(composition.told)}
    )


def reminders(
    session: Session, composition: Composition, people: list[int]
) -> Iterable[Row[*tuple[Any, ...]]]:
    """Tonight's reminders of these people and those of replaced digests: the newest of each
    person and task, in the order of numbers."""
    rows = session.execute(_REMINDERS, _known(composition, people))
    due = (row for row in rows if still_due(row.Reminder, row.Task))
    newest = {(row.Official.id, row.Task.id): row for row in due}
    return sorted(newest.values(), key=lambda row: row.Task.number)


def chases(
    session: Session, composition: Composition, people: list[int]
) -> Iterable[Row[*tuple[Any, ...]]]:
    """Tonight's chases of these people and those of replaced digests, while the decision is
    owed: the newest of each person and referral, the one that was owed first before the others."""
    rows = session.execute(_CHASES, _known(composition, people))
    return {(row.Official.id, row.Referral.id): row for row in rows}.values()


def _known(composition: Composition, people: list[int]) -> dict[str, Any]:
    return {
        "people": people,
        "night": composition.night_id,
        "replaced": composition.taken_over(people),
        "on": composition.on,
    }


def warning_line(composition: Composition, row: Row[*tuple[Any, ...]], link: str) -> Line:
    notice, receipt = row.Notice, row.Receipt
    ladder = composition.ladders[row.Task.policy_id]
    return Line(
        **_matter(composition, row.Task, row.Unit),
        colour=notice.colour,
        label=ladder.at(notice.colour).label,
        notice_number=notice.number,
        duty=receipt.duty,
        acknowledge_by=notice.acknowledge_by,
        answer_by=notice.answer_by if receipt.duty == Duty.ACT else None,
        capacity=receipt.capacity,
        climbed_from=receipt.climbed_from,
        stands_for="" if row.Task.restricted else row.absent or "",
        link=link,
        raised_from=Colour(row.raised_from),
        cause=Entry.of_cause(row.cause),
    )


def chase_line(
    composition: Composition, row: Row[*tuple[Any, ...]], asked: Asked, links: MailLinks
) -> Chased:
    """Whoever owes the decision has a link to it."""
    link = "" if row.Chase.superior else links.to(referral_id=row.Referral.id)
    return Chased(
        asked=replace(asked, link=link),
        superior=row.Chase.superior,
        owed_by="" if asked.restricted else row.owing,
        days_over=(composition.on - asked.decide_by).days,
    )


def reminder_line(composition: Composition, row: Row[*tuple[Any, ...]]) -> Line:
    return Line(
        **_matter(composition, row.Task, row.Unit),
        colour=Colour.GREEN,
        label="",
        notice_number="",
        duty=None,
        acknowledge_by=None,
        answer_by=None,
        capacity=PostKind.HANDLER,
        climbed_from=None,
        stands_for="",
        link="",
    )


def _matter(composition: Composition, task: Task, unit: Unit) -> dict[str, Any]:
    """What may be said about the task itself: restricted ones carry number and dates only."""
    due, calendar = task.due_on, composition.calendar
    counted_on = counted(due, composition.ladders[task.policy_id], calendar) if due else None
    return {
        "number": task.number,
        "title": "" if task.restricted else task.title,
        "unit": "" if task.restricted else unit.name,
        "restricted": task.restricted,
        "due_on": due,
        "counted_on": counted_on,
        "days_over": (composition.on - counted_on).days if counted_on else None,
        "provisional": due is not None and not calendar.is_known(due.year),
    }


def _lines_of(kind: str, table: type[Reminder] | type[Chase]) -> Select[str, int, int]:
    what: ColumnElement[str] = literal_column(f"'{kind}'")
    mine = select(what, col(table.official_id), func.count())
    return mine.where(col(table.night_id) == _NIGHT).group_by(col(table.official_id))


def _replaced(wanted: Any, item: Any) -> ColumnElement[bool]:
    of_these = among(col(MessageItem.message_id), bindparam("replaced", type_=Ids()))
    found: ColumnElement[bool] = wanted.in_(select(item).where(of_these))
    return found


_NIGHT = bindparam("night", type_=Integer())
_LINES: CompoundSelect[Any] = union_all(
    select(literal_column("'receipt'"), col(Receipt.official_id), func.count())
    .join(Notice, col(Notice.id) == col(Receipt.notice_id))
    .join(Transition, col(Transition.id) == col(Notice.transition_id))
    .where(col(Transition.night_id) == _NIGHT)
    .group_by(col(Receipt.official_id)),
    _lines_of("reminder", Reminder),
    _lines_of("chase", Chase),
)
_KIND = case(
    (col(MessageItem.receipt_id).is_not(None), literal_column("'receipt'")),
    (col(MessageItem.reminder_id).is_not(None), literal_column("'reminder'")),
    else_=literal_column("'chase'"),
)
_ITEMS = (
    select(_KIND, col(Message.official_id), func.count())
    .join_from(MessageItem, Message, col(Message.id) == col(MessageItem.message_id))
    .where(among(col(Message.id), THESE))
    .group_by(_KIND, col(Message.official_id))
)
_PEOPLE = bindparam("people", type_=Ids())
_RECEIPTS: Select[*tuple[Any, ...]] = (
    select(
        *(Receipt, Notice, Task, Unit, Official),
        col(Absent.name).label("absent"),
        col(Transition.source).label("raised_from"),
        col(Transition.cause).label("cause"),
    )
    .join_from(Receipt, Notice, col(Notice.id) == col(Receipt.notice_id))
    .join(Transition, col(Transition.id) == col(Notice.transition_id))
    .join(Task, col(Task.id) == col(Notice.task_id))
    .join(Unit, col(Unit.id) == col(Task.unit_id))
    .join(Official, col(Official.id) == col(Receipt.official_id))
    .outerjoin(Absent, col(Absent.id) == col(Receipt.stands_for_id))
    .where(
        among(col(Receipt.official_id), _PEOPLE),
        or_(
            col(Transition.night_id) == _NIGHT,
            among(col(Receipt.id), bindparam("told", type_=Ids())),
            _replaced(col(Receipt.id), col(MessageItem.receipt_id)),
        ),
        owed(),
        ~stands_aside(col(Task.id), col(Receipt.official_id), TODAY),
    )
    .order_by(col(Task.number))
)
_REMINDERS = (
    select(Reminder, Task, Unit, Official)
    .join_from(Reminder, Task, col(Task.id) == col(Reminder.task_id))
    .join(Unit, col(Unit.id) == col(Task.unit_id))
    .join(Official, col(Official.id) == col(Reminder.official_id))
    .where(
        among(col(Reminder.official_id), _PEOPLE),
        or_(
            col(Reminder.night_id) == _NIGHT,
            _replaced(col(Reminder.id), col(MessageItem.reminder_id)),
        ),
        col(Task.colour) == Colour.GREEN,
        ~stands_aside(col(Task.id), col(Reminder.official_id), TODAY),
    )
    .order_by(col(Reminder.id))
)
_CHASES: Select[*tuple[Any, ...]] = (
    select(Chase, Referral, Official, col(Owing.name).label("owing"))
    .join_from(Chase, Referral, col(Referral.id) == col(Chase.referral_id))
    .join(Owing, col(Owing.id) == col(Referral.official_id))
    .join(Official, col(Official.id) == col(Chase.official_id))
    .where(
        among(col(Chase.official_id), _PEOPLE),
        or_(
            col(Chase.night_id) == _NIGHT,
            _replaced(col(Chase.id), col(MessageItem.chase_id)),
        ),
        col(Referral.state) == ReferralState.OPEN,
        ~stands_aside(col(Referral.task_id), col(Chase.official_id), TODAY),
    )
    .order_by(col(Chase.superior), col(Referral.decide_by), col(Referral.id), col(Chase.id))
)
