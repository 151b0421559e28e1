"""The tasks that a reply link leads to: of its receipt or its referral; of the mail's own link,
all that the mail tells of and all that its owner owes."""

from sqlalchemy import Select, select, union
from sqlmodel import Session, col

from flows.reply_links import Opened
from models import Chase, MessageItem, Notice, Receipt, Referral, Reminder, Task, Transition

Tasks = Select[int]


def opened_task(session: Session, opened: Opened, number: str) -> Task | None:
    """The task of this number, if this link leads to it."""
    led = _of_the_mail(opened) if opened.of_the_mail else [_of_the_link(opened)]
    return session.scalar(
        select(Task).where(col(Task.number) == number, col(Task.id).in_(union(*led)))
    )


def _of_the_link(opened: Opened) -> Tasks:
    if opened.link.receipt_id is None:
        return select(col(Referral.task_id)).where(col(Referral.id) == opened.link.referral_id)
    return _told().where(opened.receipts)


def _of_the_mail(opened: Opened) -> list[Tasks]:
    items = (
        _told().join(MessageItem, col(MessageItem.receipt_id) == col(Receipt.id)),
        select(col(Reminder.task_id)).join(
            MessageItem, col(MessageItem.reminder_id) == col(Reminder.id)
        ),
        select(col(Referral.task_id)).join(
            MessageItem, col(MessageItem.referral_id) == col(Referral.id)
        ),
        select(col(Referral.task_id))
        .join(Chase, col(Chase.referral_id) == col(Referral.id))
        .join(MessageItem, col(MessageItem.chase_id) == col(Chase.id)),
        select(col(Transition.task_id)).join(
            MessageItem, col(MessageItem.transition_id) == col(Transition.id)
        ),
    )
    mine = col(MessageItem.message_id) == opened.link.message_id
    return [_told().where(opened.receipts), *(one.where(mine) for one in items)]


def _told() -> Tasks:
    return select(col(Notice.task_id)).join(Receipt, col(Receipt.notice_id) == col(Notice.id))
