"""The mail to whoever has to know what was decided: one for each person, with all that is new."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from flows.mail_links import MailLinks
from flows.office import Office
from flows.signoff.outcome_lines import Facts
from flows.signoff.outcomes import Concerned, unsaid
from flows.signoff.posting import Letter, post
from flows.taking_over import take_over
from models import Message, MessageItem, Official, Transition
from models.message import MessageKind
from notifications.outcome import OutcomeMail, Part, render_outcome

SPELT = 100  # moves of one mail; more is counted

ToSay = Sequence[tuple[Transition, Part]]


def write_outcome_mails(session: Session, office: Office, on: date, now: datetime) -> int:
    """Returns how many mails wait now; what nobody tried to send is taken over."""
    moves = unsaid(session, now)
    if not moves:
        return 0
    concerned = Concerned.load(session, moves, on)
    told: dict[int, list[tuple[Transition, Part]]] = defaultdict(list)
    for move in moves:
        for official_id, part in concerned.audience(move).items():
            told[official_id].append((move, part))
    replaced = take_over(session, MessageKind.OUTCOME, told, "a later mail")
    for official_id, new in told.items():
        earlier = _items(session, replaced.get(official_id, ()))
        lines = [*_parts(session, earlier, official_id, on), *new]
        official = session.get_one(Official, official_id)
        links = MailLinks(official_id, office.secret)
        said = _said(session, office, official, lines, links, on)
        items = [{"transition_id": move.id} for move, _ in lines]
        post(session, office, official, Letter(MessageKind.OUTCOME, said, items, links.rows), now)
    return len(told)


def outcomes_anew(
    session: Session,
    office: Office,
    message: Message,
    kept: Sequence[MessageItem],
    links: MailLinks,
) -> Mapping[str, Any]:
    """What it says without the lines that were dropped."""
    on = office.local(message.composed_at).date()
    official = session.get_one(Official, message.official_id)
    lines = _parts(session, kept, official.id, on)
    return _said(session, office, official, lines, links, on)


def _items(session: Session, messages: Sequence[int]) -> Sequence[MessageItem]:
    return session.scalars(_ITEMS, {"messages": list(messages)}).all() if messages else []


def _parts(
    session: Session, items: Sequence[MessageItem], official_id: int, on: date
) -> list[tuple[Transition, Part]]:
    """What this person had to do with it; whose part is over has it for information."""
    if not items:
        return []
    ids = [item.transition_id for item in items]
    moves = session.scalars(_MOVES, {"moves": ids}).all()
    concerned = Concerned.load(session, moves, on)
    return [(move, concerned.audience(move).get(official_id, Part.COPY)) for move in moves]


def _said(
    session: Session,
    office: Office,
    official: Official,
    lines: ToSay,
    links: MailLinks,
    on: date,
) -> dict[str, Any]:
    spelt = lines[:SPELT]
    facts = Facts.load(session, [move for move, _ in spelt])
    mail = OutcomeMail(
        on=on,
        to_name=official.name,
        lines=[facts.line(move, part) for move, part in spelt],
        all_link=links.to(),
        more=len(lines) - len(spelt),
    )
    words = render_outcome(mail, office.language_of(official))
    return {"urgent": False} | words.said


_ITEMS = (
    select(MessageItem)
    .where(
        col(MessageItem.message_id).in_(bindparam("messages", expanding=True)),
        col(MessageItem.dropped) == "",
    )
    .order_by(col(MessageItem.id))
)
_MOVES = (
    select(Transition)
    .where(col(Transition.id).in_(bindparam("moves", expanding=True)))
    .order_by(col(Transition.id))
)
