"""A task on a stricter list turns colour earlier, and goes back when it leaves."""

from datetime import date, timedelta

import pytest
from sqlmodel import col, select

from flows.database import reading, transaction
from flows.explain import explain
from flows.ledger.rows import Ledger, LedgerRow
from flows.rulebook import load_policy, load_procedure
from flows.signoff.lists import join, leave
from flows.signoff.roles import NotYours
from flows.working_days import load_calendar
from models import ListMembership, Policy, Task, WatchList
from models.refusal import Refusal
from models.warning import Colour
from seeds.load import load_rulebook
from tests.conftest import SEEDS, SHANGHAI, instant
from tests.flows.ledger.conftest import apply_to
from tests.kept import colour, notices, rows, wind
from tests.responsibility import act, keep_away
from tests.sign_offs import Bench

DUE, DAY = date(2022, 7, 20), date(2022, 7, 4)
SEED = (SEEDS / "policies/listed.toml").read_text("utf-8")


@pytest.fixture(autouse=True)
def loaded(bench: Bench) -> None:
    with transaction(bench.office.engine, instant(DAY)) as session:
        load_rulebook(session, now=instant(DAY))
        milder = (
            SEED.replace('"listed"', '"milder"').replace("定挂督", "缓督").replace('"10d"', '"90d"')
        )
        load_policy(session, milder, file="milder.toml", now=instant(DAY))
        session.add(
            WatchList(
                name="milder",
                title="重点关注",
                policy_name="milder",
                source="",
                loaded_at=instant(DAY),
            )
        )
        session.add(WatchList(name="words", title="一般清单", source="", loaded_at=instant(DAY)))
        session.add(
            WatchList(
                name="four_colours",
                title="四级清单",
                policy_name="national",
                source="",
                loaded_at=instant(DAY),
            )
        )


def joins(bench: Bench, name: str, on: date = DAY, *, who: int | None = None, **facts):
    said = {"leader_id": bench.cast.hugo, "reason": "区委决定挂牌"} | facts

    def deed(session, task, actor, calendar):
        watch_list = session.exec(select(WatchList).where(WatchList.name == name)).one()
        return join(session, task, watch_list, actor, calendar=calendar, **said)

    return act(bench.office, "甲-1", who, on, deed)


def leaves(bench: Bench, name: str, on: date = DAY, *, reason: str = "已取得实效"):
    def deed(session, task, actor, calendar):
        watch_list = session.exec(select(WatchList).where(WatchList.name == name)).one()
        return leave(session, task, watch_list, actor, reason=reason, calendar=calendar)

    return act(bench.office, "甲-1", bench.cast.olga, on, deed)


def policy(bench: Bench) -> str:
    [task] = rows(bench.office, Task)
    [found] = rows(bench.office, Policy, col(Policy.id) == task.policy_id)
    return found.name


def test_a_list_with_a_policy_switches_the_task_and_gives_it_back(bench: Bench):
    bench.task("甲-1", DUE)

    joined = joins(bench, "seven_lists", who=bench.cast.olga)
    assert policy(bench) == "listed"
    assert (joined.policy_id, joined.leader_id) == (bench.cast.policy_id, bench.cast.hugo)

    leaves(bench, "seven_lists")
    assert policy(bench) == "default"
    [kept] = rows(bench.office, ListMembership)
    assert (kept.from_on, kept.until_on, kept.left_because) == (DAY, DAY, "已取得实效")


def test_it_turns_earlier_and_is_relieved_when_it_leaves(bench: Bench):
    office = bench.office
    bench.task("甲-1", DUE)
    wind(office, DAY, DAY)
    assert colour(office, "甲-1") == Colour.GREEN

    joins(bench, "seven_lists")
    wind(office, DAY + timedelta(days=1), DUE - timedelta(days=10))
    assert colour(office, "甲-1") == Colour.BLUE
    assert notices(office, "甲-1")[-1].number.startswith("定挂督")

    leaves(bench, "seven_lists", DUE - timedelta(days=10))
    assert colour(office, "甲-1") == Colour.GREEN
    assert notices(office, "甲-1")[-1].state == "lifted"

    wind(office, DUE - timedelta(days=9), DUE)
    assert colour(office, "甲-1") == Colour.GREEN
    wind(office, DUE + timedelta(days=1), DUE + timedelta(days=1))
    assert colour(office, "甲-1") == Colour.BLUE
    assert notices(office, "甲-1")[-1].number == "定督〔2022〕1号"


@pytest.mark.parametrize("order", [("seven_lists", "milder"), ("milder", "seven_lists")])
def test_on_two_lists_the_strictest_counts_in_whatever_order(bench: Bench, order):
    bench.task("甲-1", DUE)
    for name in order:
        joins(bench, name)
    assert policy(bench) == "listed"

    leaves(bench, "seven_lists")
    assert policy(bench) == "default"  # the milder one is milder than its own
    leaves(bench, "milder")
    assert policy(bench) == "default"
    assert {m.policy_id for m in rows(bench.office, ListMembership)} == {bench.cast.policy_id}


def test_a_list_without_a_policy_changes_no_colour(bench: Bench):
    bench.task("甲-1", DUE)
    joins(bench, "words")
    assert policy(bench) == "default"


def test_a_policy_with_other_colours_does_not_count(bench: Bench):
    """A task that is yellow may have no orange above it, or the other way round."""
    bench.task("甲-1", DUE)
    joined = joins(bench, "four_colours")
    assert (policy(bench), joined.list_policy_id) == ("default", None)


def test_a_day_before_it_joined_is_explained_by_its_own_policy(bench: Bench):
    bench.task("甲-1", DUE)
    later = DAY + timedelta(days=5)
    joins(bench, "seven_lists", DAY)
    leaves(bench, "seven_lists", later)

    with reading(bench.office.engine) as session:
        said = [
            explain(
                session, "甲-1", on=on, calendar=load_calendar(session), timezone=SHANGHAI
            ).policy
            for on in (DAY - timedelta(days=1), DAY, later - timedelta(days=1), later)
        ]
    assert ["listed" in policy for policy in said] == [False, True, True, False]


def test_it_may_join_again(bench: Bench):
    bench.task("甲-1", DUE)
    joins(bench, "seven_lists")
    leaves(bench, "seven_lists")
    joins(bench, "seven_lists")
    assert policy(bench) == "listed"
    assert len(rows(bench.office, ListMembership)) == 2


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"reason": ""}, "give the reason"),
        ({"state": "withdrawn"}, "joins no list"),
        ({"twice": True}, "already"),
        ({"aside": True}, "stands aside"),
    ],
    ids=["no reason", "closed", "twice", "its leader keeps away"],
)
def test_what_makes_no_sense_is_refused(bench: Bench, facts, said):
    bench.task("甲-1", DUE, state=facts.get("state", "assigned"))
    if "twice" in facts:
        joins(bench, "seven_lists")
    if "aside" in facts:
        keep_away(bench.office, "甲-1", DAY, official_id=bench.cast.hugo)
    with pytest.raises(Refusal, match=said):
        joins(bench, "seven_lists", reason=facts.get("reason", "区委决定挂牌"))


def test_only_the_office_keeps_lists(bench: Bench):
    bench.task("甲-1", DUE)
    with pytest.raises(NotYours):
        joins(bench, "seven_lists", who=bench.cast.alice)
    with pytest.raises(Refusal, match="not on"):
        leaves(bench, "seven_lists")


def imported(bench: Bench, number: str, lists: str | None, **facts) -> None:
    said = {"number": number, "title": "题", "unit": "区教育局", "due_on": DUE} | facts
    apply_to(bench.office.engine, Ledger(rows=(LedgerRow(lists=lists, **said),)), DAY)


def on_lists(bench: Bench) -> list[str]:
    with reading(bench.office.engine) as session:
        return list(
            session.exec(
                select(WatchList.title)
                .join(ListMembership, col(ListMembership.list_id) == col(WatchList.id))
                .where(col(ListMembership.until_on).is_(None))
                .order_by(col(ListMembership.id))
            )
        )


def test_an_import_joins_and_leaves_and_keeps_other_words(bench: Bench):
    imported(bench, "新-1", "“七张问题清单”、省级督办")
    assert on_lists(bench) == ["七张问题清单"]
    assert policy(bench) == "listed"
    assert rows(bench.office, Task)[0].lists == "“七张问题清单”、省级督办"

    imported(bench, "新-1", "listed_supervision、省级督办")
    assert on_lists(bench) == ["挂牌督办"]
    imported(bench, "新-1", None)
    assert on_lists(bench) == ["挂牌督办"]
    imported(bench, "新-1", "")
    assert on_lists(bench) == []
    assert policy(bench) == "default"


def test_an_import_leaves_alone_what_the_office_put_on_a_list(bench: Bench):
    bench.task("甲-1", DUE)
    joins(bench, "listed_supervision")
    imported(bench, "甲-1", "重点", title="甲-1 的问题")
    assert on_lists(bench) == ["挂牌督办"]


def test_another_procedure_brings_its_policy_below_the_lists(bench: Bench):
    """While it is green; the list's stays above it."""
    bench.task("甲-1", DUE)
    joins(bench, "seven_lists")
    other = (SEEDS / "procedures/case_lead.toml").read_text("utf-8")
    with transaction(bench.office.engine, instant(DAY)) as session:
        text = other.replace('policy = "default"', 'policy = "haicheng3"')
        load_procedure(session, text, file="case_lead.toml", now=instant(DAY))

    imported(bench, "甲-1", None, title="甲-1 的问题", procedure="问题线索")

    assert policy(bench) == "listed"
    [kept] = rows(bench.office, ListMembership)
    [own] = rows(bench.office, Policy, col(Policy.id) == kept.policy_id)
    assert own.name == "haicheng3"
    leaves(bench, "seven_lists")
    assert policy(bench) == "haicheng3"


def test_a_newer_version_is_for_whoever_joins_from_then_on(bench: Bench):
    bench.task("甲-1", DUE)
    joins(bench, "seven_lists")
    with transaction(bench.office.engine, instant(DAY)) as session:
        load_policy(
            session, SEED.replace('"2022.1"', '"2022.2"'), file="listed.toml", now=instant(DAY)
        )
    [task] = rows(bench.office, Task)
    [now] = rows(bench.office, Policy, col(Policy.id) == task.policy_id)
    assert now.version == "2022.1"
