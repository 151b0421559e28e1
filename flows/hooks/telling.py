"""What each webhook is told: one delivery for each transition that it wants, exactly once.

The history is read on from a place that the webhook's row keeps; deliveries and place are written
in one transaction, so a process that dies in between tells nothing twice and passes nothing over.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlmodel import Session, col, select

from flows.database import changed, reading, transaction
from flows.feed import Place, Told, newest, transitions_after
from flows.office import Office
from models import Webhook, WebhookDelivery
from models.warning import WARNING
from models.webhook import DeliveryState
from notifications.links import new_salt

LIFE = timedelta(days=3)  # of a delivery that nobody takes
TOGETHER = 1000  # transitions to a commit
LIVE = select(Webhook.id).where(col(Webhook.removed_at).is_(None))


def tell_webhooks(office: Office, *, now: datetime) -> bool:
    """Until each has been told of everything that is committed. False: there is none."""
    with reading(office.engine) as session:
        live = session.exec(LIVE.order_by(col(Webhook.id))).all()
    for hook_id in live:
        more = True
        while more:
            with transaction(office.engine, now) as session:
                more = _tell(session, hook_id, now)
    return bool(live)


def _tell(session: Session, hook_id: int, now: datetime) -> bool:
    """True: there may be more."""
    hook, end = session.get_one(Webhook, hook_id), newest(session)
    place = Place(hook.told_link, hook.told_id)
    found = transitions_after(session, place, TOGETHER)
    full = len(found) == TOGETHER
    reached = found[-1].place if full else max([place, end, *(told.place for told in found)])
    if reached == place or not _step(session, hook, reached):
        return False
    if rows := [_row(hook, told, now) for told in found if wants(hook, told)]:
        changed(session, _TOLD, rows)
    return full


def _step(session: Session, hook: Webhook, reached: Place) -> bool:
    """Whoever takes this step tells what lies on the way; False: it was somebody else."""
    known = {"hook": hook.id, "link": reached.link, "row": reached.row}
    known |= {"seen_link": hook.told_link, "seen_row": hook.told_id}
    return bool(changed(session, _STEP, known))


def wants(hook: Webhook, told: Told) -> bool:
    """Of a restricted matter its colours alone, and to nobody who would learn more from being
    told at all: that it is of a procedure, or that it was closed."""
    events, machine = hook.events.split(), told.move.machine
    if told.task.restricted:
        if machine != WARNING.name or hook.procedures:
            return False
        whole = not events or machine in events
        return whole or (told.move.event == "escalate" and told.kind in events)
    if hook.procedures and told.procedure not in hook.procedures.split():
        return False
    return not events or machine in events or told.kind in events


def event_of(told: Told, *, whole: bool = False) -> dict[str, Any]:
    """Facts without words: titles, people and reasons are read by the API, by whoever may.
    `whole`: it is for somebody who may know what is restricted."""
    move, task = told.move, told.task
    known = {
        "place": str(told.place),
        "task": task.number,
        "colour": move.target if move.machine == WARNING.name else task.colour,
        "due_on": task.due_on,
        "on": move.on,
        "at": move.at.astimezone(UTC),
        "restricted": task.restricted,
    }
    if task.restricted and not whole:
        return {"type": WARNING.name, "timestamp": known["at"], "data": known}
    moved = {"machine": move.machine, "event": move.event}
    moved |= {"source": move.source, "target": move.target}
    return {"type": told.kind, "timestamp": known["at"], "data": known | moved}


def delivery_row(hook: Webhook, event: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "webhook_id": hook.id,
        "transition_id": None,
        "event_id": f"evt_{new_salt()}",
        "body": json.dumps(event, ensure_ascii=False, separators=(",", ":"), default=_written),
        "composed_at": now,
        "expires_at": now + LIFE,
        "next_at": now,
        "state": DeliveryState.QUEUED,
        "attempts": 0,
    }


def _row(hook: Webhook, told: Told, now: datetime) -> dict[str, Any]:
    return delivery_row(hook, event_of(told), now) | {"transition_id": told.move.id}


def _written(value: Any) -> str:
    return str(value.isoformat())


_TOLD = insert(WebhookDelivery)
_STEP = (
    update(Webhook)
    .where(
        col(Webhook.id) == bindparam("hook"),
        col(Webhook.told_link) == bindparam("seen_link"),
        col(Webhook.told_id) == bindparam("seen_row"),
        col(Webhook.removed_at).is_(None),
    )
    .values(told_link=bindparam("link"), told_id=bindparam("row"))
)
