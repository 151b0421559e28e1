"""Killing a delivery at random, again and again, and what must be true afterwards."""

import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import datetime, timedelta

from flows.delivery import deliver
from flows.office import Office
from models.message import MessageState
from tests.outboxes import NOON, crowd, fill, messages, states, to
from tests.smtp_peers import DROP, Peer, peer

LEASE_IS_OVER = timedelta(minutes=16)
LINES_OF_A_MAIL = 4  # that a script hears of: MAIL, RCPT, DATA, the final dot

CHILD = """
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo
from flows import carrier_processes, carriers
from flows.database import open_engine
from flows.delivery import deliver
from flows.keyring import open_ring
from flows.office import MailHours, Office

url, home, smtp, now, workers, carried = sys.argv[1:]
if int(carried):
    carriers.MANY = 1
    carrier_processes.prepare(int(carried))
deliver(
    Office(open_engine(url), Path(home), open_ring(Path(home, "secret")), ZoneInfo("Asia/Shanghai"),
           "zh-CN", "http://sise.example", "sise@office.example", smtp, MailHours()),
    now=datetime.fromisoformat(now), workers=int(workers),
)
"""


def delivering(
    office: Office,
    database_url: str,
    relay: Peer,
    now: datetime,
    workers: int = 2,
    *,
    carried: int = 0,
) -> subprocess.Popen[bytes]:
    """`carried`: by so many processes of its own."""
    told = database_url, office.home, relay.url, now, workers, carried
    return subprocess.Popen(
        [sys.executable, "-c", CHILD, *map(str, told)], stderr=subprocess.DEVNULL
    )


def kill_again_and_again(
    office: Office,
    database_url: str,
    *,
    mails: int,
    kills: int,
    workers: int,
    seed: int,
    carried: int = 0,
) -> None:
    """kill -9 after a random line of SMTP, so often; then deliver what is left.

    Nothing is lost; at most one duplicate for each connection and kill; each the same bytes.
    """
    fill(office, *crowd(mails))
    # Each kill in a stretch of its own, so that mail is left for the last of them.
    stretch, drawn = mails * LINES_OF_A_MAIL // (kills + 1), random.Random(seed)
    left, child = 0, None

    def dies(verb: str, argument: str) -> str | None:
        nonlocal left
        left -= 1
        if child is None or left:
            return None
        child.send_signal(signal.SIGKILL)
        child.wait()
        return DROP

    with peer(dies) as relay:
        for kill in range(kills):
            left = drawn.randint(workers * 2, stretch)
            at = NOON + kill * LEASE_IS_OVER
            child = delivering(office, database_url, relay, at, workers, carried=carried)
            assert child.wait(120) == -signal.SIGKILL
        begun = sum(message.attempts > 0 for message in messages(office))
        assert begun <= len(relay.mails) + workers * kills, "what was not begun stays untried"
        child = None
        deliver(to(relay, office), now=NOON + kills * LEASE_IS_OVER, workers=workers)

    assert states(office) == {MessageState.SENT: mails}
    assert sorted(set(relay.to())) == sorted(crowd(mails))
    assert len(set(relay.mails)) == mails, "a duplicate is the same bytes"
    assert len(relay.mails) - mails <= workers * kills
    twice = {recipient for recipient, times in Counter(relay.to()).items() if times > 1}
    assert twice <= {m.to_address for m in messages(office) if m.possible_duplicate}
