"""A decision on whatever a referral is of: the one place that knows which act it is."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlmodel import Session

from flows.office import Office
from flows.signoff.actor import Actor
from flows.signoff.deciding import Ruling
from flows.signoff.granting import decide_request
from flows.signoff.levels import decide_level
from models import Decision, Referral
from models.workdays import Calendar


def decide(
    session: Session,
    office: Office,
    referral_id: int,
    actor: Actor,
    ruling: Ruling,
    *,
    calendar: Calendar,
    to: tuple[int | None, int | None] = (None, None),
    points: Mapping[int, tuple[bool, str]] = MappingProxyType({}),
) -> Decision:
    """`to`: the unit and handler that an objection's matter passes to. `points`: of a look-back's
    checklist. Raises a Refusal, and then nothing is recorded."""
    referral = session.get_one(Referral, referral_id)
    if referral.application_id is not None:
        return decide_level(session, referral_id, actor, ruling, calendar=calendar)
    if referral.request_id is not None:
        unit_id, handler_id = to
        return decide_request(
            session,
            referral_id,
            actor,
            ruling,
            calendar=calendar,
            unit_id=unit_id,
            handler_id=handler_id,
        )
    raise NotImplementedError
