"""Killing a delivery at random, again and again, and what must be true afterwards."""

import random
import signal
from collections import Counter
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

from flows import carrier_processes, carriers
from flows.database import open_engine
from flows.delivery import deliver
from flows.office import Office
from models.message import MessageState
from tests.conftest import office_on
from tests.forked import begun, children_of, end_of, gone, kill
from tests.outboxes import NOON, crowd, fill, messages, states, to
from tests.smtp_peers import DROP, Peer, peer

LEASE_IS_OVER = timedelta(minutes=16)
LINES_OF_A_MAIL = 5  # that a script hears of: MAIL, RCPT, DATA, the content, the final dot


def deliver_elsewhere(
    url: str, home: Path, smtp_url: str, now: datetime, workers: int, carried: int
) -> None:
    """What the process does that is to be killed. `carried`: by so many processes of its own."""
    carriers._processors = lambda: carried + 1
    if carried:
        carriers.MANY = 1
        carrier_processes.prepare(carried)
    office = replace(office_on(open_engine(url), home), smtp_url=smtp_url)
    deliver(office, now=now, workers=workers)


def delivering(
    office: Office,
    database_url: str,
    relay: Peer,
    now: datetime,
    workers: int = 2,
    *,
    carried: int = 0,
) -> BaseProcess:
    return begun(deliver_elsewhere, database_url, office.home, relay.url, now, workers, carried)


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

    Nothing is lost; at most one duplicate for each connection and kill; each the same bytes. Those
    that carried its mail end with it.
    """
    fill(office, *crowd(mails))
    # Each kill in a stretch of its own, so that mail is left for the last of them.
    stretch, drawn = mails * LINES_OF_A_MAIL // (kills + 1), random.Random(seed)
    left = 0
    child: Future[BaseProcess] = Future()  # known later, perhaps, than its first lines
    its_own: set[int] = set()

    def dies(verb: str, argument: str) -> str | None:
        nonlocal left
        left -= 1
        if left:
            return None
        its_own.update(children_of(child.result(60).pid))
        kill(child.result())
        return DROP

    with peer(dies) as relay:
        for n in range(kills):
            left = drawn.randint(workers * 2, stretch)
            at = NOON + n * LEASE_IS_OVER
            child = Future()
            child.set_result(delivering(office, database_url, relay, at, workers, carried=carried))
            assert end_of(child.result()) == -signal.SIGKILL
        assert len(its_own) == carried * kills
        for pid in its_own:
            gone(pid)
        begun = sum(message.attempts > 0 for message in messages(office))
        assert begun <= len(relay.mails) + workers * kills, "what was not begun stays untried"
        relay.script = lambda verb, argument: None
        deliver(to(relay, office), now=NOON + kills * LEASE_IS_OVER, workers=workers)

    assert states(office) == {MessageState.SENT: mails}
    assert sorted(set(relay.to())) == sorted(crowd(mails))
    assert len(set(relay.mails)) == mails, "a duplicate is the same bytes"
    assert len(relay.mails) - mails <= workers * kills
    twice = {recipient for recipient, times in Counter(relay.to()).items() if times > 1}
    assert twice <= {m.to_address for m in messages(office) if m.possible_duplicate}
