"""Which addresses are told of transitions: added with a secret that is shown once, and removed."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from flows.database import changed
from flows.feed import newest
from flows.hooks.claims import QUEUED
from flows.named_once import hold_names
from flows.office import Office
from models import Procedure, Webhook, WebhookDelivery
from models.notice_machine import NOTICE
from models.refusal import Refusal
from models.request_machine import REQUEST
from models.signoff import SIGNOFF
from models.warning import WARNING
from models.webhook import DeliveryState
from notifications.hook_signature import hook_secret, shown_secret
from notifications.links import key_id, new_salt
from notifications.receivers import is_receiver

MACHINES = (WARNING, NOTICE, SIGNOFF, REQUEST)
EVENTS = tuple(
    name
    for machine in MACHINES
    for name in (
        machine.name,
        *dict.fromkeys(f"{machine.name}.{move.event}" for move in machine.moves),
    )
)
LONGEST = {"name": 80, "address": 500}


def add_webhook(
    session: Session,
    office: Office,
    *,
    name: str,
    address: str,
    events: Collection[str],
    procedures: Collection[str],
    by: str,
    now: datetime,
) -> str:
    """From now on it is told of these events (a machine, or machine.event; none: all) of matters
    of these procedures (none: all). Returns its secret. Raises Refusal."""
    name, address = name.strip(), address.strip()
    hold_names(session)
    _check(session, name, address, events, procedures)
    salt, place = new_salt(), newest(session)
    session.add(
        Webhook(
            name=name,
            address=address,
            events=" ".join(event for event in EVENTS if event in events),
            procedures=" ".join(sorted(set(procedures))),
            salt=salt,
            key_id=key_id(office.secret),
            told_link=place.link,
            told_id=place.row,
            added_at=now,
            added_by=by,
        )
    )
    return shown_secret(hook_secret(office.secret, salt))


def remove_webhook(session: Session, name: str, *, by: str, now: datetime) -> None:
    """It is told of nothing more; what it was still owed is dropped. Raises Refusal."""
    hold_names(session)
    hook = find_webhook(session, name)
    hook.removed_at, hook.removed_by = now, by
    session.add(hook)
    owed = update(WebhookDelivery).where(
        col(WebhookDelivery.webhook_id) == hook.id,
        QUEUED,
    )
    changed(session, owed.values(state=DeliveryState.DROPPED, lease_owner=None, lease_until=None))


def find_webhook(session: Session, name: str) -> Webhook:
    """One that was not removed. Raises Refusal."""
    hook = _named(session, name.strip())
    if hook is None or hook.removed_at is not None:
        raise Refusal(
            f"没有名为“{name[:80]}”的推送地址；sise webhook list 列出全部",
            f"there is no webhook named '{name[:80]}'; 'sise webhook list' lists them",
        )
    return hook


def all_webhooks(session: Session) -> Sequence[Webhook]:
    return session.exec(select(Webhook).order_by(col(Webhook.name))).all()


def _check(
    session: Session,
    name: str,
    address: str,
    events: Collection[str],
    procedures: Collection[str],
) -> None:
    if not name or not name.isprintable() or len(name) > LONGEST["name"]:
        raise Refusal(
            "请写明推送地址的名称（80 字以内）；没有登记",
            "give the webhook a name of at most 80 characters; nothing was registered",
        )
    if _named(session, name) is not None:
        raise Refusal(
            f"已有（或曾有）名为“{name}”的推送地址，请换一个名称；没有登记",
            f"there is, or was, a webhook named '{name}'; take another name. Nothing was "
            "registered",
        )
    if not is_receiver(address) or len(address) > LONGEST["address"]:
        raise Refusal(
            "地址须为完整的 http:// 或 https:// 网址，不含用户名和密码；没有登记",
            "the address must be a whole http:// or https:// one without a name or password in "
            "it; nothing was registered",
        )
    _check_filters(session, events, procedures)


def _check_filters(session: Session, events: Collection[str], procedures: Collection[str]) -> None:
    if unknown := sorted(set(events) - set(EVENTS)):
        raise Refusal(
            f"没有“{unknown[0][:40]}”这种变动；可写：{'、'.join(EVENTS)}。没有登记",
            f"there is no event '{unknown[0][:40]}'; there are {', '.join(EVENTS)}. Nothing was "
            "registered",
        )
    known = set(session.exec(select(Procedure.name)))
    if strange := sorted(set(procedures) - known):
        raise Refusal(
            f"没有“{strange[0][:40]}”这类事项；可写：{'、'.join(sorted(known))}。没有登记",
            f"there is no procedure '{strange[0][:40]}'; there are {', '.join(sorted(known))}. "
            "Nothing was registered",
        )


def _named(session: Session, name: str) -> Webhook | None:
    return session.exec(select(Webhook).where(Webhook.name == name)).first()
