"""Reply links: the token is derived when a mail is sent; the database keeps its hash only."""

import hashlib
import hmac
import re
import secrets
from functools import cache

_PLACEHOLDER = re.compile(r"@@link:([0-9a-f]{32})@@")


def new_salt() -> str:
    return secrets.token_hex(16)


def token(secret: bytes, salt: str) -> str:
    """128 bits in hex: no character that a mail program would cut off a link."""
    return hmac.digest(secret, f"link.v1|{salt}".encode(), "sha256").hex()[:32]


def key_id(secret: bytes) -> str:
    """Names a key without telling anything of it."""
    return hashlib.sha256(b"key.v1|" + secret).hexdigest()[:8]


def token_hash(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest()


def placeholder(salt: str) -> str:
    """What stands in the outbox where the sent mail has a link."""
    return f"@@link:{salt}@@"


def fill(body: str, *, secret: bytes, base_url: str) -> str:
    """The body as it is sent, with live links."""

    @cache
    def url(salt: str) -> str:
        return reply_url(base_url, token(secret, salt))

    return _PLACEHOLDER.sub(lambda m: url(m[1]), body)


def reply_url(base_url: str, written: str) -> str:
    return f"{base_url.rstrip('/')}/r/{written}"
