"""How often one address, or one link, may ask. Kept in memory: it starts anew with the process.

The library reads its own clock; nothing here does.
"""

from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

# By one address, at reply and sign-in links: an office of 200 behind one proxy when mail comes.
LOOKS = RateLimitItemPerMinute(600, namespace="looks")
UNKNOWN = RateLimitItemPerMinute(60, namespace="unknown")  # tokens that one address tried
# Forms of one link that recorded nothing, by one address: a filter that presses every button of a
# long digest does not lock its reader out.
VAIN = RateLimitItemPerMinute(30, 10, namespace="vain")

# What the public sends: by one address, behind which a whole office may sit, and by all together,
# so that nobody fills the register overnight.
FEEDBACK = RateLimitItemPerHour(20, namespace="feedback")
FEEDBACK_OF_ALL = RateLimitItemPerDay(500, namespace="feedback of all")


class TooOften(Exception):
    """This address or this link has to wait."""

    def __init__(self, limit: RateLimitItem) -> None:
        super().__init__(str(limit))
        self.seconds = limit.get_expiry()


class Limits:
    def __init__(self) -> None:
        self._windows = MovingWindowRateLimiter(MemoryStorage())

    def count(self, limit: RateLimitItem, *whose: str) -> None:
        """Raises TooOften when it was counted too often already."""
        if not self._windows.hit(limit, *whose):
            raise TooOften(limit)

    def look(self, limit: RateLimitItem, *whose: str) -> None:
        """As `count`, without counting this one."""
        if not self._windows.test(limit, *whose):
            raise TooOften(limit)


def address_of(request: Request) -> str:
    """The peer's, as the server gives it; of IPv6 the network, which one machine may roam in."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/64", strict=False).network_address)
    return str(address)
