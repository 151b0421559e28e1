"""What a person is asked to decide, with what it is about: for the pages that ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, and_, bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.keeping_away import OF_WHOM, WHO, keeps_away
from models import (
    Application,
    ChangeRequest,
    LookBack,
    Official,
    Referral,
    Task,
    Unit,
)
from models.decision import ReferralState

Absent = aliased(Official)
LOOK_BACK, APPLICATION = "look_back", "application"
MATTERS = ("application_id", "request_id", "look_back_id")  # a referral is of one


@dataclass(frozen=True)
class Referred:
    """One referral. `packet` is the hash of what there is to be shown now; `kind` says what it is
    of: an application, a look-back, or the kind of a request."""

    referral: Referral
    task: Task
    unit: Unit
    stands_for: str  # the absent official whose deputy this is
    packet: str
    kind: str
    version: int
    application: Application | None  # that it is of, if it is of one

    @property
    def open(self) -> bool:
        return self.referral.state == ReferralState.OPEN


def matter_of(referral: Referral) -> tuple[str, int]:
    """Which of its keys says what it is of, and that key."""
    return next((name, key) for name in MATTERS if (key := getattr(referral, name)) is not None)


def find_waiting(
    session: Session, official_id: int, on: date, limit: int, offset: int = 0
) -> Sequence[Referred]:
    """What this person is asked now; what is owed first comes first."""
    of = {"who": official_id, "on": on, "limit": limit, "offset": offset}
    return [_referred(row) for row in session.execute(_WAITING, of)]


def newest_of(session: Session, referral_id: int, official_id: int) -> Referred | None:
    """This person's referral, or the one that has taken its place since; None for anybody else's.

    Whoever stands aside meanwhile is found too: the caller tells him nothing but that.
    """
    row = session.execute(_THIS_ONE, {"referral": referral_id, "who": official_id}).one_or_none()
    if row is not None and row.Referral.state == ReferralState.VOID:
        matter, key = matter_of(row.Referral)
        row = session.execute(_NEWEST[matter], {"key": key, "who": official_id}).one()
    return None if row is None else _referred(row)


def stands_aside(session: Session, referral: Referral, on: date) -> bool:
    """Whether this person, or whom he was asked in the stead of, keeps away from the task."""
    who, stands_for = referral.official_id, referral.stands_for_id
    return keeps_away(session, referral.task_id, who, on, stands_for=stands_for)


# Built once: each page of a referral asks them.
WAITING = and_(
    col(Referral.official_id) == WHO,
    col(Referral.state) == ReferralState.OPEN,
    col(Referral.task_id).not_in(OF_WHOM),
)
"""What a person is asked now, but for what he stands aside from."""
_JOINED = (
    select(Referral, Task, Unit, col(Absent.name), Application, ChangeRequest, LookBack)
    .join_from(Referral, Task, col(Task.id) == col(Referral.task_id))
    .join(Unit, col(Unit.id) == col(Task.unit_id))
    .outerjoin(Absent, col(Absent.id) == col(Referral.stands_for_id))
    .outerjoin(Application, col(Application.id) == col(Referral.application_id))
    .outerjoin(ChangeRequest, col(ChangeRequest.id) == col(Referral.request_id))
    .outerjoin(LookBack, col(LookBack.id) == col(Referral.look_back_id))
)
_THIS_ONE = _JOINED.where(
    col(Referral.id) == bindparam("referral"), col(Referral.official_id) == WHO
)
_NEWEST = {
    matter: _JOINED.where(
        col(getattr(Referral, matter)) == bindparam("key"), col(Referral.official_id) == WHO
    )
    .order_by((col(Referral.state) == ReferralState.OPEN).desc(), col(Referral.id).desc())
    .limit(1)
    for matter in MATTERS
}
_WAITING = (
    _JOINED.where(WAITING)
    .order_by(col(Referral.decide_by), col(Task.number), col(Referral.id))
    .limit(bindparam("limit", type_=Integer()))
    .offset(bindparam("offset", type_=Integer()))
)


def _referred(row: Any) -> Referred:
    referral, task, unit, absent, application, request, look_back = row
    of = application or request or look_back
    kind = request.kind if request else LOOK_BACK if look_back else APPLICATION
    version = application.version if application else 1
    assert of is not None  # for the types: a referral is of one matter
    return Referred(
        referral, task, unit, absent or "", of.packet or "", str(kind), version, application
    )
