"""How a webhook proves that it is ours: as the Standard Webhooks describe it."""

import base64
import hmac
from datetime import datetime


def hook_secret(key: bytes, salt: str) -> bytes:
    """Derived, as links are: the database alone does not tell it."""
    return hmac.digest(key, f"hook.v1|{salt}".encode(), "sha256")


def shown_secret(secret: bytes) -> str:
    """As it is shown once, and put into the receiver's settings."""
    return f"whsec_{base64.b64encode(secret).decode()}"


def signed_headers(secret: bytes, event_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """The time is that of the attempt; id and body are the same with every attempt."""
    timestamp = str(int(at.timestamp()))
    digest = hmac.digest(secret, f"{event_id}.{timestamp}.".encode() + body, "sha256")
    return {
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
