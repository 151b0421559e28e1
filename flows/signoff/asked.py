"""What somebody who is asked to decide has to know, read for many referrals at once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.rulebook import procedure_of
from models import (
    Application,
    ChangeRequest,
    Evidence,
    LookBack,
    Official,
    Procedure,
    Referral,
    Task,
    Unit,
)
from models.application import EvidenceKind
from notifications.referral import Asked

GIST = 200  # letters of what was done, or of a reason
GIST_LINES = 4

Absent, Namer, Applicant, Asker = (aliased(Official) for _ in range(4))


@dataclass(frozen=True)
class _Origin:
    """Who put it forward, when, and in which words."""

    by: str
    on: Any
    words: str


def asked_of(session: Session, referral_ids: Collection[int]) -> dict[int, Asked]:
    """By referral, without links."""
    if not referral_ids:
        return {}
    rows = session.execute(_ASKED, {"referrals": list(referral_ids)}).all()
    files = _files(session, {row.Referral.application_id for row in rows})
    return {row.Referral.id: _asked(row, files) for row in rows}


def gist(words: str, letters: int = GIST, most: int = GIST_LINES) -> str:
    """The first lines."""
    lines = [line.strip() for line in words.strip().splitlines() if line.strip()]
    said = "\n".join(lines[:most])
    whole = len(lines) <= most and len(said) <= letters
    return said if whole else f"{said[:letters].rstrip()}……"


def _asked(row: Row[*tuple[Any, ...]], files: dict[int, int]) -> Asked:
    referral, task, request = row.Referral, row.Task, row.ChangeRequest
    hidden, levels = task.restricted, procedure_of(row.Procedure).level
    level = referral.level
    origin = _origin(row)
    return Asked(
        number=task.number,
        title="" if hidden else task.title,
        unit="" if hidden else row.unit,
        restricted=hidden,
        colour=task.colour,
        level=level,
        levels=len(levels),
        level_title=levels[level - 1].title if level and level <= len(levels) else "",
        request=request.kind if request else None,
        nth=row.LookBack.nth if row.LookBack else None,
        asked_by="" if hidden else origin.by,
        asked_on=origin.on,
        words="" if hidden else gist(origin.words),
        legal_basis="" if hidden or not request else request.legal_basis,
        until_on=request.until_on if request else None,
        evidence=files.get(referral.application_id, 0),
        due_on=task.due_on,
        original_due_on=task.original_due_on,
        given_on=referral.given_on,
        decide_by=referral.decide_by,
        capacity=referral.capacity,
        stands_for="" if hidden else row.absent or "",
        climbed_from=referral.climbed_from,
        named_by="" if hidden else row.namer or "",
        again=referral.application_id is not None and referral.version > 1,
    )


def _origin(row: Row[*tuple[Any, ...]]) -> _Origin:
    if row.Application:
        return _Origin(row.by, row.Application.applied_on, row.Application.summary)
    if row.ChangeRequest:
        return _Origin(row.by, row.ChangeRequest.asked_on, row.ChangeRequest.reason)
    return _Origin("", None, "")


def _files(session: Session, applications: Collection[int | None]) -> dict[int, int]:
    """How many files belong to each packet."""
    counted = session.execute(_FILES, {"packets": list(applications)})
    return dict(counted.all())


_ASKED: Select[*tuple[Any, ...]] = (
    select(
        *(Referral, Task, Application, ChangeRequest, LookBack, Procedure),
        col(Unit.name).label("unit"),
        col(Absent.name).label("absent"),
        col(Namer.name).label("namer"),
        func.coalesce(col(Applicant.name), col(Asker.name)).label("by"),
    )
    .join_from(Referral, Task, col(Task.id) == col(Referral.task_id))
    .join(Unit, col(Unit.id) == col(Task.unit_id))
    .join(Procedure, col(Procedure.id) == col(Task.procedure_id))
    .outerjoin(Application, col(Application.id) == col(Referral.application_id))
    .outerjoin(ChangeRequest, col(ChangeRequest.id) == col(Referral.request_id))
    .outerjoin(LookBack, col(LookBack.id) == col(Referral.look_back_id))
    .outerjoin(Absent, col(Absent.id) == col(Referral.stands_for_id))
    .outerjoin(Namer, col(Namer.id) == col(Referral.named_by_id))
    .outerjoin(Applicant, col(Applicant.id) == col(Application.applied_by_id))
    .outerjoin(Asker, col(Asker.id) == col(ChangeRequest.asked_by_id))
    .where(col(Referral.id).in_(bindparam("referrals", expanding=True)))
)
_FILES = (
    select(col(Evidence.application_id), func.count())
    .where(
        col(Evidence.application_id).in_(bindparam("packets", expanding=True)),
        col(Evidence.kind) != EvidenceKind.DECISION,
        col(Evidence.removed_at).is_(None),
    )
    .group_by(col(Evidence.application_id))
)
