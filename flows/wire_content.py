"""A message of the outbox as it goes over the wire: its links are made live at this moment."""

from collections.abc import Mapping

from flows.office import Office
from models import Message
from notifications.links import fill
from notifications.mime import build


def wire_content(office: Office, message: Message, older: Mapping[str, bytes]) -> bytes:
    """`older`: as flows.link_keys says. Raises ValueError if no relay would take it."""
    secret, live = office.secret, dict[str, str]()
    text, html = (
        fill(body, secret=secret, base_url=office.base_url, older=older, live=live)
        for body in (message.text, message.html)
    )
    at = office.local(message.composed_at)
    return build(message, mail_from=office.mail_from, text=text, html=html, at=at)
