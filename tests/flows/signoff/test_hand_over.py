"""A post passes to a successor with everything open that hangs on its holder, or not at all."""

from datetime import date, timedelta

import pytest
from sqlmodel import col

from flows.audit import contradictions
from flows.database import reading, transaction
from flows.history import faults
from flows.replies import acknowledge
from flows.signoff.hand_over import HandOver, OnItsDay, SuccessorStandsAside, hand_over, plan
from flows.signoff.office_acts import NotTheOffice
from flows.signoff.roles import StandsAside
from flows.working_days import load_calendar
from models import Absence, Official, Post, Reassignment, Receipt, Referral, Task
from models.decision import ReferralState
from models.organisation import PostKind
from models.refusal import Refusal
from tests.flows.test_still_owed import send
from tests.kept import add, everything, play, reply, rows, told
from tests.responsibility import by, keep_away
from tests.sign_offs import Bench

DUE, DAY, LONG_AGO = date(2022, 7, 13), date(2022, 7, 14), date(2022, 5, 13)


@pytest.fixture
def nina(bench: Bench) -> int:
    """The successor."""
    add(
        bench.office,
        Official(name="nina", unit_id=bench.cast.unit, email="nina@dinghai.example"),
    )
    [nina] = rows(bench.office, Official, col(Official.name) == "nina")
    return nina.id


def pass_post(bench: Bench, giver: int, taker: int, *, who: int | None = None, **facts):
    actor = by(bench.office, bench.cast.olga if who is None else who, DAY)
    wanted = HandOver(giver, taker, **{"on": DAY, "reason": "职务调整"} | facts)
    with transaction(bench.office.engine, actor.now) as session:
        return hand_over(session, actor, wanted, calendar=load_calendar(session))


def numbers(tasks) -> list[str]:
    return [task.number for task in tasks]


def test_posts_matters_duties_and_decisions_pass_together(bench: Bench, nina: int):
    """Dora heads the unit, handles one matter herself, owes a signature, and reviews another."""
    office, cast = bench.office, bench.cast
    bench.task("甲-1", DUE, handler_id=cast.dora)
    bench.task("甲-2", LONG_AGO)
    bench.task("甲-3", date(2022, 12, 30))
    bench.task("甲-4", date(2022, 12, 30), supervising_leader_id=cast.dora)
    bench.task("乙-1", DUE, handler_id=cast.dora, state="signed_off")
    play(office, DAY)
    send(office)
    bench.apply("甲-3", DAY)
    assert bench.asked("甲-3") == [cast.dora]

    passed = pass_post(bench, cast.dora, nina)

    assert [(post.kind, unit) for post, unit in passed.posts] == [("unit_head", "区教育局")]
    assert numbers(passed.handled) == ["甲-1"]
    assert numbers(passed.led) == ["甲-4"]
    assert numbers(passed.owing) == ["甲-1", "甲-2"]
    assert numbers(passed.asked) == ["甲-3"]
    assert bench.asked("甲-3") == [nina]
    assert {who for who, _ in send(office)} == {"nina@dinghai.example"}
    assert reply(office, acknowledge, nina, "甲-2", on=DAY)
    assert not reply(office, acknowledge, cast.dora, "甲-2", on=DAY)
    tasks = {task.number: task for task in rows(office, Task)}
    assert (tasks["甲-1"].handler_id, tasks["甲-4"].supervising_leader_id) == (nina, nina)
    assert tasks["乙-1"].handler_id == cast.dora
    assert len(rows(office, Reassignment)) == 2
    with reading(office.engine) as session:
        assert list(faults(session)) == []
        denied = [chinese for chinese, _ in contradictions(session)]
        assert [said.partition("：")[0] for said in denied] == ["乙-1"]  # closed by hand


def test_old_notices_keep_the_old_names(bench: Bench, nina: int):
    office, cast = bench.office, bench.cast
    bench.task("甲-2", LONG_AGO)
    play(office, DAY)

    pass_post(bench, cast.dora, nina)

    assert told(office, "甲-2") == [
        ("alice", "handler", "act"),
        ("carol", "supervising_leader", "acknowledge"),
        ("dora", "unit_head", "acknowledge"),
        ("olga", "office", "copy"),
        ("nina", "unit_head", "acknowledge"),
    ]


def test_posts_are_dated(bench: Bench, nina: int):
    pass_post(bench, bench.cast.dora, nina)

    held = {
        post.official_id: (post.from_on, post.until_on)
        for post in rows(bench.office, Post, col(Post.kind) == PostKind.UNIT_HEAD)
        if post.unit_id == bench.cast.unit
    }
    assert held == {bench.cast.dora: (None, DAY - timedelta(days=1)), nina: (DAY, None)}


def test_what_a_deputy_owes_in_the_holders_stead_passes_too(bench: Bench, nina: int):
    office, cast = bench.office, bench.cast
    add(office, Absence(official_id=cast.dora, deputy_id=cast.bob, from_on=DAY))
    bench.task("甲-2", LONG_AGO)
    play(office, DAY)

    pass_post(bench, cast.dora, nina)

    open_ones = rows(office, Receipt, col(Receipt.ended_on).is_(None))
    assert cast.bob not in {receipt.official_id for receipt in open_ones}
    assert nina in {receipt.official_id for receipt in open_ones}


def test_a_decision_goes_past_a_successor_who_handles_it(bench: Bench, nina: int):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", DUE, handler_id=nina)
    bench.apply("甲-1", DAY, who=nina)
    assert bench.asked("甲-1") == [cast.dora]

    pass_post(bench, cast.dora, nina)

    assert bench.asked("甲-1") == [cast.olga]
    assert rows(office, Referral)[0].state == ReferralState.VOID


def test_one_unit_alone_may_pass(bench: Bench, nina: int):
    """Leo heads the lead unit, and leads a matter of the education office."""
    cast = bench.cast
    bench.task("甲-1", DUE, supervising_leader_id=bench.leo)
    passed = pass_post(bench, bench.leo, nina, unit_id=bench.lead_unit)

    assert [unit for _, unit in passed.posts] == ["区委办"]
    assert passed.tasks == []
    assert numbers(pass_post(bench, bench.leo, nina, unit_id=cast.unit).led) == ["甲-1"]


def test_before_its_day_only_a_post_can_pass(bench: Bench, nina: int):
    later = DAY + timedelta(days=10)
    bench.task("甲-1", DUE)
    with pytest.raises(OnItsDay, match="1 open matters can only pass on 2022-07-24"):
        pass_post(bench, bench.cast.alice, nina, on=later)

    pass_post(bench, bench.leo, nina, on=later)

    new = rows(bench.office, Post, col(Post.official_id) == nina)
    assert [(post.kind, post.from_on) for post in new] == [("unit_head", later)]


def test_a_successor_who_keeps_away_from_a_matter_is_named_it(bench: Bench, nina: int):
    bench.task("甲-1", DUE)
    keep_away(bench.office, "甲-1", DAY, official_id=nina)
    before = everything(bench.office.engine)
    with pytest.raises(SuccessorStandsAside, match="甲-1"):
        pass_post(bench, bench.cast.alice, nina)
    assert everything(bench.office.engine) == before


def test_only_the_office_hands_over_and_nobody_what_he_keeps_away_from(bench: Bench, nina: int):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", DUE)
    with pytest.raises(NotTheOffice):
        pass_post(bench, cast.alice, nina, who=cast.alice)
    add(office, Post(official_id=cast.mallory, unit_id=1, kind=PostKind.OFFICE))
    keep_away(office, "甲-1", DAY, official_id=cast.mallory)
    with pytest.raises(StandsAside):
        pass_post(bench, cast.alice, nina, who=cast.mallory)


def test_the_office_may_hand_over_itself(bench: Bench, nina: int):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)
    pass_post(bench, bench.cast.olga, nina)
    with pytest.raises(NotTheOffice):
        pass_post(bench, bench.cast.alice, nina)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"reason": ""}, "give the reason"),
        ({"taker": "dora"}, "the same person"),
        ({"giver": "bob"}, "neither a post"),
    ],
    ids=["no reason", "the same", "nothing"],
)
def test_what_makes_no_sense_is_refused(bench: Bench, nina: int, facts, said):
    named = {"giver": "dora", "taker": "nina", "reason": "职务调整"} | facts
    people = bench.cast.people | {"nina": nina}
    giver, taker = people[named["giver"]], people[named["taker"]]
    with pytest.raises(Refusal, match=said):
        pass_post(bench, giver, taker, reason=named["reason"])


def test_the_plan_says_what_passes_and_changes_nothing(bench: Bench, nina: int):
    bench.task("甲-1", DUE)
    before = everything(bench.office.engine)
    actor = by(bench.office, bench.cast.olga, DAY)
    with reading(bench.office.engine) as session:
        planned = plan(session, actor, HandOver(bench.cast.alice, nina, DAY, "职务调整"))
    assert numbers(planned.handled) == ["甲-1"]
    assert everything(bench.office.engine) == before
