"""A period's result is approved before it counts: prepared, and then approved, sent back or taken
back. Until then it is counted anew whenever somebody looks, and nowhere kept."""

import hashlib
from collections.abc import Sequence
from datetime import date

from sqlalchemy import update
from sqlmodel import Session, col, select

from flows.database import changed
from flows.history import link_id
from flows.moves import lock_all_tasks
from flows.papers.approvers import is_approver
from flows.papers.bulletins import frozen
from flows.scores.counting import score_facts
from flows.scores.schemes import scheme_of
from flows.signoff.actor import Actor, OfficeActor
from flows.signoff.office_acts import require_office
from models import ScoreMove, ScoreScheme, ScoreSheet
from models.refusal import Refusal
from models.score import SCORE, ScoreState
from models.workdays import Calendar
from notifications.papers.scores import ScoreFacts

STANDING = (ScoreState.DRAFT, ScoreState.PUBLISHED)


def prepare(
    session: Session, scheme: ScoreScheme, by: OfficeActor, first: date, *, calendar: Calendar
) -> ScoreSheet:
    """Freeze the period that begins on this day, for somebody else to approve. Raises Refusal."""
    require_office(session, by)
    lock_all_tasks(session)
    begins, last = scheme_of(scheme).days_of(first)
    _require_free(session, scheme, by, begins, last)
    sheet = ScoreSheet(
        scheme_id=scheme.id,
        name=scheme.name,
        from_on=begins,
        to_on=last,
        as_of=by.now,
        content=frozen(score_facts(session, scheme, begins, last, calendar=calendar)),
        state=ScoreState.DRAFT,
        prepared_by_id=by.official_id,
        prepared_by=by.said_by,
    )
    session.add(sheet)
    session.flush()
    _write(session, sheet, by, "prepare", "", ScoreState.DRAFT, "")
    return sheet


def approve(session: Session, sheet: ScoreSheet, by: Actor) -> None:
    """From now on it counts, and units may object. Raises Refusal."""
    _require_approver(session, sheet, by)
    _move(session, sheet, by, "approve")


def send_back(session: Session, sheet: ScoreSheet, by: Actor, reason: str) -> None:
    """The office prepares it again, as things stand then. Raises Refusal."""
    _require_approver(session, sheet, by)
    _move(session, sheet, by, "send_back", reason)


def take_back(session: Session, sheet: ScoreSheet, by: OfficeActor, reason: str) -> None:
    """By the office, which has found a mistake in it. Raises Refusal."""
    require_office(session, by)
    _move(session, sheet, by, "take_back", reason)


def may_approve(session: Session, sheet: ScoreSheet, official_id: int, on: date) -> bool:
    return is_approver(session, official_id, on) and sheet.prepared_by_id != official_id


def sheets(session: Session) -> Sequence[ScoreSheet]:
    """The newest first."""
    return session.exec(select(ScoreSheet).order_by(col(ScoreSheet.id).desc())).all()


def moves_of(session: Session, these: Sequence[ScoreSheet]) -> Sequence[ScoreMove]:
    keys = [sheet.id for sheet in these]
    wanted = select(ScoreMove).where(col(ScoreMove.sheet_id).in_(keys))
    return session.exec(wanted.order_by(col(ScoreMove.id))).all()


def facts_of(sheet: ScoreSheet) -> ScoreFacts:
    return ScoreFacts.model_validate_json(sheet.content)


def hash_of(sheet: ScoreSheet) -> str:
    return hashlib.sha256(sheet.content.encode()).hexdigest()


def _require_free(
    session: Session, scheme: ScoreScheme, by: OfficeActor, first: date, last: date
) -> None:
    file = scheme_of(scheme)
    period = file.written(first)
    if last >= by.on:
        raise Refusal(
            f"{period} 还没有结束，期满后才能拟；没有拟稿",
            f"{period} is not over yet, it is prepared after its end; nothing was prepared",
        )
    stands = select(ScoreSheet).where(
        ScoreSheet.name == scheme.name,
        ScoreSheet.from_on == first,
        col(ScoreSheet.state).in_(STANDING),
    )
    found = session.exec(stands).first()
    if found is not None:
        chinese, english = (
            ("正在待审批", "waits for approval")
            if found.state is ScoreState.DRAFT
            else ("已公布，如有差错由单位提出异议更正", "is published; objections correct it")
        )
        raise Refusal(
            f"“{file.title}”{period} {chinese}；没有拟稿",
            f"'{scheme.name}' of {period} {english}; nothing was prepared",
        )


def _require_approver(session: Session, sheet: ScoreSheet, by: Actor) -> None:
    if sheet.prepared_by_id == by.official_id:
        raise Refusal(
            "本期由您拟稿，须由他人审批；没有记录任何操作",
            "you prepared it, so somebody else approves it; nothing was recorded",
        )
    if not is_approver(session, by.official_id, by.on):
        raise Refusal(
            "考核结果只能由领导小组负责人或分管领导审批，您无权审批；没有记录任何操作",
            "only the head of the leading group or a supervising leader approves a result; "
            "nothing was recorded",
        )


def _move(
    session: Session, sheet: ScoreSheet, by: OfficeActor, event: str, reason: str = ""
) -> None:
    if not SCORE.allows(sheet.state, event):
        raise _not_waiting()
    move = SCORE.find(sheet.state, event)
    if "reason" in move.given and not reason.strip():
        raise Refusal("请写明理由；没有记录任何操作", "give the reason; nothing was recorded")
    published_on = by.on if move.target == ScoreState.PUBLISHED else None
    held = update(ScoreSheet).where(
        col(ScoreSheet.id) == sheet.id, col(ScoreSheet.state) == move.source
    )
    if not changed(session, held.values(state=move.target, published_on=published_on)):
        raise _not_waiting()
    session.refresh(sheet)
    _write(session, sheet, by, event, move.source, move.target, reason.strip())


def _not_waiting() -> Refusal:
    return Refusal(
        "本期已不在待审批状态（他人已先处理）；没有记录任何操作",
        "it does not wait for approval any more, somebody was quicker; nothing was recorded",
    )


def _write(
    session: Session,
    sheet: ScoreSheet,
    by: OfficeActor,
    event: str,
    source: str,
    target: str,
    reason: str,
) -> None:
    session.add(
        ScoreMove(
            sheet_id=sheet.id,
            event=event,
            source=source,
            target=target,
            content_hash=hash_of(sheet),
            reason=reason,
            on=by.on,
            at=by.now,
            actor_id=by.official_id,
            said_by=by.said_by,
            assurance=by.assurance if isinstance(by, Actor) else "",
            link_id=link_id(session),
        )
    )
    session.flush()
