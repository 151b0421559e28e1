"""Whoever could not be informed is passed by: the next level is told of the same notice at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from sqlmodel import select

from flows.climb import climb
from flows.database import reading
from flows.delivery import deliver
from flows.health import check
from flows.night import run_night
from flows.replies import answer
from models import Absence, Message, Official, Post, Receipt, Suppression
from models.message import MessageState
from models.organisation import PostKind
from tests.conftest import Cast, instant
from tests.kept import add, digests, edit, notices, play, reply, rows, summaries, told
from tests.outboxes import NOON, crowd, fill, to
from tests.smtp_peers import at_recipient, peer

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)
LONG_AGO = date(2022, 5, 13)  # red by now: four people are told
REFUSED = "550 5.1.1 user unknown"


def night(office, **refused: str):
    """A night whose relay refuses these people, by their names."""
    with peer(at_recipient("RCPT", **refused)) as relay:
        result = run_night(to(relay, office), on=DAY, now=instant(DAY))
    return relay, result


def suppressions(office):
    with reading(office.engine) as session:
        return session.exec(select(Suppression)).all()


def test_a_dead_letter_climbs_in_the_same_night_and_the_same_notice(office, cast: Cast):
    cast.task("甲-1", DUE)

    relay, result = night(office, alice=REFUSED)

    assert told(office, "甲-1") == [
        ("alice", "handler", "act"),
        ("carol", "supervising_leader", "act"),
    ]
    [_, receipt] = rows(office, Receipt)
    assert (receipt.climbed_from, receipt.notice_id) == ("handler", notices(office, "甲-1")[0].id)
    assert relay.to() == ["carol@dinghai.example", "olga@dinghai.example"]
    [mail] = digests(office, cast.carol)
    assert (mail.night_id, mail.state) == (None, MessageState.SENT)
    assert "甲-1" in mail.body.text
    assert "责任人" in mail.body.text
    assert result["unresolved"] == 1


def test_a_content_that_is_refused_climbs_too_and_says_nothing_against_the_address(office, cast):
    cast.task("甲-1", DUE)

    night(office, alice="554 DT:SPM")

    assert told(office, "甲-1")[1] == ("carol", "supervising_leader", "act")
    assert suppressions(office) == []


def test_twice_tells_nobody_twice(office, cast: Cast):
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE)
    night(office, alice=REFUSED)
    before = len(rows(office, Receipt)), len(digests(office))

    assert climb(office, now=NOON) == 0
    assert climb(office, now=NOON + timedelta(days=3)) == 0
    assert (len(rows(office, Receipt)), len(digests(office))) == before == (4, 2)


def test_several_who_climb_at_once_tell_the_next_level_once(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)
    [mail] = digests(office, cast.alice)
    edit(office, Message, mail.id, state=MessageState.DEAD, attempts=1)

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(lambda _: climb(office, now=NOON), range(4)))

    assert sorted(given) == [0, 0, 0, 1]
    assert len(digests(office, cast.carol)) == 1


def test_what_died_before_it_could_climb_does_so_at_the_next_delivery_even_if_none_may_go(
    office, cast: Cast
):
    cast.task("甲-1", DUE)
    play(office, DAY)
    [mail] = digests(office, cast.alice)
    edit(office, Message, mail.id, state=MessageState.DEAD, attempts=1)

    deliver(office, now=NOON)  # no relay is set

    assert [m.state for m in digests(office, cast.carol)] == [MessageState.QUEUED]


def test_it_climbs_on_past_whoever_is_not_reached_either(office, cast: Cast):
    cast.task("甲-1", DUE)

    night(office, alice=REFUSED, carol="550 no such user here")

    assert told(office, "甲-1")[-1] == ("dora", "unit_head", "act")
    assert rows(office, Receipt)[-1].climbed_from == "handler"


def test_a_supervisor_who_was_told_already_now_has_to_act_and_is_told_so(office, cast: Cast):
    cast.task("甲-1", LONG_AGO)

    night(office, alice=REFUSED)

    duties = {name: duty for name, _, duty in told(office, "甲-1")}
    assert (duties["carol"], duties["dora"]) == ("act", "acknowledge")
    first, second = digests(office, cast.carol)
    assert "签收（可附批示要求）" not in second.body.text
    assert (first.night_id is None, second.night_id) == (False, None)
    assert climb(office, now=NOON) == 0


def test_another_holder_of_the_post_is_enough(office, cast: Cast):
    add(office, Post(official_id=cast.bob, unit_id=cast.unit, kind=PostKind.HANDLER))
    cast.task("甲-1", DUE, handler_id=None)

    night(office, alice=REFUSED)

    assert [name for name, _, _ in told(office, "甲-1")] == ["alice", "bob"]


def test_the_deputy_of_the_next_level_is_told(office, cast: Cast):
    add(office, Absence(official_id=cast.carol, deputy_id=cast.bob))
    cast.task("甲-1", DUE)

    night(office, alice=REFUSED)

    assert told(office, "甲-1")[-1] == ("bob", "supervising_leader", "act")


def test_nobody_left_is_told_to_the_office_and_by_health(office, cast: Cast):
    everybody = ("alice", "carol", "dora", "olga", "hugo")
    cast.task("甲-1", DUE)
    night(office, **dict.fromkeys(everybody, "554 not today"))

    play(office, DAY + timedelta(days=1))

    assert "甲-1：找不到可通知的责任人" in summaries(office)[-1].body.text
    [warning] = [w for w in check(office, NOON).warnings if "甲-1" in w]
    assert "无人可代为通知" in warning


def test_what_was_answered_does_not_climb(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)
    reply(office, answer, cast.alice, "甲-1", on=DAY)
    [mail] = digests(office, cast.alice)
    edit(office, Message, mail.id, state=MessageState.DEAD, attempts=1)

    assert climb(office, now=NOON) == 0


def test_the_mail_of_a_climb_that_waits_is_taken_over_by_the_next_and_by_the_morning(
    office, cast: Cast
):
    """Nothing is said twice, and nothing is lost."""
    cast.task("甲-1", DUE)
    play(office, DAY)
    [mail] = digests(office, cast.alice)
    edit(office, Message, mail.id, state=MessageState.DEAD, attempts=1)
    assert climb(office, now=NOON) == 1
    cast.task("乙-1", DAY)
    play(office, DAY + timedelta(days=1))
    alice = digests(office, cast.alice)[-1]
    edit(office, Message, alice.id, state=MessageState.DEAD, attempts=1)
    assert climb(office, now=NOON + timedelta(days=1)) == 1

    between, night_s, newest = digests(office, cast.carol)

    assert [m.state for m in (between, night_s, newest)] == ["superseded", "queued", "queued"]
    assert "甲-1" in night_s.body.text
    assert ("甲-1" in newest.body.text, "乙-1" in newest.body.text) == (False, True)


def refused(office, *answers: str) -> None:
    """A mail each, answered so."""
    fill(office, *crowd(len(answers)))
    by_name = {
        address.split("@")[0]: said for address, said in zip(crowd(99), answers, strict=False)
    }
    with peer(at_recipient("RCPT", **by_name)) as relay:
        assert deliver(to(relay, office), now=NOON).sent == 0


def test_a_hard_refusal_suppresses_the_address_for_ninety_days(office, cast: Cast):
    hard = ("550 5.1.1 no", "550 5.1.10 RecipientNotFound", "550 5.2.1 disabled",
            "550 User unknown", "550 用户不存在", "550 不存在的用户")  # fmt: skip

    refused(office, *hard)

    assert sorted(row.address for row in suppressions(office)) == sorted(crowd(len(hard)))
    assert {row.until - row.at for row in suppressions(office)} == {timedelta(days=90)}


def test_content_policy_and_a_full_mailbox_do_not(office, cast: Cast):
    refused(office, "554 DT:SPM", "550 5.7.1 user unknown", "552 full")

    assert suppressions(office) == []


def test_the_suppressed_are_passed_by_until_the_address_is_corrected_or_the_days_are_over(
    office, cast: Cast
):
    cast.task("甲-1", DUE)
    night(office, alice=REFUSED)
    cast.task("乙-1", DAY)
    cast.task("丙-1", DAY + timedelta(days=1))
    cast.task("丁-1", DAY + timedelta(days=96))

    play(office, DAY + timedelta(days=1))
    assert told(office, "乙-1") == [("carol", "supervising_leader", "act")]
    edit(office, Official, cast.alice, email="alice@new.example")
    play(office, DAY + timedelta(days=2))
    assert told(office, "丙-1") == [("alice", "handler", "act")]
    edit(office, Official, cast.alice, email="alice@dinghai.example")
    play(office, DAY + timedelta(days=101))
    assert told(office, "丁-1") == [("alice", "handler", "act")]


def test_what_waits_for_an_address_that_was_refused_meanwhile_is_not_sent(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)
    with peer() as relay:
        address = "alice@dinghai.example"
        add(office, Suppression(address=address, reason="RCPT: 550", status="", at=NOON,
                                until=NOON + timedelta(days=90)))  # fmt: skip
        delivered = deliver(to(relay, office), now=NOON)

    assert delivered.failed == 1
    assert "carol@dinghai.example" in relay.to()
    assert address not in relay.to()
