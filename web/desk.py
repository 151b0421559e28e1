"""What every page of one running web application shares; the edge where its clock is read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from ipaddress import ip_address

from fastapi import Request

from flows.office import Office
from notifications.mailbox import Mailbox
from web.limits import Limits

LOCAL_NAMES = {"localhost", "127.0.0.1", "::1"}
OF_A_PROXY = ("forwarded", "x-forwarded-", "x-real-ip", "via")  # how its headers begin


@dataclass(frozen=True)
class Desk:
    office: Office
    clock: Callable[[], datetime]
    mailbox: Mailbox | None
    demo: bool
    limits: Limits = field(default_factory=Limits)

    def now(self) -> datetime:
        return self.clock()

    def today(self, now: datetime) -> date:
        """The business date of an instant."""
        return self.office.local(now).date()


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def is_local(request: Request) -> bool:
    """The visitor sits at this machine: neither forwarded by a proxy, nor led here under a
    foreign host name that resolves to loopback."""
    if any(name.startswith(OF_A_PROXY) for name in request.headers):
        return False
    try:
        loopback = request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:
        return False
    return loopback and request.url.hostname in LOCAL_NAMES
