"""What counts: a published result with what granted objections have changed since; as a paper."""

from datetime import date
from decimal import Decimal

from sqlmodel import Session, col, select

from flows.office import Office
from flows.scores.objections import changes_of, objections
from flows.scores.sheets import facts_of, moves_of
from models import ScoreSheet
from models.score import ScoreState
from notifications.papers.paper import Approval, Paper
from notifications.papers.scores import scores_paper


def points_published(session: Session, first: date, last: date) -> dict[str, Decimal]:
    """Each unit's points of just these days, without restricted matters; of several schemes the
    one that was published first."""
    sheet = session.exec(
        select(ScoreSheet)
        .where(
            ScoreSheet.state == ScoreState.PUBLISHED,
            ScoreSheet.from_on == first,
            ScoreSheet.to_on == last,
        )
        .order_by(col(ScoreSheet.id))
    ).first()
    if sheet is None:
        return {}
    facts, changes = facts_of(sheet), changes_of(objections(session, sheet))
    return {unit: facts.points(unit, changes) for unit in facts.units}


def paper_of(session: Session, office: Office, sheet: ScoreSheet, language: str) -> Paper:
    """Whatever was not approved says so on its face."""
    decided = next((one for one in moves_of(session, [sheet]) if one.event == "approve"), None)
    return scores_paper(
        facts_of(sheet),
        (sheet.from_on, sheet.to_on),
        office.local(sheet.as_of),
        language,
        changes=changes_of(objections(session, sheet)),
        draft=sheet.state is not ScoreState.PUBLISHED,
        approval=Approval(decided.said_by, office.local(decided.at)) if decided else None,
    )
