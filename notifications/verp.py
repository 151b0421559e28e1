"""The envelope's sender names the message, so that whatever comes back says which one it was.

The tag is signed: nobody can make an address of somebody else's mail bounce.
"""

import hashlib
import hmac

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
SIGNED = 8  # hex digits of the signature


def envelope_sender(
    secret: bytes, bounce_address: str | None, mail_from: str, message_id: int
) -> str:
    """The address that reports about this message go to."""
    if bounce_address is None:
        return mail_from
    local, _, domain = bounce_address.rpartition("@")
    return f"{local}+{tag(secret, message_id)}@{domain}"


def tag(secret: bytes, message_id: int) -> str:
    number = _base36(message_id)
    signed = hmac.new(secret, f"bounce.v1|{number}".encode(), hashlib.sha256).hexdigest()
    return f"{number}.{signed[:SIGNED]}"


def tag_in(address: str, bounce_address: str) -> str | None:
    """What a return path of ours says; None: the address is none."""
    local, _, domain = address.strip().lower().rpartition("@")
    ours, _, home = bounce_address.lower().rpartition("@")
    if domain != home or not local.startswith(f"{ours}+"):
        return None
    return local.removeprefix(f"{ours}+")


def message_of(secret: bytes, written: str) -> int | None:
    """The message that a tag names; None: it was forged."""
    number, _, _ = written.partition(".")
    if not number or len(number) > 12 or set(number) - set(DIGITS):
        return None
    message_id = int(number, 36)
    genuine = hmac.compare_digest(tag(secret, message_id).encode(), written.encode())
    return message_id if genuine else None


def _base36(number: int) -> str:
    written = ""
    while number:
        number, digit = divmod(number, 36)
        written = DIGITS[digit] + written
    return written or "0"
