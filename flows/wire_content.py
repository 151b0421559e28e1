"""A message of the outbox as it goes over the wire: its links are made live at this moment."""

from flows.link_keys import LinkKeys
from flows.octets import octets
from flows.office import Letterhead
from models import Message, MessageBody
from notifications.links import Live, fill
from notifications.mime import build


def wire_content(head: Letterhead, message: Message, body: MessageBody, keys: LinkKeys) -> bytes:
    """Raises ValueError if no relay would take it."""
    live = Live(keys.newest, head.base_url, keys.older)
    text, html = (fill(octets(words), live) for words in (body.text, body.html))
    at = message.composed_at.astimezone(head.timezone)
    return build(message, mail_from=head.mail_from, text=text, html=html, at=at)
