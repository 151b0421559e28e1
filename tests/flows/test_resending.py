"""A dead letter is sent again when somebody decides so: once, to whoever can be reached now."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from flows import history
from flows.audit import contradictions
from flows.database import reading, transaction
from flows.delivery import deliver
from flows.night import run_night
from flows.replies import answer
from flows.resending import chance, send_again
from flows.signoff.actor import Actor
from models import Message, Official, Resending, Suppression
from models.message import MessageKind, MessageState
from models.proof import Assurance
from models.refusal import Refusal
from tests.conftest import instant
from tests.kept import digests, edit, reply, rows
from tests.outboxes import NOON, to
from tests.played import as_played
from tests.smtp_peers import at_recipient, peer

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)
REFUSED = "550 5.1.1 user unknown"
LATER = NOON + timedelta(minutes=5)


@pytest.fixture
def dead(office, cast) -> Message:
    """Alice's digest, which her mailbox refused; so her address is held back."""

    def refuse() -> None:
        cast.task("甲-1", DUE)
        with peer(at_recipient("RCPT", alice=REFUSED)) as relay:
            run_night(to(relay, office), on=DAY, now=instant(DAY))

    as_played(office.engine, "a digest that is refused", refuse)
    return alices(office, cast)


def alices(office, cast) -> Message:
    [mail] = digests(office, cast.alice)
    return mail


def decide(office, cast, message: Message, *, seen: str | None = None, now=NOON) -> None:
    actor = Actor(cast.olga, "olga", Assurance.SESSION, DAY, now)
    with transaction(office.engine, now) as session:
        present = chance(session, message.id, DAY).seen
        send_again(session, message.id, actor, seen=present if seen is None else seen)


def shown(office, message: Message) -> str:
    """What somebody sees who opens the mail's page now."""
    with reading(office.engine) as session:
        return chance(session, message.id, DAY).seen


def test_it_goes_out_anew_and_who_decided_so_stays_in_the_history(office, cast, dead):
    assert dead.state == MessageState.DEAD
    links = links_of_the_chain(office)

    decide(office, cast, dead)
    with peer() as relay:
        deliver(to(relay, office), now=LATER)

    assert relay.to() == ["alice@dinghai.example"]
    sent = alices(office, cast)
    assert (sent.state, sent.message_id, sent.attempts) == (MessageState.SENT, dead.message_id, 1)
    [row] = rows(office, Resending)
    assert (row.actor_id, row.n, row.released) == (cast.olga, 1, True)
    assert row.outcome == f"RCPT: {REFUSED}"
    with reading(office.engine) as session:
        assert session.get(Suppression, "alice@dinghai.example") is None
        assert [*history.faults(session), *contradictions(session)] == []
    assert links_of_the_chain(office) == links + 1


def links_of_the_chain(office) -> int:
    with reading(office.engine) as session:
        return history.head(session)[0]


def test_it_goes_to_the_address_that_the_directory_has_now(office, cast, dead):
    edit(office, Official, cast.alice, email="li@dinghai.example")

    decide(office, cast, dead)
    with peer() as relay:
        deliver(to(relay, office), now=LATER)

    assert relay.to() == ["li@dinghai.example"]
    assert not rows(office, Resending)[0].released
    with reading(office.engine) as session:
        assert session.get(Suppression, "alice@dinghai.example") is not None


def test_what_was_settled_meanwhile_is_not_sent(office, cast, dead):
    reply(office, answer, cast.alice, "甲-1", on=DAY)

    decide(office, cast, dead)
    with peer() as relay:
        deliver(to(relay, office), now=LATER)

    assert relay.to() == []
    assert alices(office, cast).state == MessageState.SKIPPED


def test_if_it_may_have_arrived_the_same_bytes_go(office, cast, dead):
    edit(office, Message, dead.id, possible_duplicate=True)
    reply(office, answer, cast.alice, "甲-1", on=DAY)

    decide(office, cast, dead)
    with peer() as relay:
        deliver(to(relay, office), now=LATER)

    assert relay.to() == ["alice@dinghai.example"]
    sent = alices(office, cast)
    assert (sent.body.text, sent.attempts, sent.possible_duplicate) == (dead.body.text, 2, True)


def test_a_decision_counts_once(office, cast, dead):
    page = shown(office, dead)
    decide(office, cast, dead, seen=page)

    with pytest.raises(Refusal, match="queued"):
        decide(office, cast, dead)

    with peer(at_recipient("RCPT", alice=REFUSED)) as relay:
        deliver(to(relay, office), now=LATER)
    assert alices(office, cast).state == MessageState.DEAD
    with pytest.raises(Refusal, match="somebody else"):
        decide(office, cast, dead, seen=page)
    assert len(rows(office, Resending)) == 1
    assert alices(office, cast).state == MessageState.DEAD

    decide(office, cast, dead, now=LATER)
    assert [row.n for row in rows(office, Resending)] == [1, 2]


def test_a_decision_is_for_the_address_that_was_shown(office, cast, dead):
    page = shown(office, dead)
    edit(office, Official, cast.alice, email="li@dinghai.example")

    with pytest.raises(Refusal, match="address changed"):
        decide(office, cast, dead, seen=page)

    assert alices(office, cast).state == MessageState.DEAD


def test_of_many_who_decide_at_once_one_does(office, cast, dead):
    def one(_: int) -> bool:
        try:
            decide(office, cast, dead)
        except Refusal:
            return False
        return True

    with ThreadPoolExecutor(8) as crowd:
        assert sum(crowd.map(one, range(8))) == 1
    assert len(rows(office, Resending)) == 1


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("queued", "goes by itself"),
        ("superseded", "a later mail"),
        ("skipped", "nothing in this mail"),
    ],
)
def test_what_is_not_dead_is_not_sent_again(office, cast, dead, state, said):
    edit(office, Message, dead.id, state=state)

    with pytest.raises(Refusal, match=said):
        decide(office, cast, dead)

    assert rows(office, Resending) == []


def test_neither_is_a_code_nor_what_has_no_address(office, cast, dead):
    edit(office, Message, dead.id, kind=MessageKind.CODE)
    with pytest.raises(Refusal, match="ten minutes"):
        decide(office, cast, dead)
    edit(office, Message, dead.id, kind=MessageKind.DIGEST)
    edit(office, Official, cast.alice, email=None)
    with pytest.raises(Refusal, match="no address"):
        decide(office, cast, dead)


def test_it_says_whether_the_address_is_held_back(office, cast, dead):
    with reading(office.engine) as session:
        assert chance(session, dead.id, DAY).held_back
        assert not chance(session, dead.id, DAY + timedelta(days=365)).held_back
