"""What the digest of a link told of one level below: decisions that others owe, while they do."""

from datetime import date

from sqlalchemy import Integer, bindparam, select
from sqlmodel import Session, col

from flows.keeping_away import OF_WHOM, WHO
from flows.reply_links import Opened
from flows.signoff.asked import asked_of
from models import Chase, MessageItem, Official, Referral
from models.decision import ReferralState
from notifications.referral import Chased


def late_below(session: Session, opened: Opened, limit: int, on: date) -> list[Chased]:
    """The one that was owed first before the others; nothing behind the link of one receipt, nor
    behind one whose days are over."""
    if not opened.of_the_mail or opened.shut:
        return []
    link = opened.link
    of = {"message": link.message_id, "who": link.official_id, "on": on, "limit": limit}
    owing = dict(session.execute(_OWING, of).all())
    asked = asked_of(session, owing)
    return [
        Chased(
            asked=asked[referral_id],
            superior=True,
            owed_by="" if asked[referral_id].restricted else name,
            days_over=(on - asked[referral_id].decide_by).days,
        )
        for referral_id, name in owing.items()
    ]


_OWING = (
    select(col(Referral.id), col(Official.name))
    .join_from(MessageItem, Chase, col(Chase.id) == col(MessageItem.chase_id))
    .join(Referral, col(Referral.id) == col(Chase.referral_id))
    .join(Official, col(Official.id) == col(Referral.official_id))
    .where(
        col(MessageItem.message_id) == bindparam("message"),
        col(Chase.official_id) == WHO,
        col(Chase.superior),
        col(Referral.state) == ReferralState.OPEN,
        col(Referral.task_id).not_in(OF_WHOM),
    )
    .order_by(col(Referral.decide_by), col(Referral.id))
    .limit(bindparam("limit", type_=Integer()))
)
