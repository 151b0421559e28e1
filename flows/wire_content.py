"""A message of the outbox as it goes over the wire: its links are made live at this moment."""

from typing import TYPE_CHECKING

from flows.letters import Letterhead, LinkKeys, octets
from notifications.links import Live, fill
from notifications.mime import build

if TYPE_CHECKING:
    from models import Message, MessageBody


def wire_content(
    head: Letterhead, message: "Message", body: "MessageBody", keys: LinkKeys
) -> bytes:
    """Raises ValueError if no relay would take it."""
    live = Live(keys.newest, head.base_url, keys.older)
    text, html = (fill(octets(words), live) for words in (body.text, body.html))
    at = message.composed_at.astimezone(head.timezone)
    return build(message, mail_from=head.mail_from, text=text, html=html, at=at)
