"""What a person is asked to decide, with what it is about: for the pages that ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.recipients import aside, tasks_aside
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

    @property
    def open(self) -> bool:
        return self.referral.state == ReferralState.OPEN


def waiting_for(official_id: int, on: date) -> ColumnElement[bool]:
    """What this person is asked now, but for what he stands aside from."""
    return (
        (col(Referral.official_id) == official_id)
        & (col(Referral.state) == ReferralState.OPEN)
        & col(Referral.task_id).not_in(tasks_aside(official_id, on))
    )


def of_the_same(referral: Referral) -> ColumnElement[bool]:
    """Everybody who was ever asked about the same matter."""
    for name in ("application_id", "request_id", "look_back_id"):
        if (key := getattr(referral, name)) is not None:
            found: ColumnElement[bool] = col(getattr(Referral, name)) == key
            return found
    raise AssertionError("a referral is of one matter")


def how_many(session: Session, wanted: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Referral).where(wanted)) or 0


def find_referred(
    session: Session, wanted: ColumnElement[bool], limit: int, offset: int = 0
) -> Sequence[Referred]:
    """What is owed first comes first."""
    by_date = (col(Referral.decide_by), col(Task.number), col(Referral.id))
    rows = session.execute(_JOINED.where(wanted).order_by(*by_date).limit(limit).offset(offset))
    return [_referred(row) for row in rows]


def newest_of(session: Session, referral_id: int, official_id: int) -> Referred | None:
    """This person's referral, or the one that has taken its place since; None for anybody else's.

    Whoever stands aside meanwhile is found too: the caller tells him nothing but that.
    """
    first = session.get(Referral, referral_id)
    if first is None or first.official_id != official_id:
        return None
    if first.state == ReferralState.VOID:
        wanted = of_the_same(first) & (col(Referral.official_id) == official_id)
        open_first = (col(Referral.state) == ReferralState.OPEN).desc()
        rows = session.execute(
            _JOINED.where(wanted).order_by(open_first, col(Referral.id).desc()).limit(1)
        )
    else:
        rows = session.execute(_THIS_ONE, {"referral": first.id})
    return _referred(rows.one())


def stands_aside(session: Session, referral: Referral, on: date) -> bool:
    """Whether this person, or whom he was asked in the stead of, keeps away from the task."""
    away = aside(on)
    people = (referral.official_id, referral.stands_for_id)
    found = select(away.c.task_id).where(
        away.c.task_id == referral.task_id, away.c.official_id.in_(people)
    )
    return session.scalar(found.limit(1)) is not None


# Built once: a page of one referral asks it three times.
_JOINED = (
    select(Referral, Task, Unit, col(Absent.name), Application, ChangeRequest, LookBack)
    .join_from(Referral, Task, col(Task.id) == col(Referral.task_id))
    .join(Unit, col(Unit.id) == col(Task.unit_id))
    .outerjoin(Absent, col(Absent.id) == col(Referral.stands_for_id))
    .outerjoin(Application, col(Application.id) == col(Referral.application_id))
    .outerjoin(ChangeRequest, col(ChangeRequest.id) == col(Referral.request_id))
    .outerjoin(LookBack, col(LookBack.id) == col(Referral.look_back_id))
)
_THIS_ONE = _JOINED.where(col(Referral.id) == bindparam("referral"))


def _referred(row: Any) -> Referred:
    referral, task, unit, absent, application, request, look_back = row
    of = application or request or look_back
    kind = request.kind if request else LOOK_BACK if look_back else APPLICATION
    version = application.version if application else 1
    assert of is not None  # for the types: a referral is of one matter
    return Referred(referral, task, unit, absent or "", of.packet or "", str(kind), version)
