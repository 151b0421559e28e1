"""What of a task waits for a decision, and whether anybody is asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from flows.signoff.levels import NO_LEVEL, barred, rules_of
from flows.signoff.look_back_plans import granted, waiting_look_back
from flows.signoff.request_bounds import approval_of
from flows.signoff.requests import has_a_part, pending
from models import Application, Referral, Task
from models.application import ApplicationState
from models.decision import ReferralState
from models.organisation import PostKind
from models.span import Span


@dataclass(frozen=True)
class Waiting:
    """One matter to decide. `barred`: who may not."""

    of: Mapping[str, int]
    kind: str
    level: int | None
    post: PostKind
    within: Span
    barred: frozenset[int]
    asked: tuple[Referral, ...]


def waiting(session: Session, task: Task) -> list[Waiting]:
    """At most one application's level, one request, one look-back."""
    found = [_level(session, task), _request(session, task), _look_back(session, task)]
    return [one for one in found if one is not None]


def _level(session: Session, task: Task) -> Waiting | None:
    application = session.exec(
        select(Application).where(
            Application.task_id == task.id, Application.state == ApplicationState.OPEN
        )
    ).first()
    if application is None or task.level is None:
        return None
    level = rules_of(session, task).level[task.level - 1]
    of = {
        "application_id": application.id,
        "level": task.level,
        "version": application.version,
    }
    aside = frozenset(barred(session, task, application, task.level))
    return _waiting(session, of, "application", task.level, level.post, level.within, aside)


def _request(session: Session, task: Task) -> Waiting | None:
    request = pending(session, task)
    if request is None:
        return None
    approval = approval_of(rules_of(session, task), request.kind)
    if approval is None:
        return None
    aside = frozenset(has_a_part(task, request))
    of = {"request_id": request.id}
    return _waiting(session, of, request.kind, None, approval.approver, approval.within, aside)


def _look_back(session: Session, task: Task) -> Waiting | None:
    look_back = waiting_look_back(session, task)
    if look_back is None:
        return None
    sample = rules_of(session, task).sample
    aside = frozenset(barred(session, task, granted(session, task), NO_LEVEL))
    of = {"look_back_id": look_back.id}
    return _waiting(session, of, "look_back", None, sample.post, sample.within, aside)


def _waiting(
    session: Session,
    of: Mapping[str, int],
    kind: str,
    level: int | None,
    post: PostKind,
    within: Span,
    aside: frozenset[int],
) -> Waiting:
    same = [col(getattr(Referral, name)) == key for name, key in of.items()]
    asked = session.exec(
        select(Referral)
        .where(*same, Referral.state == ReferralState.OPEN)
        .order_by(col(Referral.id))
    ).all()
    return Waiting(of, str(kind), level, post, within, aside, tuple(asked))
