"""A decision on whatever a referral is of: the one place that knows which act it is."""

from types import MappingProxyType

from sqlmodel import Session

from flows.office import Office
from flows.signoff.actor import Actor
from flows.signoff.deciding import Ruling
from flows.signoff.granting import decide_request
from flows.signoff.levels import decide_level
from flows.signoff.look_backs import Points, decide_look_back
from flows.signoff.telling import tell
from models import Decision, Referral
from models.workdays import Calendar

To = tuple[int | None, int | None]


def decide(
    session: Session,
    office: Office,
    referral_id: int,
    actor: Actor,
    ruling: Ruling,
    *,
    calendar: Calendar,
    to: To = (None, None),
    points: Points = MappingProxyType({}),
) -> Decision:
    """Decide, and write the mails that this owes to anybody. `to`: the unit and handler that an
    objection's matter passes to. `points`: of a look-back's checklist. Raises a Refusal, and then
    nothing is recorded."""
    referral = session.get_one(Referral, referral_id)
    decision = _of(session, referral, actor, ruling, calendar, to, points)
    tell(session, office, on=actor.on, now=actor.now)
    return decision


def _of(
    session: Session,
    referral: Referral,
    actor: Actor,
    ruling: Ruling,
    calendar: Calendar,
    to: To,
    points: Points,
) -> Decision:
    if referral.application_id is not None:
        return decide_level(session, referral.id, actor, ruling, calendar=calendar)
    if referral.request_id is not None:
        unit_id, handler_id = to
        return decide_request(
            session,
            referral.id,
            actor,
            ruling,
            calendar=calendar,
            unit_id=unit_id,
            handler_id=handler_id,
        )
    return decide_look_back(session, referral.id, actor, ruling, points=points, calendar=calendar)
