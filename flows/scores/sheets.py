"""A period's result is approved before it counts: prepared, and then approved, sent back or taken
back. Until then it is counted anew whenever somebody looks, and nowhere kept."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.moves import lock_all_tasks
from flows.papers.approvers import require_approver
from flows.papers.bulletins import frozen
from flows.papers.draft_moves import advance, move_row
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
    _write(session, sheet, move_row(session, sheet, by, "prepare", "", ScoreState.DRAFT))
    return sheet


def approve(session: Session, sheet: ScoreSheet, by: Actor) -> None:
    """From now on it counts, and units may object. Raises Refusal."""
    require_approver(session, sheet, by)
    _move(session, sheet, by, "approve", published_on=by.on)


def send_back(session: Session, sheet: ScoreSheet, by: Actor, reason: str) -> None:
    """The office prepares it again, as things stand then. Raises Refusal."""
    require_approver(session, sheet, by)
    _move(session, sheet, by, "send_back", reason)


def take_back(session: Session, sheet: ScoreSheet, by: OfficeActor, reason: str) -> None:
    """By the office, which has found a mistake in it. Raises Refusal."""
    require_office(session, by)
    _move(session, sheet, by, "take_back", reason)


def sheets(session: Session) -> Sequence[ScoreSheet]:
    """The newest first."""
    return session.exec(_SHEETS).all()


def moves_of(session: Session, these: Sequence[ScoreSheet]) -> Sequence[ScoreMove]:
    return session.scalars(_MOVES, {"sheets": [sheet.id for sheet in these]}).all()


def facts_of(sheet: ScoreSheet) -> ScoreFacts:
    return ScoreFacts.model_validate_json(sheet.content)


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


def _move(
    session: Session,
    sheet: ScoreSheet,
    by: OfficeActor,
    event: str,
    reason: str = "",
    **also: date,
) -> None:
    _write(session, sheet, advance(session, SCORE, sheet, by, event, reason, **also))


def _write(session: Session, sheet: ScoreSheet, move: dict[str, Any]) -> None:
    session.add(ScoreMove(sheet_id=sheet.id, **move))
    session.flush()


_SHEETS = select(ScoreSheet).order_by(col(ScoreSheet.id).desc())
_MOVES = (
    select(ScoreMove)
    .where(col(ScoreMove.sheet_id).in_(bindparam("sheets", expanding=True)))
    .order_by(col(ScoreMove.id))
)
