"""A record is kept, and corrected by a record that stands in its place. Nothing is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, Integer, String, bindparam
from sqlmodel import Session, col, select

from flows.find_task import NoSuchTask, find_task
from flows.history import link_id
from flows.keeping_away import keeps_away
from flows.ledger.apply import apply_ledger
from flows.ledger.rows import Ledger, LedgerRow
from flows.moves import lock_all_tasks
from flows.records.kept_lines import lines_of
from flows.records.lines import Line
from flows.signoff.actor import OfficeActor
from flows.signoff.office_acts import require_office
from models import Application, Record, RecordKind, RecordLine, Task
from models.application import ApplicationState
from models.record import Family
from models.refusal import Refusal
from models.workdays import Calendar

MONEY, RULE = "money_returned", "rule"  # kinds that an application for sign-off tells of, too
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a record says. `kind` is a name."""

    kind: str
    on: date
    topic: str = ""
    led_by: str = ""
    reference: str = ""
    remarks: str = ""
    balancing: bool = False
    lines: tuple[Line, ...] = ()
    void: bool = False


class NotKept(Refusal):
    """It cannot be recorded as it was said."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}；没有记录任何内容", f"{english}; nothing was recorded")


def keep(
    session: Session,
    said: Said,
    actor: OfficeActor,
    *,
    opens: Sequence[LedgerRow] = (),
    calendar: Calendar,
) -> Record:
    """`opens`: tasks that follow from it; they go through the import, and it points at them.
    Raises a Refusal."""
    _hold(session, actor)
    _require_sound(session, said, actor)
    _require_unused(session, said.reference)
    _require_new(session, said)
    open_tasks(session, opens, actor, calendar)
    return _write(session, said, actor, opens)


def correct(
    session: Session, key: int, said: Said | None, actor: OfficeActor, *, reason: str
) -> Record:
    """None: it never was. Raises a Refusal, also where it was corrected already."""
    _hold(session, actor)
    earlier = found(session, key)
    if not reason.strip():
        raise NotKept("请写明更正的理由", "please give the reason of the correction")
    if later := later_than(session, earlier):
        raise NotKept(
            f"第 {key} 号记录已由第 {later.id} 号更正，请更正第 {later.id} 号",
            f"record {key} was corrected by record {later.id}: correct that one",
        )
    if earlier.void:
        raise NotKept(f"第 {key} 号是撤销，不能再更正", f"record {key} is a withdrawal")
    if said is None:
        return _write(session, _withdrawn(session, earlier), actor, corrects=earlier, reason=reason)
    _require_sound(session, said, actor)
    return _write(session, said, actor, corrects=earlier, reason=reason)


def _withdrawn(session: Session, earlier: Record) -> Said:
    """It still names the tasks, so that whoever stands aside from one is not told of it."""
    tasks = {
        line.task: Line(task=line.task) for line in lines_of(session, [earlier.id])[earlier.id]
    }
    return Said(
        kind=earlier.kind,
        on=earlier.on,
        topic=earlier.topic,
        led_by=earlier.led_by,
        lines=tuple(line for number, line in tasks.items() if number),
        void=True,
    )


def found(session: Session, key: int) -> Record:
    """Raises NotKept."""
    record = session.get(Record, key) if 0 < key < 2**31 else None
    if record is None:
        raise NotKept(f"没有第 {key} 号记录", f"there is no record {key}")
    return record


def later_than(session: Session, record: Record) -> Record | None:
    """What stands in its place."""
    return session.scalars(_LATER, {"key": record.id}).first()


def open_tasks(
    session: Session, opens: Sequence[LedgerRow], actor: OfficeActor, calendar: Calendar
) -> None:
    """Through the import, but new ones only: whatever is known keeps what it has."""
    if not opens:
        return
    lock_all_tasks(session)  # nobody opens one of them between this look and the import
    numbers = {"numbers": [row.number for row in opens]}
    if known := session.scalars(_KNOWN, numbers).first():
        raise NotKept(
            f"编号“{known}”已有事项，请另定编号，或只写明涉及该事项",
            f"there is a task '{known}' already: take another number, or just name that one",
        )
    ledger = Ledger(rows=tuple(opens))
    apply_ledger(session, ledger, today=actor.on, now=actor.now, calendar=calendar)
    session.flush()


def _hold(session: Session, actor: OfficeActor) -> None:
    """Whoever else records waits: a reference is used once, a record corrected once."""
    require_office(session, actor)
    session.scalars(_HELD).all()


def _require_sound(session: Session, said: Said, actor: OfficeActor) -> None:
    kind = session.get(RecordKind, said.kind)
    if kind is None:
        raise NotKept(
            f"没有“{said.kind}”这一类记录；可用 sise act kinds 查看",
            f"there is no kind '{said.kind}'; 'sise act kinds' lists them",
        )
    if not EARLIEST <= said.on <= actor.on:
        raise NotKept(f"日期 {said.on} 还没有到，或有误", f"the date {said.on} cannot be")
    if kind.family is Family.OUTCOME and not said.lines:
        raise NotKept(
            f"“{kind.title}”请至少写一行：人员、对象或金额",
            f"'{kind.english}' needs a line at least: a person, a matter or an amount",
        )
    if kind.name == MONEY and any(line.amount is None for line in said.lines):
        raise NotKept("清退款项每行都要写金额", "money returned needs an amount in every line")
    for line in said.lines:
        if line.task:
            task = open_to(session, line.task, actor.official_id, actor.on)
            _require_told_once(session, kind.name, task, line)


def open_to(session: Session, number: str, official_id: int | None, on: date) -> Task:
    """For whoever stands aside from it there is no such task. Raises NoSuchTask."""
    task = find_task(session, number)
    if official_id is not None and keeps_away(session, task.id, official_id, on):
        raise NoSuchTask(number)
    return task


def _require_told_once(session: Session, kind: str, task: Task, line: Line) -> None:
    """What an application that was granted tells of is counted from it."""
    if kind not in (MONEY, RULE):
        return
    for one in session.scalars(_GRANTED, {"task": task.id}):
        rules = {rule.strip() for rule in one.rules.splitlines()}
        if (kind == MONEY and one.money_returned == line.amount) or (
            kind == RULE and line.subject in rules
        ):
            raise NotKept(
                f"事项“{task.number}”的销号申请已写明此项，统计时已计入，不必再录",
                f"the application of task '{task.number}' says this, and it is counted from there",
            )


def _require_unused(session: Session, reference: str) -> None:
    if reference and (used := session.scalars(_USED, {"reference": reference}).first()):
        raise NotKept(
            f"文号“{reference}”已用于第 {used.id} 号记录；如有变化请更正那条记录",
            f"the reference '{reference}' belongs to record {used.id}: correct that one",
        )


def _require_new(session: Session, said: Said) -> None:
    """A form that is sent twice is recorded once."""
    same = {"kind": said.kind, "on": said.on, "topic": said.topic}
    same |= {"led_by": said.led_by, "reference": said.reference}
    alike = session.scalars(_ALIKE, same).all()
    found = [one for one in alike if later_than(session, one) is None]
    lines = lines_of(session, [one.id for one in found])
    for one in found:
        if tuple(lines[one.id]) == said.lines:
            raise NotKept(
                f"与第 {one.id} 号记录完全相同；如确是另一次，请写明不同的文号或主题",
                f"it is the same as record {one.id}; if it is another one, give it a reference or "
                "topic of its own",
            )


def _write(
    session: Session,
    said: Said,
    actor: OfficeActor,
    opens: Sequence[LedgerRow] = (),
    *,
    corrects: Record | None = None,
    reason: str = "",
) -> Record:
    record = Record(
        kind=said.kind,
        on=said.on,
        topic=said.topic,
        led_by=said.led_by,
        reference=corrects.reference if corrects else said.reference,
        remarks=said.remarks,
        balancing=said.balancing,
        corrects_id=corrects.id if corrects else None,
        void=said.void,
        reason=reason.strip(),
        recorded_by_id=actor.official_id,
        said_by=actor.said_by,
        recorded_on=actor.on,
        at=actor.now,
        link_id=link_id(session),
    )
    session.add(record)
    session.flush()
    lines = (*said.lines, *(Line(task=row.number) for row in opens))
    session.add_all(_row(session, record, line) for line in lines)
    session.flush()
    return record


def _row(session: Session, record: Record, line: Line) -> RecordLine:
    return RecordLine(
        record_id=record.id,
        unit=line.unit,
        person=line.person,
        subject=line.subject,
        result=line.result,
        amount=line.amount,
        task_id=find_task(session, line.task).id if line.task else None,
        link_id=record.link_id,
    )


_KNOWN = select(Task.number).where(col(Task.number).in_(bindparam("numbers", expanding=True)))
_GRANTED = select(Application).where(
    col(Application.task_id) == bindparam("task", type_=Integer()),
    col(Application.state) == ApplicationState.GRANTED,
)
_LATER = select(Record).where(col(Record.corrects_id) == bindparam("key", type_=Integer()))
_HELD = select(RecordKind).order_by(col(RecordKind.name)).with_for_update()
_REFERENCE = col(Record.reference) == bindparam("reference", type_=String())
_USED = select(Record).where(_REFERENCE, col(Record.corrects_id).is_(None))
_ALIKE = select(Record).where(
    col(Record.kind) == bindparam("kind", type_=String()),
    col(Record.on) == bindparam("on", type_=Date()),
    col(Record.topic) == bindparam("topic", type_=String()),
    col(Record.led_by) == bindparam("led_by", type_=String()),
    _REFERENCE,
    col(Record.void).is_(False),
)
