"""While the outcome of one mail is committed the next goes to the relay, but for its final dot."""

import asyncio
import threading

from sqlalchemy import event

from flows.clerk import Clerk, Place
from flows.delivery import deliver
from flows.letters import Claim, Ended
from flows.outbox import Outbox
from models import MessageAttempt
from models.message import MessageState
from notifications.mailer import Outcome, Report
from tests.conftest import Cast
from tests.kept import rows
from tests.outboxes import NOON, crowd, fill, messages, states, to
from tests.smtp_peers import peer

KEPT = Report(Outcome.SENT, "final dot: 250 kept")
SECONDS = 60  # in which a thread of this machine comes to its turn
REPLACED = "UPDATE message SET state = 'superseded' WHERE id = 9"


async def sent_so_far(clerk: Clerk, how_many: int) -> Claim:
    """One connection has sent so many, and has the next one in hand."""
    place = clerk.line_up()
    for _ in range(how_many):
        claim = await place.served
        assert claim
        place = clerk.line_up(Ended(claim, KEPT))
    claim = await place.served
    assert claim
    return claim


def test_the_next_mail_is_at_the_relay_before_the_outcome_of_the_last_is_committed(
    office, cast: Cast
):
    fill(office, *crowd(20))
    there = threading.Event()
    in_time: list[bool] = []

    def look(verb: str, argument: str) -> None:
        if verb == "content" and len(relay.mails) == 10:
            there.set()

    def hold_the_commit(connection) -> None:
        if len(relay.mails) == 10 and connection.get_execution_options().get("sise_writes"):
            in_time.append(there.wait(SECONDS))

    event.listen(office.engine, "commit", hold_the_commit)
    with peer(look) as relay:
        assert deliver(to(relay, office), now=NOON, workers=1).sent == 20

    assert in_time == [True]


def test_what_is_announced_and_then_replaced_never_arrives_and_the_rest_does(office, cast: Cast):
    fill(office, *crowd(20))
    replaced = messages(office)[8]

    def replace_it(connection, cursor, statement, parameters, context, many) -> None:
        if len(relay.mails) == 8 and "attempts=(message.attempts +" in statement:
            connection.exec_driver_sql(REPLACED)

    event.listen(office.engine, "before_cursor_execute", replace_it)
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON, workers=1).sent == 19

    assert replaced.to_address not in relay.to()
    assert len(relay.to()) == 19
    assert messages(office)[8].attempts == 0


def test_a_mail_taken_ahead_begins_with_the_commit_of_the_last_outcome(office, cast: Cast):
    fill(office, *crowd(20))
    states_then: list[tuple[int, int]] = []

    async def send() -> Place:
        clerk = Clerk(office, Outbox(office.engine, "relay:25"), lambda: NOON)
        claim = await sent_so_far(clerk, 5)
        place = clerk.line_up(Ended(claim, KEPT))
        states_then.append((states(office)[MessageState.SENT], messages(office)[6].attempts))
        await place.served
        states_then.append((states(office)[MessageState.SENT], messages(office)[6].attempts))
        await clerk.close()
        return place

    place = asyncio.run(send())

    assert place.taken
    assert place.taken.message.id == 7
    assert states_then == [(5, 0), (6, 1)]


def test_who_comes_back_from_a_failure_takes_nothing_ahead(office, cast: Cast):
    """The next look at the outbox may say that the domain, or the relay, has enough of us."""
    fill(office, *crowd(20))

    async def fail() -> Place:
        clerk = Clerk(office, Outbox(office.engine, "relay:25"), lambda: NOON)
        claim = await sent_so_far(clerk, 5)
        place = clerk.line_up(Ended(claim, Report(Outcome.RETRY, "RCPT: 450 later")))
        await place.served
        await clerk.close()
        return place

    assert asyncio.run(fail()).taken is None


def test_what_was_taken_ahead_by_one_who_is_told_to_stop_is_given_back_untried(office, cast: Cast):
    fill(office, *crowd(20))

    async def stopped() -> None:
        clerk = Clerk(office, Outbox(office.engine, "relay:25"), lambda: NOON)
        claim = await sent_so_far(clerk, 5)
        clerk.withdraw(clerk.line_up(Ended(claim, KEPT)))
        await clerk.close()

    asyncio.run(stopped())

    assert [m.attempts for m in messages(office)] == [1] * 6 + [0] * 14
    assert {m.lease_owner for m in messages(office)} == {None}
    assert len(rows(office, MessageAttempt)) == 6
