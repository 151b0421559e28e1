"""Notices: when each rung strikes, what becomes of the notice before, and the numbers."""

from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from flows.database import reading, transaction
from flows.history import faults
from flows.replies import acknowledge, answer
from flows.rulebook import load_policy
from models import Notice, Policy, Task, Transition
from models.ladder import RuleError
from models.notice_machine import LIVE
from models.signoff import TaskState
from models.warning import Colour
from tests.conftest import SEEDS, Cast, instant
from tests.kept import add, colour, edit, notices, play, reply, rows, wind

DUE = date(2022, 7, 13)  # a Wednesday; blue on the 14th, to be answered by the 19th
BLUE_ON = date(2022, 7, 14)
DEFAULT = (SEEDS / "policies" / "default.toml").read_text(encoding="utf-8")


def another_policy(office, text: str) -> int:
    with transaction(office.engine, instant(date(2022, 1, 1))) as session:
        return load_policy(session, text, file="other.toml", now=instant(date(2022, 1, 1))).id


def ladder_of(name: str, *, blue: str, yellow: str, red: str, within: str = "1wd") -> str:
    """A policy of three rungs, each with one clock."""
    lines = [f'name = "{name}"', f'title = "{name}"', 'version = "1"', 'roll = "none"']
    lines.append(f'number_format = "{name}〔{{year}}〕{{n}}号"')
    for word, when in (("blue", blue), ("yellow", yellow), ("red", red)):
        lines += ["[[rung]]", f'colour = "{word}"', f'label = "{word}"', f"when = [{{ {when} }}]"]
        lines += ['tell = ["handler"]', f'acknowledge_within = "{within}"']
        lines += [f'answer_within = "{within}"']
    return "\n".join(lines)


def when_it_turned(office, number: str) -> dict[str, date]:
    moved = rows(office, Transition, Transition.event == "escalate")
    [task] = rows(office, Task, Task.number == number)
    return {t.target: t.on for t in moved if t.task_id == task.id}


def test_unanswered_notices_climb_from_blue_to_yellow_to_red(office, cast: Cast):
    """Blue by the 19th, so yellow on the 20th; yellow by the 25th, so red on the 26th."""
    cast.task("甲-1", DUE)

    for first, last in ((13, 15), (19, 20), (25, 27)):
        wind(office, date(2022, 7, first), date(2022, 7, last))

    assert when_it_turned(office, "甲-1") == {
        "blue": BLUE_ON,
        "yellow": date(2022, 7, 20),
        "red": date(2022, 7, 26),
    }
    assert [(n.colour, n.state) for n in notices(office, "甲-1")] == [
        ("blue", "superseded"),
        ("yellow", "superseded"),
        ("red", "issued"),
    ]
    with reading(office.engine) as session:
        assert list(faults(session)) == []


def test_an_answered_notice_leaves_only_the_dates_to_climb_by(office, cast: Cast):
    cast.task("甲-1", DUE)
    for on in (BLUE_ON, date(2022, 7, 23), date(2022, 8, 13)):
        wind(office, on - timedelta(days=1), on)
        assert reply(office, answer, cast.alice, "甲-1", on=on)

    play(office, date(2022, 9, 1))

    assert when_it_turned(office, "甲-1") == {
        "blue": BLUE_ON,
        "yellow": date(2022, 7, 23),
        "red": date(2022, 8, 13),
    }
    assert [n.state for n in notices(office, "甲-1")] == ["superseded", "superseded", "answered"]


def test_acknowledged_is_not_answered(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, BLUE_ON)
    assert reply(office, acknowledge, cast.alice, "甲-1", on=BLUE_ON)

    play(office, date(2022, 7, 19))
    assert colour(office, "甲-1") == Colour.BLUE
    play(office, date(2022, 7, 20))

    assert colour(office, "甲-1") == Colour.YELLOW
    [superseded] = rows(office, Transition, Transition.event == "supersede")
    assert (superseded.source, superseded.target) == ("acknowledged", "superseded")


@pytest.mark.parametrize("acknowledged", [True, False], ids=["acknowledged", "not"])
def test_the_clock_of_acknowledgement_is_stopped_by_it(office, cast: Cast, acknowledged: bool):
    policy = another_policy(
        office,
        ladder_of(
            "ack",
            blue='clock = "due", after = "1d"',
            yellow='clock = "unacknowledged", of = "blue", after = "1d"',
            red='clock = "unacknowledged", of = "yellow", after = "2d"',
        ),
    )
    cast.task("甲-1", DUE, policy_id=policy)
    play(office, BLUE_ON)
    if acknowledged:
        reply(office, acknowledge, cast.alice, "甲-1", on=BLUE_ON)

    wind(office, date(2022, 7, 15), date(2022, 7, 20))

    turned = {"blue": BLUE_ON}
    if not acknowledged:  # by Friday the 15th; by Monday the 18th
        turned |= {"yellow": date(2022, 7, 16), "red": date(2022, 7, 20)}
    assert when_it_turned(office, "甲-1") == turned


def test_the_clocks_of_opening_reporting_and_the_stage_hang_on_their_dates(office, cast: Cast):
    policy = another_policy(
        office,
        ladder_of(
            "dates",
            blue='clock = "opened", after = "10d"',
            yellow='clock = "reported", after = "20d"',
            red='clock = "stage", after = "1mo"',
        ),
    )
    cast.task("甲-1", None, opened_on=date(2022, 6, 1), policy_id=policy)
    edit(office, Task, 1, reported_on=date(2022, 6, 2), stage_on=date(2022, 6, 3))

    for strikes_on in (date(2022, 6, 11), date(2022, 6, 22), date(2022, 7, 3)):
        wind(office, strikes_on - timedelta(days=1), strikes_on)

    assert when_it_turned(office, "甲-1") == {
        "blue": date(2022, 6, 11),
        "yellow": date(2022, 6, 22),
        "red": date(2022, 7, 3),
    }


@pytest.mark.parametrize("state", [s for s in TaskState if s not in ("assigned", "in_progress")])
def test_only_a_task_on_the_clock_is_raised(office, cast: Cast, state: TaskState):
    cast.task("甲-1", DUE, state=state, level=1 if state == "under_review" else None)

    result = play(office, BLUE_ON)

    assert result["escalated"]["blue"] == result["scanned"] == (state == TaskState.LONG_TERM)


def test_a_missed_week_is_made_up_with_one_notice_at_the_colour_of_the_day(office, cast: Cast):
    cast.task("甲-1", date(2022, 5, 13))
    cast.task("乙-1", date(2022, 7, 4))

    result = play(office, BLUE_ON)

    assert result["escalated"] == {"blue": 0, "yellow": 1, "orange": 0, "red": 1}
    assert [n.colour for n in notices(office, "甲-1")] == ["red"]
    passed = {t.target: t.passed for t in rows(office, Transition)}
    assert passed == {"red": "blue yellow", "yellow": "blue"}


def test_numbers_follow_the_task_numbers_by_code_point(office, cast: Cast):
    numbers = ["甲-9", "甲-10", "a-1", "B-1", "乙-1", "𠀀-1", "！-1"]
    for number in numbers:
        cast.task(number, DUE)

    play(office, BLUE_ON)

    assert [notices(office, number)[0].number for number in sorted(numbers)] == [
        f"定督〔2022〕{n}号" for n in range(1, 8)
    ]


def test_each_policy_and_each_year_counts_its_own_notices(office, cast: Cast):
    """The 31st is a Saturday: by the default policy it counts as 3 January."""
    rules = ladder_of(
        "second",
        blue='clock = "due", after = "1d"',
        yellow='clock = "due", after = "9d"',
        red='clock = "due", after = "99d"',
    )
    policy, newyear = another_policy(office, rules), date(2023, 1, 1)
    for number, due in (("甲-1", -2), ("甲-2", -2), ("甲-3", -1)):
        cast.task(number, newyear + timedelta(days=due))
        cast.task(f"乙{number}", newyear + timedelta(days=due), policy_id=policy)

    wind(office, date(2022, 12, 30), date(2023, 1, 4))

    second = [n.number for n in rows(office, Notice, Notice.policy_name == "second")]
    assert second == ["second〔2022〕1号", "second〔2022〕2号", "second〔2023〕1号"]
    default = [n.number for n in rows(office, Notice, Notice.policy_name == "default")]
    assert default == ["定督〔2022〕1号", "定督〔2022〕2号", "定督〔2023〕1号"]


def test_two_versions_of_a_policy_share_one_row_of_numbers(office, cast: Cast):
    newer = another_policy(office, DEFAULT.replace("2022.1", "2022.2"))
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE, policy_id=newer)

    play(office, BLUE_ON)

    assert sorted(n.sequence for n in rows(office, Notice)) == [1, 2]


def test_two_policies_cannot_give_their_notices_the_same_numbers(office, cast: Cast):
    """Else the first night on which both issue one could not be played."""
    with pytest.raises(RuleError) as refused:
        another_policy(office, DEFAULT.replace('name = "default"', 'name = "copy"'))

    assert str(refused.value) == (
        "other.toml: number_format: '定督〔{year}〕{n}号' belongs to the policy 'default'; "
        "give the notices of 'copy' numbers of their own"
    )
    assert [p.name for p in rows(office, Policy)] == ["default"]


def test_a_task_has_one_live_notice_at_most(office, cast: Cast):
    cast.task("甲-1", DUE)
    wind(office, BLUE_ON, date(2022, 7, 20))
    assert len([n for n in notices(office, "甲-1") if n.state in LIVE]) == 1
    [yellow] = [n for n in notices(office, "甲-1") if n.state in LIVE]

    twin = {**yellow.model_dump(exclude={"id"}), "transition_id": 1, "sequence": 9, "number": "另"}
    with pytest.raises(IntegrityError):
        add(office, Notice(**twin))


def test_due_dates_are_counted_in_working_days_over_the_national_holidays(office, cast: Cast):
    """2022: off from 1 to 7 October, and the weekend of the 8th and 9th was worked."""
    cast.task("甲-1", date(2022, 9, 29))
    rules = ladder_of(
        "days",
        blue='clock = "due", after = "1d"',
        yellow='clock = "due", after = "90d"',
        red='clock = "due", after = "99d"',
        within="3d",
    )
    cast.task("甲-2", date(2022, 9, 29), policy_id=another_policy(office, rules))

    play(office, date(2022, 9, 30))

    [working], [calendar] = notices(office, "甲-1"), notices(office, "甲-2")
    assert working.acknowledge_by == date(2022, 10, 8)
    assert working.answer_by == date(2022, 10, 10)
    assert calendar.acknowledge_by == calendar.answer_by == date(2022, 10, 8)


def test_a_night_on_a_day_off_counts_and_its_notice_is_owed_from_the_next_working_day(
    office, cast: Cast
):
    cast.task("甲-1", date(2022, 7, 15))  # a Friday

    play(office, date(2022, 7, 16))

    [notice] = notices(office, "甲-1")
    assert (notice.issued_on, notice.acknowledge_by) == (date(2022, 7, 16), date(2022, 7, 18))


def test_a_task_with_no_deadline_never_strikes_by_it(office, cast: Cast):
    cast.task("甲-1", None, state=TaskState.LONG_TERM)

    assert play(office, date(2022, 12, 31))["notices"] == 0
