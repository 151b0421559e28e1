"""What somebody waits for at this moment is mailed behind the answer, not in the next minute."""

import logging

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from flows.delivery import deliver_urgent
from web.desk import Desk

log = logging.getLogger(__name__)
_senders = CapacityLimiter(4)


async def send_now(desk: Desk) -> None:
    """Behind the answer, and beside the threads of the pages: a relay may take its time."""
    await run_sync(_send, desk, limiter=_senders)


def _send(desk: Desk) -> None:
    """What fails here is sent by the next delivery."""
    try:
        deliver_urgent(desk.office, now=desk.now())
    except Exception as error:
        log.error("the delivery failed: %s: %s", type(error).__name__, error)
