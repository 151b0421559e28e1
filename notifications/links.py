"""All that a mail opens is derived when it is sent; the database keeps hashes only."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from types import MappingProxyType

_PLACEHOLDER = re.compile(r"@@((?:link|code|login):[0-9a-f]{32})@@")
_IN_OCTETS = re.compile(_PLACEHOLDER.pattern.encode())
_NONE: Mapping[str, bytes] = MappingProxyType({})


def new_salt() -> str:
    return secrets.token_hex(16)


def token(secret: bytes, salt: str) -> str:
    """128 bits in hex: no character that a mail program would cut off a link."""
    return hmac.digest(secret, f"link.v1|{salt}".encode(), "sha256").hex()[:32]


def key_id(secret: bytes) -> str:
    """Names a key without telling anything of it."""
    return hashlib.sha256(b"key.v1|" + secret).hexdigest()[:8]


def sign_in_token(secret: bytes, salt: str) -> str:
    return hmac.digest(secret, f"login.v1|{salt}".encode(), "sha256").hex()[:32]


def token_hash(written: str) -> str:
    return hashlib.sha256(written.encode()).hexdigest()


def six_digits(secret: bytes, salt: str) -> str:
    drawn = hmac.digest(secret, f"code.v1|{salt}".encode(), "sha256")
    return f"{int.from_bytes(drawn[:16], 'big') % 1_000_000:06}"


def placeholder(salt: str) -> str:
    """What stands in the outbox where the sent mail has a link."""
    return f"@@link:{salt}@@"


def code_placeholder(salt: str) -> str:
    return f"@@code:{salt}@@"


def sign_in_placeholder(salt: str) -> str:
    return f"@@login:{salt}@@"


class Live(dict[bytes, bytes]):
    """What one mail has for each placeholder; derived at its first. `older`: for the salts of links
    that an older key was taken for, that key."""

    def __init__(self, secret: bytes, base_url: str, older: Mapping[str, bytes] = _NONE) -> None:
        super().__init__()
        self.secret, self.base_url, self.older = secret, base_url, older

    def __missing__(self, stands: bytes) -> bytes:
        kind, _, salt = stands.decode().partition(":")
        self[stands] = live = self._derived(kind, salt).encode()
        return live

    def _derived(self, kind: str, salt: str) -> str:
        if kind == "code":
            return six_digits(self.secret, salt)
        if kind == "login":
            return f"{self.base_url.rstrip('/')}/login/{sign_in_token(self.secret, salt)}"
        return reply_url(self.base_url, token(self.older.get(salt, self.secret), salt))


def fill(body: bytes, live: Live) -> bytes:
    """The body as it is sent, with live links."""
    parts = _IN_OCTETS.split(body)
    parts[1::2] = [live[stands] for stands in parts[1::2]]
    return b"".join(parts)


def blanked(body: str, link: str, code: str) -> str:
    """The body with these words where links and codes will stand: to be read, not to be used."""
    return _PLACEHOLDER.sub(lambda found: code if found[1].startswith("code:") else link, body)


def reply_url(base_url: str, written: str) -> str:
    return f"{base_url.rstrip('/')}/r/{written}"
