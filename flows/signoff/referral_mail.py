"""The mail to whoever is asked to decide: one for each person, with all that is asked anew."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, literal_column, select
from sqlmodel import Session, col

from flows.mail_links import MailLinks
from flows.office import Office
from flows.recipients import TODAY, stands_aside
from flows.signoff.asked import asked_of
from flows.signoff.posting import Letter, post
from flows.taking_over import take_over
from models import Message, MessageItem, Official, Referral
from models.columns import written_out
from models.message import MessageKind, MessageState
from notifications.referral import ReferralMail, render_referral

SPELT = 100  # matters of one mail; more is counted, and shown by its own link
NEVER_CAME = (MessageState.SUPERSEDED, MessageState.SKIPPED)
IS_OPEN: ColumnElement[bool] = col(Referral.state) == literal_column("'open'")  # as its index says


def untold(session: Session, on: date, people: Collection[int] = ()) -> list[Referral]:
    """Open referrals whose person was not yet told. `people`: of these alone."""
    if not people:
        return list(session.scalars(_IN_ORDER, {"on": on}))
    return list(session.scalars(_OF_THESE, {"on": on, "people": list(people)}))


def write_referral_mails(session: Session, office: Office, on: date, now: datetime) -> int:
    """Returns how many mails wait now; what nobody tried to send is taken over."""
    people = {referral.official_id for referral in untold(session, on)}
    if not people:
        return 0
    take_over(session, MessageKind.REFERRAL, people, "a later mail")
    asked: dict[int, list[int]] = {}
    for referral in untold(session, on, people):
        asked.setdefault(referral.official_id, []).append(referral.id)
    for official_id, ids in asked.items():
        official = session.get_one(Official, official_id)
        links = MailLinks(official_id, office.secret)
        said = _said(session, office, official, ids, links, on)
        items = [{"referral_id": referral_id} for referral_id in ids]
        post(session, office, official, Letter(MessageKind.REFERRAL, said, items, links.rows), now)
    return len(asked)


def referrals_anew(
    session: Session,
    office: Office,
    message: Message,
    kept: Sequence[MessageItem],
    links: MailLinks,
) -> dict[str, Any]:
    """What it says without the lines that were dropped."""
    official = session.get_one(Official, message.official_id)
    ids = [item.referral_id for item in kept if item.referral_id is not None]
    return _said(session, office, official, ids, links, office.local(message.composed_at).date())


def _said(
    session: Session,
    office: Office,
    official: Official,
    ids: Sequence[int],
    links: MailLinks,
    on: date,
) -> dict[str, Any]:
    asked = asked_of(session, ids)

    def linked() -> Iterator[Any]:
        for referral_id in ids[:SPELT]:
            yield replace(asked[referral_id], link=links.to(referral_id=referral_id))

    mail = ReferralMail(
        on=on,
        to_name=official.name,
        lines=list(linked()),
        all_link=links.to(),
        more=max(0, len(ids) - SPELT),
    )
    words = render_referral(mail, office.language_of(official))
    return {"urgent": mail.urgent} | words.said


_TOLD = (
    select(col(MessageItem.id))
    .join(Message, col(Message.id) == col(MessageItem.message_id))
    .where(
        col(MessageItem.referral_id) == col(Referral.id),
        col(MessageItem.dropped) == "",
        col(Message.state).not_in(written_out(*NEVER_CAME)),
    )
)
UNTOLD = select(Referral).where(
    IS_OPEN,
    ~_TOLD.exists(),
    ~stands_aside(col(Referral.task_id), col(Referral.official_id), TODAY),
)
_IN_ORDER = UNTOLD.order_by(col(Referral.decide_by), col(Referral.id))
_OF_THESE = _IN_ORDER.where(col(Referral.official_id).in_(bindparam("people", expanding=True)))
