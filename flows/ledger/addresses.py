"""Mail addresses, checked strictly: ASCII local part, a real domain (also Chinese), no more."""

import re

import idna

_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


class BadAddress(ValueError):
    """Not an address that every relay takes."""


def normal_address(written: str) -> str:
    """The address in lower case with an ASCII domain, as SMTP wants it; raises BadAddress."""
    local, at, domain = written.lower().rpartition("@")
    domain = _ascii_domain(domain)
    if not at or len(local) > 64 or len(local) + len(domain) > 253:
        raise BadAddress(written)
    if not _LOCAL.fullmatch(local) or not _is_domain(domain):
        raise BadAddress(written)
    return f"{local}@{domain}"


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain).decode("ascii")
    except idna.IDNAError as error:
        raise BadAddress(domain) from error


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    if len(labels) < 2 and domain != "localhost":
        return False
    return all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
