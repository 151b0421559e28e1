"""Several workers, several processes, and their deaths: no mail is lost, none changes."""

import json
import threading
from collections import Counter
from concurrent.futures import Future
from datetime import date, timedelta
from multiprocessing.process import BaseProcess

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from flows.database import transaction
from flows.delivery import deliver
from flows.outbox import Outbox
from models import Message
from models.message import MessageState
from tests.forked import end_of, interrupt
from tests.killing import delivering, kill_again_and_again
from tests.outboxes import NOON, claim, crowd, fill, messages, only, states, to
from tests.smtp_peers import peer

DAY = date(2022, 7, 14)
MINUTE = timedelta(minutes=1)
LEASE_IS_OVER = timedelta(minutes=16)
CUT_OFF = (
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def test_four_workers_send_each_of_forty_once(office, cast):
    """By one connection each: none of them comes to the fifty mails after which it is renewed."""
    fill(office, *crowd(40))
    with peer() as relay:
        delivered = deliver(to(relay, office), now=NOON, workers=4)

    assert (delivered.sent, delivered.waiting) == (40, 0)
    assert sorted(relay.to()) == sorted(crowd(40))
    assert relay.connections == 4


def test_no_more_connections_than_mails_are_opened(office, cast):
    fill(office, "a@dinghai.example")
    with peer() as relay:
        deliver(to(relay, office), now=NOON, workers=4)
        deliver(to(relay, office), now=NOON, workers=4)

    assert relay.connections == 1


def test_two_deliveries_at_once_send_nothing_twice(office, cast):
    fill(office, *crowd(60))
    results = []
    with peer() as relay:
        there = to(relay, office)
        threads = [
            threading.Thread(target=lambda: results.append(deliver(there, now=NOON)))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    assert sum(result.sent for result in results) == 60
    assert sorted(relay.to()) == sorted(crowd(60))


def test_a_lease_is_respected_until_it_ends_and_then_marked_as_perhaps_sent(office, cast):
    fill(office, "a@dinghai.example")
    with transaction(office.engine, NOON) as session:
        message = session.get_one(Message, only(office).id)
        message.lease_owner, message.lease_until = "another", NOON + 15 * MINUTE
        message.attempts = 1
    with peer() as relay:
        held = deliver(to(relay, office), now=NOON + 14 * MINUTE)
        taken = deliver(to(relay, office), now=NOON + LEASE_IS_OVER)

    assert (held.sent, held.waiting, taken.sent) == (0, 1, 1)
    assert (only(office).attempts, only(office).possible_duplicate) == (2, True)


def test_an_outcome_that_comes_after_the_lease_was_lost_changes_nothing(office, cast):
    fill(office, "a@dinghai.example")
    engine = office.engine

    def stolen(verb: str, argument: str) -> str | None:
        if verb == ".":
            with transaction(engine, NOON) as session:
                session.get_one(Message, 1).lease_owner = "another"
        return None

    with peer(stolen) as relay:
        late = deliver(to(relay, office), now=NOON)

    assert (late.sent, late.waiting) == (0, 1)
    assert (only(office).state, only(office).lease_owner) == (MessageState.QUEUED, "another")


def test_what_a_delivery_has_in_hand_its_own_next_worker_does_not_take(office, cast):
    """The machine slept past the lease; the first worker may still be sending it."""
    fill(office, "a@dinghai.example")
    outbox = Outbox(office.engine)

    assert claim(outbox, NOON) is not None
    assert claim(outbox, NOON + LEASE_IS_OVER) is None


def test_a_database_that_fails_at_one_outcome_loses_no_mail_and_stops_no_other_worker(office, cast):
    """However many outcomes were to be committed together with it."""
    fill(office, *crowd(20))
    seventh = messages(office)[6]

    def holds(given, message_id):  # a list of ids, in JSON on SQLite
        ids = json.loads(given) if isinstance(given, str) and given[:1] == "[" else given
        return isinstance(ids, list) and message_id in ids

    def fail_at_the_seventh(connection, cursor, statement, parameters, context, many):
        given = parameters.values() if isinstance(parameters, dict) else parameters
        if "sent_at" in statement and any(holds(one, seventh.id) for one in given):
            raise OperationalError(statement, None, Exception("disk I/O error"))

    event.listen(office.engine, "before_cursor_execute", fail_at_the_seventh)
    with peer() as relay:
        with pytest.raises(OperationalError):
            deliver(to(relay, office), now=NOON, workers=4)
        assert states(office) == {MessageState.SENT: 19, MessageState.QUEUED: 1}
        event.remove(office.engine, "before_cursor_execute", fail_at_the_seventh)
        again = deliver(to(relay, office), now=NOON + LEASE_IS_OVER)

    assert (again.sent, states(office)) == (1, {MessageState.SENT: 20})
    twice = [address for address, times in Counter(relay.to()).items() if times > 1]
    assert twice == [seventh.to_address]
    assert len(set(relay.mails)) == 20


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_server_that_cuts_off_its_clients_costs_no_mail(office, cast):
    """As when it is started anew: the clerk's own connection is made again."""
    fill(office, *crowd(20))
    cut = iter([True])

    def cut_once(verb, argument):
        if verb == "DATA" and next(cut, False):
            with office.engine.connect() as connection:
                connection.execute(text(CUT_OFF))

    with peer(cut_once) as relay:
        assert deliver(to(relay, office), now=NOON, workers=2).sent == 20
    assert sorted(relay.to()) == sorted(crowd(20))


def test_a_database_that_fails_for_a_moment_costs_nothing(office, cast):
    fill(office, *crowd(20))
    failures = iter(range(3))

    def fail_at_first(connection, cursor, statement, parameters, context, many):
        if "sent_at" in statement and statement.startswith("UPDATE") and next(failures, 0) % 2:
            raise OperationalError(statement, None, Exception("disk I/O error"))

    event.listen(office.engine, "before_cursor_execute", fail_at_first)
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON, workers=4).sent == 20

    assert sorted(relay.to()) == sorted(crowd(20))


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_is_lost_when_the_process_is_killed_again_and_again(
    office, cast, database_url, seed
):
    kill_again_and_again(office, database_url, mails=60, kills=2, workers=4, seed=seed)


def test_ctrl_c_in_the_middle_of_a_mail_leaves_it_as_perhaps_sent(office, cast, database_url):
    fill(office, *crowd(30))
    child: Future[BaseProcess] = Future()  # known later, perhaps, than its first mail

    def stop(verb: str, argument: str) -> bytes | None:
        if verb != "." or len(relay.mails) > 1:
            return None
        interrupt(child.result(60))
        return b"250-and the rest never comes"

    with peer(stop) as relay:
        child.set_result(delivering(office, database_url, relay, NOON))
        assert end_of(child.result()) not in (0, None)
        relay.script = lambda verb, argument: None
        assert relay.to()[0] in [m.to_address for m in messages(office) if m.possible_duplicate]
        assert {m.lease_owner for m in messages(office)} == {None}
        assert MessageState.QUEUED in states(office)
        deliver(to(relay, office), now=NOON + LEASE_IS_OVER)

    assert states(office) == {MessageState.SENT: 30}
    assert len(set(relay.mails)) == 30
