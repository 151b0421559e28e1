"""Mail addresses in one form: lower case, the domain in ASCII, as every relay takes them."""

from functools import lru_cache

from notifications.mime import UnusableAddress, wire_address


@lru_cache(maxsize=10_000)  # a ledger names the same few thousand people again and again
def normal_address(written: str) -> str:
    """Stricter than SMTP: a host without a dot, or an address of numbers, is a slip of the pen."""
    address = wire_address(written.lower())
    labels = address.rpartition("@")[2].split(".")
    if labels != ["localhost"] and (len(labels) < 2 or labels[-1].isdigit()):
        raise UnusableAddress(f"'{written}' has no domain of the internet")
    return address
