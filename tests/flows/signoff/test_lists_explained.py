"""What raised a task stays said, whatever policy counts by now: it joined a list, left one, or a
newer version of its policy was loaded."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from flows.database import reading, transaction
from flows.explain import explain
from flows.rulebook import load_policy
from flows.working_days import load_calendar
from models.warning import Colour
from notifications.explanation import Explanation
from tests.conftest import SEEDS, SHANGHAI, instant
from tests.flows.signoff.test_lists import DUE, joins, leaves, load_lists
from tests.kept import colour, extend, play, wind
from tests.played import as_played
from tests.sign_offs import Bench

BLUE, YELLOW = DUE + timedelta(days=1), DUE + timedelta(days=10)
OWN_BLUE = "2022年7月21日夜间检查时，“截止日后 1 天”已到，升为蓝色"


@pytest.fixture(autouse=True)
def overdue(bench: Bench) -> None:
    engine = bench.office.engine
    as_played(engine, "the lists are loaded", lambda: load_lists(engine))
    bench.task("甲-1", DUE)


def explained(bench: Bench, on: date) -> Explanation:
    with reading(bench.office.engine) as session:
        calendar = load_calendar(session)
        return explain(session, "甲-1", on=on, calendar=calendar, timezone=SHANGHAI)


def said(bench: Bench, on: date, language: str = "zh-CN") -> Sequence[str]:
    """Of its colour, without how its deadline counts and what comes next."""
    return explained(bench, on).colour_sentences(language)[1:-1]


def newer_default(bench: Bench, on: date) -> None:
    """Its blue and its yellow come later than before."""
    text = (SEEDS / "policies/default.toml").read_text("utf-8")
    for old, new in (('"2022.1"', '"2022.9"'), ('after = "1d" }]', 'after = "4d" }]')):
        assert old in text
        text = text.replace(old, new)
    with transaction(bench.office.engine, instant(on)) as session:
        load_policy(session, text, file="newer.toml", now=instant(on))


def test_blue_by_its_own_rules_it_joins_and_says_so_still(bench: Bench):
    play(bench.office, BLUE)
    before = said(bench, BLUE)
    assert before == [f"当前为蓝色：{OWN_BLUE}。"]

    joins(bench, "listed_supervision", BLUE)

    assert said(bench, BLUE) == before
    [english] = said(bench, BLUE, "en")
    assert english.startswith("It is blue: the night of 21 July 2022 raised it, because '1 day")
    found = explained(bench, BLUE)
    assert str(found.raised.entry) == "due +1d"
    assert [row for row in found.rows if row.raised_on] == [], "none of the list's did"


def test_blue_and_yellow_by_its_own_rules_it_joins_and_says_both_still(bench: Bench):
    wind(bench.office, BLUE, YELLOW)
    before, english = said(bench, YELLOW), said(bench, YELLOW, "en")
    assert before[0] == f"曾为蓝色：{OWN_BLUE}。"
    assert before[1].startswith("当前为黄色：2022年7月27日夜间检查时，“蓝色预警单答复期限后 1 天”")

    joins(bench, "listed_supervision", YELLOW)

    assert (said(bench, YELLOW), said(bench, YELLOW, "en")) == (before, english)


def test_the_night_after_raises_it_by_the_list_and_both_are_said(bench: Bench):
    play(bench.office, BLUE)
    joins(bench, "listed_supervision", BLUE)
    play(bench.office, BLUE + timedelta(days=1))

    assert said(bench, BLUE + timedelta(days=1)) == [
        f"曾为蓝色：{OWN_BLUE}。",
        "当前为黄色：2022年7月22日夜间检查时，“截止日后 1 天”已到，升为黄色。",
    ]


def test_raised_by_the_list_it_leaves_and_its_colour_stays(bench: Bench):
    """What its dates say by its own rules is no lower."""
    joins(bench, "listed_supervision")
    play(bench.office, YELLOW - timedelta(days=1))
    before = said(bench, YELLOW)
    assert before == [
        "当前为黄色：2022年7月29日夜间检查时，“截止日后 1 天”已到，升为黄色（越过蓝色）。"
    ]

    leaves(bench, "listed_supervision", YELLOW)

    assert colour(bench.office, "甲-1") == Colour.YELLOW
    assert said(bench, YELLOW) == before


def test_lowered_when_it_left_it_says_that_it_left_and_of_no_deadline(bench: Bench):
    joins(bench, "listed_supervision")
    play(bench.office, BLUE)
    assert colour(bench.office, "甲-1") == Colour.YELLOW

    leaves(bench, "listed_supervision", BLUE)

    assert said(bench, BLUE) == ["当前为蓝色：移出清单后重新计算所得。"]
    assert said(bench, BLUE, "en") == ["It is blue after it left a list with stricter rules."]
    play(bench.office, YELLOW)
    assert said(bench, YELLOW)[0] == "2022年7月21日移出清单，降为蓝色。"
    assert said(bench, YELLOW, "en")[0] == (
        "On 21 July 2022 it left a list with stricter rules, and came down to blue."
    )


def test_lowered_by_a_new_deadline_while_it_stands_on_a_list_it_says_so(bench: Bench):
    joins(bench, "listed_supervision")
    play(bench.office, BLUE)
    extend(bench.office, "甲-1", DUE + timedelta(days=5), on=BLUE)

    assert said(bench, BLUE)[-1] == "当前为蓝色：时限变更后重新计算所得。"


@pytest.mark.parametrize("on_a_list", [False, True])
def test_a_newer_version_of_its_policy_changes_nothing_that_was(bench: Bench, on_a_list):
    wind(bench.office, BLUE, YELLOW)
    before = said(bench, YELLOW)
    newer_default(bench, YELLOW)
    if on_a_list:
        joins(bench, "listed_supervision", YELLOW)

    assert said(bench, YELLOW) == before
