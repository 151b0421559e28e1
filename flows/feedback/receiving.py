"""Feedback comes in: a row with its words, and a restricted task of the office with the clock."""

import secrets
from datetime import date, datetime

from sqlmodel import Session, select

from flows.rulebook import procedure_of
from flows.signoff.office_tasks import next_number, office_post, open_office_task
from models import Feedback, Procedure, Task
from models.feedback import Channel, Fate
from models.refusal import Refusal
from models.workdays import Calendar
from notifications.wording import word

PROCEDURE = "feedback"
LONGEST, LONGEST_CONTACT = 2000, 100
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read for another


class NotTaken(Refusal):
    """It cannot be taken in as it is."""


def receive(
    session: Session,
    words: str,
    *,
    channel: Channel,
    contact: str = "",
    received_on: date | None = None,
    on: date,
    now: datetime,
    calendar: Calendar,
) -> Feedback:
    """Take it in; the reference is on the row. Raises a Refusal, and then nothing is recorded."""
    words, contact = words.strip(), contact.strip()
    _require_words(words, contact)
    received_on = received_on or on
    if not date(2000, 1, 1) <= received_on <= on:
        raise NotTaken(
            "收到日期不能晚于今天；没有记录",
            "it cannot be received after today; nothing was recorded",
        )
    task = _open(session, channel, received_on, on, now, calendar)
    taken = Feedback(
        task_id=task.id,
        reference="".join(secrets.choice(_LETTERS) for _ in range(12)),
        channel=channel,
        received_on=received_on,
        words=words,
        contact=contact,
        fate=Fate.KEPT,
        passed_to="",
        reply="",
    )
    session.add(taken)
    session.flush()
    return taken


def _require_words(words: str, contact: str) -> None:
    if not words:
        raise NotTaken(
            "请写明要反映的情况；没有记录", "please say what it is; nothing was recorded"
        )
    if len(words) > LONGEST or len(contact) > LONGEST_CONTACT:
        raise NotTaken(
            f"内容不能超过 {LONGEST} 字，联系方式不能超过 {LONGEST_CONTACT} 字；没有记录",
            f"at most {LONGEST} characters, and {LONGEST_CONTACT} of how to reach you; nothing was "
            "recorded",
        )


def _open(
    session: Session,
    channel: Channel,
    received_on: date,
    on: date,
    now: datetime,
    calendar: Calendar,
) -> Task:
    procedure = session.exec(select(Procedure).where(Procedure.name == PROCEDURE)).first()
    post = office_post(session, on)
    if procedure is None or post is None:
        raise NotTaken(
            "目前不能在这里反馈，请通过电话或来信反映；没有记录",
            "feedback cannot be taken here at present; please call or write. Nothing was recorded",
        )
    stage = procedure_of(procedure).stage[0]
    return open_office_task(
        session,
        procedure,
        post,
        number=next_number(session, "社监", received_on.year, 3),
        title=f"社会监督反馈（{word(f'channel.{channel}')}）",
        opened_on=received_on,
        due_on=stage.due_on(received_on, received_on, calendar),
        stage=stage.name,
        reason="社会监督反馈",
        on=on,
        now=now,
    )
