"""A unit objects to a published result; the office answers it in time, or its task turns colour.

The answer is put before a leader as any application for sign-off is; from then on it changes the
unit's points. The result itself stays as it was published.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlmodel import Session, col, select

from flows.history import link_id
from flows.recipients import deputies_of, in_force, tasks_aside
from flows.scores.schemes import scheme_of
from flows.scores.sheets import facts_of
from flows.signoff.actor import Actor
from flows.signoff.applications import Content, apply
from flows.signoff.office_acts import hold_for_office
from flows.signoff.office_tasks import next_number, office_post, open_office_task
from flows.signoff.request_bounds import NotAllowed
from flows.signoff.roles import require_reason
from flows.signoff.stages import WORKED_ON
from models import Post, Procedure, ScoreObjection, ScoreRuling, ScoreScheme, ScoreSheet, Task, Unit
from models.organisation import PostKind
from models.refusal import Refusal
from models.score import ScoreState
from models.score_file import LARGEST
from models.signoff import TaskState
from models.workdays import Calendar
from notifications.papers.scores import PointLine, points_words

PROCEDURE = "score_objection"
GRANTED = (TaskState.SIGNED_OFF, TaskState.CONFIRMED)
NUMBERED = "考异"  # how the numbers of objections begin


@dataclass(frozen=True)
class Objection:
    """`line` None: it is about what is missing. `ruling`: the newest; `change` is what it changes,
    None while it was not signed off."""

    row: ScoreObjection
    task: Task
    line: PointLine | None
    ruling: ScoreRuling | None

    @property
    def change(self) -> Decimal | None:
        if self.ruling is None or self.task.state not in GRANTED:
            return None
        return Decimal(self.ruling.change)


def object_by(session: Session, sheet: ScoreSheet, calendar: Calendar) -> date | None:
    """The last day on which units may object; None: it is not published."""
    if sheet.published_on is None:
        return None
    file = scheme_of(session.get_one(ScoreScheme, sheet.scheme_id))
    return file.object_within.after(sheet.published_on, calendar)


def raise_objection(
    session: Session,
    sheet: ScoreSheet,
    unit: str,
    key: str,
    actor: Actor,
    *,
    reason: str,
    calendar: Calendar,
) -> ScoreObjection:
    """`key` of the line, or empty. Opens a restricted task of the office. Raises a Refusal."""
    session.get_one(ScoreSheet, sheet.id, with_for_update=True)  # of two at once the second waits
    _require_head(session, unit, actor)
    _require_open(session, sheet, actor, calendar)
    _require_line(session, sheet, unit, key, actor)
    if not reason.strip():
        raise Refusal("请写明理由；没有记录任何操作", "give the reason; nothing was recorded")
    task = _open(session, sheet, actor, calendar)
    raised = ScoreObjection(
        sheet_id=sheet.id,
        task_id=task.id,
        unit=unit,
        key=key,
        reason=reason.strip(),
        raised_by_id=actor.official_id,
        said_by=actor.said_by,
        on=actor.on,
        at=actor.now,
    )
    session.add(raised)
    session.flush()
    return raised


def answer(
    session: Session,
    task: Task,
    actor: Actor,
    change: str,
    *,
    reason: str,
    calendar: Calendar,
) -> None:
    """Uphold the result (0), or change the unit's points by so much; put before its sign-off.
    Raises a Refusal."""
    hold_for_office(session, task, actor)
    objection = objection_of(session, task)
    if objection is None:
        raise NotAllowed(task.number, "不是考核异议", "it is no objection to a score")
    if task.state not in WORKED_ON:
        raise NotAllowed(task.number, "已经送审签或办结", "it is before its sign-off, or closed")
    require_reason(task, reason)
    by = _points(task, change)
    session.add(
        ScoreRuling(
            objection_id=objection.id,
            change=str(by),
            reason=reason.strip(),
            on=actor.on,
            at=actor.now,
            actor_id=actor.official_id,
            said_by=actor.said_by,
            link_id=link_id(session),
        )
    )
    session.flush()
    said = f"调整 {points_words(by)} 分" if by else "维持原结果"
    content = Content(summary=f"{said}：{reason.strip()}")
    apply(session, task, actor, content, calendar=calendar)


def objection_of(session: Session, task: Task) -> ScoreObjection | None:
    return session.exec(select(ScoreObjection).where(ScoreObjection.task_id == task.id)).first()


def objections(session: Session, sheet: ScoreSheet) -> Sequence[Objection]:
    """In the order in which they came."""
    lines = {line.key: line for line in facts_of(sheet).lines}
    rows = session.exec(
        select(ScoreObjection, Task)
        .join(Task, col(Task.id) == col(ScoreObjection.task_id))
        .where(ScoreObjection.sheet_id == sheet.id)
        .order_by(col(ScoreObjection.id))
    ).all()
    rulings = {
        one.objection_id: one
        for one in session.exec(
            select(ScoreRuling)
            .where(col(ScoreRuling.objection_id).in_([row.id for row, _ in rows]))
            .order_by(col(ScoreRuling.id))
        )
    }
    return [Objection(row, task, lines.get(row.key), rulings.get(row.id)) for row, task in rows]


def changes_of(found: Sequence[Objection]) -> Mapping[str, Decimal]:
    """What granted objections have changed, by unit; restricted lines are in no unit's points."""
    changes: dict[str, Decimal] = defaultdict(Decimal)
    for one in found:
        if one.change and not (one.line and one.line.restricted):
            changes[one.row.unit] += one.change
    return changes


def heads_of(session: Session, official_id: int, on: date) -> frozenset[str]:
    """The units that this person heads, or stands in for whoever heads them."""
    away = {absent for absent, deputy in deputies_of(session, on).items() if deputy == official_id}
    headed = (
        select(Unit.name)
        .join(Post, col(Post.unit_id) == col(Unit.id))
        .where(
            Post.kind == PostKind.UNIT_HEAD,
            col(Post.official_id).in_({official_id, *away}),
            in_force(Post, on),
        )
    )
    return frozenset(session.exec(headed))


def _require_head(session: Session, unit: str, actor: Actor) -> None:
    if unit not in heads_of(session, actor.official_id, actor.on):
        raise Refusal(
            "异议由被考核单位的主要负责人提出，您无权办理；没有记录任何操作",
            "the head of the unit objects, you cannot; nothing was recorded",
        )


def _require_open(session: Session, sheet: ScoreSheet, actor: Actor, calendar: Calendar) -> None:
    until = object_by(session, sheet, calendar)
    if sheet.state is not ScoreState.PUBLISHED or until is None:
        raise Refusal(
            "本期结果尚未公布，不能提出异议；没有记录任何操作",
            "the result is not published, so nobody objects to it; nothing was recorded",
        )
    if actor.on > until:
        raise Refusal(
            f"异议期已于 {until} 届满；没有记录任何操作",
            f"objections could be raised until {until}; nothing was recorded",
        )


def _require_line(session: Session, sheet: ScoreSheet, unit: str, key: str, actor: Actor) -> None:
    facts = facts_of(sheet)
    found = next((one for one in facts.lines if (one.key, one.unit) == (key, unit)), None)
    known = unit in facts.units if not key else found is not None
    if found is not None and found.task:
        task = select(Task.id).where(Task.number == found.task)
        aside = tasks_aside(actor.official_id, actor.on)
        known = session.exec(task.where(col(Task.id).not_in(aside))).first() is not None
    if not known:
        raise Refusal(
            "本期结果中没有这一项，请核对；没有记录任何操作",
            "there is no such line in this result; nothing was recorded",
        )
    for one in objections(session, sheet):
        if (one.row.unit, one.row.key) == (unit, key) and one.task.state != TaskState.WITHDRAWN:
            raise Refusal(
                f"对这一项已提出异议（{one.task.number}）；没有记录任何操作",
                f"an objection to it was raised already ({one.task.number}); nothing was recorded",
            )


def _open(session: Session, sheet: ScoreSheet, actor: Actor, calendar: Calendar) -> Task:
    procedure = session.exec(select(Procedure).where(Procedure.name == PROCEDURE)).first()
    post = office_post(session, actor.on)
    if procedure is None or post is None:
        raise Refusal(
            "没有装入“考核异议”，或通讯录中没有督查办公室；没有记录任何操作",
            f"'{PROCEDURE}' is not loaded, or nobody is the office; nothing was recorded",
        )
    file = scheme_of(session.get_one(ScoreScheme, sheet.scheme_id))
    return open_office_task(
        session,
        procedure,
        post,
        number=next_number(session, NUMBERED, actor.on.year, 2),
        title=f"{file.title} {file.written(sheet.from_on)} 考核异议",
        opened_on=actor.on,
        due_on=file.answer_within.after(actor.on, calendar),
        reason="考核异议",
        on=actor.on,
        now=actor.now,
    )


def _points(task: Task, written: str) -> Decimal:
    plain = written.strip().replace("−", "-").replace("＋", "+").replace("－", "-")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        found = Decimal("NaN")
    exponent = found.as_tuple().exponent
    if not found.is_finite() or abs(found) > LARGEST or not -2 <= int(exponent) <= 3:
        raise NotAllowed(
            task.number,
            f"“{written.strip()[:20]}”不是分值，请写成 +2 或 -0.5",
            f"'{written.strip()[:20]}' is no number of points, write it as +2 or -0.5",
        )
    return found
