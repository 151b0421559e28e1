"""The webhooks as the desk reads them, with what each was told last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from flows.hooks.claims import QUEUED
from models import Procedure, Task, Transition, Webhook, WebhookAttempt, WebhookDelivery


@dataclass(frozen=True)
class Delivery:
    """`number` and `move` None: a trial. `last`: what came of the newest attempt."""

    row: WebhookDelivery
    number: str | None
    move: Transition | None
    last: WebhookAttempt | None


def hooks(session: Session) -> Sequence[Webhook]:
    """Those that are told; then those that were removed."""
    removed = col(Webhook.removed_at).is_not(None)
    return session.scalars(select(Webhook).order_by(removed, col(Webhook.name))).all()


def owed_by(session: Session) -> Mapping[int, int]:
    counted = (
        select(col(WebhookDelivery.webhook_id), func.count())
        .where(QUEUED)
        .group_by(col(WebhookDelivery.webhook_id))
    )
    return dict(session.execute(counted).all())


def procedure_titles(session: Session) -> Mapping[str, str]:
    """By name; the newest version's."""
    found = select(col(Procedure.name), col(Procedure.title)).order_by(col(Procedure.id))
    return dict(session.execute(found).all())


def recent(session: Session, hook: Webhook, most: int) -> Sequence[Delivery]:
    """The newest first."""
    newest = (
        select(WebhookDelivery, col(Task.number), Transition)
        .outerjoin(Transition, col(Transition.id) == col(WebhookDelivery.transition_id))
        .outerjoin(Task, col(Task.id) == col(Transition.task_id))
        .where(col(WebhookDelivery.webhook_id) == hook.id)
        .order_by(col(WebhookDelivery.id).desc())
        .limit(most)
    )
    found = session.execute(newest).all()
    these = [row.id for row, _, _ in found]
    tried = session.scalars(
        select(WebhookAttempt)
        .where(col(WebhookAttempt.delivery_id).in_(these))
        .order_by(col(WebhookAttempt.id))
    )
    last = {attempt.delivery_id: attempt for attempt in tried}
    return [Delivery(row, number, move, last.get(row.id)) for row, number, move in found]
