"""Mails that go at any hour: a code, a sign-in link, and what another did by one's reply link."""

from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from flows.office import Office
from flows.outbox import outbox_row, put
from flows.proof import LIFE
from flows.recipients import in_force
from models import Notice, Official, Post, Receipt, Task
from models.message import MessageKind
from models.organisation import PostKind
from notifications.links import code_placeholder, sign_in_placeholder
from notifications.render import Rendered
from notifications.urgent_mail import (
    ActReceipt,
    CodeMail,
    SignInMail,
    render_act_receipt,
    render_code,
    render_sign_in,
)

CONTACTS = 3  # of the office, in one mail


def write_code(session: Session, office: Office, owner: Official, salt: str, now: datetime) -> None:
    at, until = office.local(now), office.local(now + LIFE)
    mail = CodeMail(owner.name, code_placeholder(salt), at, until)
    rendered = render_code(mail, office.language_of(owner))
    _write(session, office, owner, MessageKind.CODE, rendered, now, expires_at=now + LIFE)


def write_sign_in(
    session: Session, office: Office, to: Official, salt: str, until: datetime, now: datetime
) -> None:
    """Of the kind of a code: whoever can read it is who he says, and waits for it."""
    link = sign_in_placeholder(salt)
    mail = SignInMail(to.name, link, office.local(now), office.local(until))
    rendered = render_sign_in(mail, office.language_of(to))
    _write(session, office, to, MessageKind.CODE, rendered, now, expires_at=until)


def write_reply_receipt(
    session: Session,
    office: Office,
    owner: Official,
    receipt_id: int,
    act: str,
    *,
    on: date,
    now: datetime,
) -> None:
    """Tell the owner what was just recorded on this receipt, under another's name."""
    receipt, notice, task = session.execute(
        select(Receipt, Notice, Task)
        .join_from(Receipt, Notice, col(Notice.id) == col(Receipt.notice_id))
        .join(Task, col(Task.id) == col(Notice.task_id))
        .where(col(Receipt.id) == receipt_id)
        .execution_options(populate_existing=True)
    ).one()
    write_act_receipt(
        session,
        office,
        owner,
        task,
        act=act,
        said_by=receipt.said_by,
        words=receipt.words,
        notice_number=notice.number,
        on=on,
        now=now,
    )


def write_act_receipt(
    session: Session,
    office: Office,
    owner: Official,
    task: Task,
    *,
    act: str,
    said_by: str,
    words: str,
    notice_number: str = "",
    on: date,
    now: datetime,
) -> None:
    """Tell the owner of a link what was just done with this task, under another's name. `act`: a
    word's key, as "event.apply"."""
    if not owner.email:
        return
    mail = ActReceipt(
        to_name=owner.name,
        said_by=said_by,
        act=act,
        at=office.local(now),
        notice_number=notice_number,
        task_number=task.number,
        title=task.title,
        words=words,
        restricted=task.restricted,
        office=_contacts(session, on),
    )
    rendered = render_act_receipt(mail, office.language_of(owner))
    _write(session, office, owner, MessageKind.RECEIPT, rendered, now)


def _contacts(session: Session, on: date) -> list[str]:
    rows = session.execute(
        select(col(Official.name), col(Official.email))
        .join(Post, col(Post.official_id) == col(Official.id))
        .where(col(Post.kind) == PostKind.OFFICE, in_force(Post, on), col(Official.email) != "")
        .distinct()
        .order_by(col(Official.name))
        .limit(CONTACTS)
    )
    return [f"{name} <{email}>" for name, email in rows]


def _write(
    session: Session,
    office: Office,
    owner: Official,
    kind: MessageKind,
    rendered: Rendered,
    now: datetime,
    **differs: datetime,
) -> None:
    row = outbox_row(office, owner, kind, None, now) | differs
    put(session, [row | rendered.said])
