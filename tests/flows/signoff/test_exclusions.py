"""Whoever keeps away from a task is neither told of it nor asked, and what he owed passes on."""

from datetime import date, timedelta

import pytest
from sqlmodel import col

from flows.database import reading
from flows.replies import acknowledge, answer
from flows.signoff.exclusions import HandlesIt, LastOfTheOffice, exclusions_of
from flows.signoff.roles import NotYours, StandsAside, roles_of
from models import Absence, Exclusion, Message, MessageItem, Receipt, Referral, Reminder, Task
from models.decision import ReferralState, Verdict
from models.message import MessageState
from models.refusal import Refusal
from tests.conftest import instant
from tests.flows.test_still_owed import send
from tests.kept import add, digests, play, reply, rows, told, wind
from tests.responsibility import keep_away, let_back
from tests.sign_offs import Bench

DUE, DAY, LONG_AGO = date(2022, 7, 13), date(2022, 7, 14), date(2022, 5, 13)


def roles(bench: Bench, who: int, on: date = DAY) -> set[str]:
    with reading(bench.office.engine) as session:
        task = session.get_one(Task, 1)
        return set(roles_of(session, task, who, on))


def open_receipts(bench: Bench) -> list[int]:
    return [r.official_id for r in rows(bench.office, Receipt, col(Receipt.ended_on).is_(None))]


def test_neither_by_name_nor_by_unit_is_anybody_told(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", LONG_AGO)
    keep_away(office, "甲-1", DAY, official_id=cast.carol)
    keep_away(office, "甲-1", DAY, unit_id=bench.lead_unit)

    play(office, DAY)

    assert told(office, "甲-1") == [
        ("alice", "handler", "act"),
        ("dora", "unit_head", "acknowledge"),
        ("olga", "office", "copy"),
    ]
    assert digests(office, cast.carol) == digests(office, bench.leo) == []


def test_nobody_is_told_in_the_stead_of_whoever_keeps_away(bench: Bench):
    office, cast = bench.office, bench.cast
    add(office, Absence(official_id=cast.carol, deputy_id=cast.bob, from_on=DAY))
    bench.task("甲-1", LONG_AGO)
    keep_away(office, "甲-1", DAY, official_id=cast.carol)

    play(office, DAY)

    assert digests(office, cast.bob) == []


def test_what_was_owed_passes_to_the_next_in_place_and_he_is_mailed(bench: Bench):
    """Carol was told already; Dora, who was told as the head, is told nothing new."""
    office, cast = bench.office, bench.cast
    bench.task("甲-1", date(2022, 7, 4))  # yellow: Alice and Carol
    play(office, DAY)
    assert [name for name, *_ in told(office, "甲-1")] == ["alice", "carol"]
    send(office)

    keep_away(office, "甲-1", DAY, official_id=cast.carol, who=cast.olga)
    mails = send(office)

    assert open_receipts(bench) == [cast.alice, cast.dora]
    assert [recipient for recipient, _ in mails] == ["dora@dinghai.example"]
    assert send(office) == []
    assert not reply(office, acknowledge, cast.carol, "甲-1", on=DAY)
    assert reply(office, acknowledge, cast.dora, "甲-1", on=DAY)


def test_a_digest_that_has_not_gone_is_sent_without_the_line(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", date(2022, 7, 4))
    bench.task("甲-2", date(2022, 7, 4))
    play(office, DAY)
    [mail] = digests(office, cast.carol)
    assert "甲-1" in mail.body.text

    keep_away(office, "甲-1", DAY, official_id=cast.carol)
    mails = dict(send(office))

    assert "carol@dinghai.example" in mails
    [after] = digests(office, cast.carol)
    assert ("甲-1" in after.body.text, "甲-2" in after.body.text) == (False, True)
    items = rows(office, MessageItem, col(MessageItem.message_id) == mail.id)
    assert [item.dropped for item in items] == ["excluded", ""]
    assert "dora@dinghai.example" in mails


def test_a_reminder_that_has_not_gone_is_not_sent(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", DAY + timedelta(days=3))
    play(office, DAY)
    [reminder] = rows(office, Reminder)
    assert reminder.official_id == cast.alice
    add(
        office,
        Exclusion(task_id=1, official_id=cast.alice, reason="x", from_on=DAY, at=instant(DAY)),
    )

    assert [recipient for recipient, _ in send(office)] == ["olga@dinghai.example"]  # the summary
    [mail] = rows(office, Message, col(Message.official_id) == cast.alice)
    assert mail.state == MessageState.SKIPPED


def test_whoever_keeps_away_has_no_role_and_his_deputy_none_of_his(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", DUE)
    add(office, Absence(official_id=cast.dora, deputy_id=cast.bob, from_on=DAY))
    bench.apply("甲-1", DAY)
    assert bench.asked("甲-1") == [cast.bob]
    assert roles(bench, cast.bob) == {"reviewer"}

    keep_away(office, "甲-1", DAY, official_id=cast.dora)

    assert (roles(bench, cast.dora), roles(bench, cast.bob)) == (set(), set())
    assert roles(bench, cast.alice) == {"handler"}
    assert bench.asked("甲-1") == [cast.olga]


def test_a_level_is_referred_anew_past_whoever_keeps_away(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)
    bench.decide("甲-1", cast.dora, Verdict.APPROVE, DAY)
    assert bench.asked("甲-1") == [bench.leo]

    keep_away(office, "甲-1", DAY, official_id=bench.leo, who=cast.olga)

    assert bench.asked("甲-1") == [cast.olga]
    states = {r.official_id: r.state for r in rows(office, Referral)}
    assert states[bench.leo] == ReferralState.VOID
    with pytest.raises(StandsAside):
        bench.decide("甲-1", bench.leo, Verdict.APPROVE, DAY)
    bench.decide("甲-1", cast.olga, Verdict.APPROVE, DAY)
    assert bench.asked("甲-1") == [bench.rita]


def test_where_a_colleague_is_asked_too_nobody_is_asked_twice(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)
    add(
        office,
        Referral(
            task_id=1,
            application_id=1,
            level=1,
            official_id=cast.mallory,
            capacity="unit_head",
            given_on=DAY,
            decide_by=DAY,
            state=ReferralState.OPEN,
        ),
    )

    keep_away(office, "甲-1", DAY, official_id=cast.dora)

    assert bench.asked("甲-1") == [cast.mallory]


def test_the_handler_is_reassigned_first(bench: Bench):
    bench.task("甲-1", DUE)
    for whom in ({"official_id": bench.cast.alice}, {"unit_id": bench.cast.unit}):
        with pytest.raises(HandlesIt, match="reassign it first"):
            keep_away(bench.office, "甲-1", DAY, **whom)
    assert rows(bench.office, Exclusion) == []


def test_a_head_who_handles_it_himself_is_its_handler(bench: Bench):
    bench.task("甲-1", DUE, handler_id=None)
    add(bench.office, Absence(official_id=bench.cast.alice, deputy_id=bench.cast.bob, from_on=DAY))
    with pytest.raises(HandlesIt):
        keep_away(bench.office, "甲-1", DAY, official_id=bench.cast.alice)


def test_the_office_does_not_lose_its_last_person(bench: Bench):
    bench.task("甲-1", DUE)
    for who in (bench.cast.olga, None):
        with pytest.raises(LastOfTheOffice):
            keep_away(bench.office, "甲-1", DAY, official_id=bench.cast.olga, who=who)


def test_only_the_office_says_who_keeps_away(bench: Bench):
    bench.task("甲-1", DUE)
    for who in (bench.cast.alice, bench.cast.dora, bench.cast.hugo):
        with pytest.raises(NotYours, match="supervision office"):
            keep_away(bench.office, "甲-1", DAY, official_id=bench.cast.carol, who=who)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"reason": " "}, "give the reason"),
        ({"from_on": DAY + timedelta(days=1)}, "begins today or before"),
        ({"until_on": DAY - timedelta(days=1)}, "is over"),
    ],
    ids=["no reason", "later", "over"],
)
def test_what_makes_no_sense_is_refused(bench: Bench, facts, said):
    bench.task("甲-1", DUE)
    with pytest.raises(Refusal, match=said):
        keep_away(bench.office, "甲-1", DAY, official_id=bench.cast.carol, **facts)
    assert rows(bench.office, Exclusion) == []


def test_the_same_twice_is_refused_unless_it_is_prolonged(bench: Bench):
    office, carol = bench.office, bench.cast.carol
    bench.task("甲-1", DUE)
    keep_away(office, "甲-1", DAY, official_id=carol, until_on=DAY)
    with pytest.raises(Refusal, match="already"):
        keep_away(office, "甲-1", DAY, official_id=carol, until_on=DAY)
    keep_away(office, "甲-1", DAY, official_id=carol)
    assert len(rows(office, Exclusion)) == 2


def test_whoever_is_readmitted_is_told_again_and_both_are_on_record(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", LONG_AGO)
    excluded = keep_away(office, "甲-1", DAY, official_id=cast.carol, who=cast.olga)
    later = DAY + timedelta(days=3)
    let_back(office, "甲-1", excluded.id, later, who=cast.olga)

    wind(office, later, later)

    assert ("carol", "supervising_leader", "acknowledge") in told(office, "甲-1")
    with reading(office.engine) as session:
        [(row, name)] = exclusions_of(session, session.get_one(Task, 1))
    assert (name, row.from_on, row.until_on) == ("carol", DAY, later - timedelta(days=1))
    assert (row.by_id, row.ended_by_id, row.ended_because) == (cast.olga, cast.olga, "已查清")
    with pytest.raises(Refusal, match="ended on"):
        let_back(office, "甲-1", excluded.id, later)


def test_one_that_began_today_ends_tomorrow(bench: Bench):
    excluded = None
    bench.task("甲-1", DUE)
    excluded = keep_away(bench.office, "甲-1", DAY, official_id=bench.cast.carol)
    assert let_back(bench.office, "甲-1", excluded.id, DAY).until_on == DAY


def test_the_handlers_answer_is_not_touched(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", date(2022, 7, 4))
    play(office, DAY)
    keep_away(office, "甲-1", DAY, official_id=cast.carol)

    assert reply(office, answer, cast.alice, "甲-1", on=DAY)
