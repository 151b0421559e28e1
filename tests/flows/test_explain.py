"""Why a colour: the sentences are true whatever happened to the task."""

from datetime import date, time, timedelta
from random import Random

import pytest

from flows.database import reading
from flows.explain import NotYetOpened, explain
from flows.find_task import NoSuchTask
from flows.replies import acknowledge, answer
from flows.working_days import load_calendar
from models import Absence, DeadlineChange, Message, Official, Policy, Task
from models.signoff import TaskState
from notifications.explanation import Explanation
from tests.conftest import SHANGHAI, Cast, instant, sample
from tests.kept import add, digests, edit, extend, notices, play, reply, rows, told, wind

DUE = date(2022, 7, 13)  # a Wednesday
DAY = date(2022, 7, 14)
UNVERIFIED = " (by the link in a mail, identity not verified)"


def explained(office, on: date, number: str = "甲-1") -> Explanation:
    with reading(office.engine) as session:
        calendar = load_calendar(session)
        return explain(session, number, on=on, calendar=calendar, timezone=SHANGHAI)


def english(office, on: date) -> list[str]:
    return explained(office, on).sentences("en")


def test_a_reason_that_ends_its_own_sentence_has_one_full_stop(office, cast: Cast):
    cast.task("甲-1", DUE)
    extend(office, "甲-1", date(2022, 8, 5), on=DAY, reason="经批准延期。")

    moved = "时限由2022年7月13日改为2022年8月5日（批准延期），理由：经批准延期。"
    assert explained(office, DAY).sentences("zh-CN")[0].endswith(moved)
    assert english(office, DAY)[0].endswith("to 5 August 2022 (extended): 经批准延期.")


def test_a_green_task_with_time_left(office, cast: Cast):
    cast.task("甲-1", DUE)

    assert english(office, date(2022, 7, 1)) == [
        "The deadline is Wednesday 13 July 2022.",
        "It is green: no rung has struck.",
        "If nothing happens it turns blue on Thursday 14 July 2022 (1 day after the deadline).",
    ]
    assert explained(office, date(2022, 7, 1)).sentences("zh-CN") == [
        "整改时限是2022年7月13日（周三），不需顺延。",
        "当前为绿色：尚未达到任何预警条件。",
        "如无进展，将于2022年7月14日（周四）升为蓝色（截止日后 1 天）。",
    ]


def test_a_deadline_in_the_holidays_counts_as_the_next_working_day(office, cast: Cast):
    """Off from 1 to 7 October; Saturday the 8th was worked."""
    cast.task("甲-1", date(2022, 10, 2))

    assert english(office, date(2022, 9, 30))[0::2] == [
        (
            "The deadline, Sunday 2 October 2022, is a day off: it counts as Saturday "
            "8 October 2022, the next working day."
        ),
        "If nothing happens it turns blue on Sunday 9 October 2022 (1 day after the deadline).",
    ]


def test_a_blue_task_and_what_was_done_about_its_notice(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)

    raised = "It is blue: the night of 14 July 2022 raised it, because '1 day after the deadline' "
    notice = "Notice 定督〔2022〕1号 (blue, 14 July 2022)"
    waits = ": alice (handler) not told yet (the mail waits to be sent); "
    told = " told alice (handler); "
    yellow = "If nothing happens it turns yellow on "
    assert english(office, DAY)[1:] == [
        raised + "had come.",
        notice + waits + "not yet acknowledged (owed by 15 July 2022).",
        yellow + "Wednesday 20 July 2022 (1 day after the blue notice's day of answer).",
    ]
    reply(office, acknowledge, cast.alice, "甲-1", on=DAY, words="")
    assert english(office, DAY)[2:] == [
        notice + told + "acknowledged at 2022-07-14 09:00" + UNVERIFIED + ".",
        yellow + "Wednesday 20 July 2022 (1 day after the blue notice's day of answer).",
    ]
    reply(office, answer, cast.alice, "甲-1", on=DAY, words="done")
    assert english(office, DAY)[2:] == [
        notice + told + "answered at 2022-07-14 09:00" + UNVERIFIED + ": done.",
        yellow + "Saturday 23 July 2022 (10 days after the deadline).",
    ]


def test_a_yellow_task_names_the_silence_that_raised_it(office, cast: Cast):
    cast.task("甲-1", DUE)
    wind(office, DAY, date(2022, 7, 20))

    found = explained(office, date(2022, 7, 20))
    said = found.sentences("en")

    assert said[1:3] == [
        (
            "It became blue: the night of 14 July 2022 raised it, because '1 day after the "
            "deadline' had come."
        ),
        (
            "It is yellow: the night of 20 July 2022 raised it, because '1 day after the blue "
            "notice's day of answer' had come."
        ),
    ]
    assert said[3].endswith("; never acknowledged, and no longer owed.")
    assert said[-1].startswith("If nothing happens it turns red on Tuesday 26 July 2022")
    assert [
        (row.colour, str(row.entry), row.anchor, row.strike_on, row.raised_on)
        for row in found.rows
        if row.struck
    ] == [
        ("blue", "due +1d", DUE, DAY, DAY),
        ("yellow", "unanswered blue +1d", date(2022, 7, 19), date(2022, 7, 20), date(2022, 7, 20)),
    ]


def test_a_clock_that_was_set_back_still_shows_what_it_raised(office, cast: Cast):
    """The report came after the night: the clock runs anew, the colour stays."""
    policy = rows(office, Policy)[0]
    silence = policy.source.replace('"due", after = "10d"', '"reported", after = "9d"')
    edit(office, Policy, policy.id, source=silence)
    opened = date(2022, 7, 11)
    cast.task("甲-1", DUE, opened_on=opened)
    wind(office, DAY, date(2022, 7, 20))
    reply(office, answer, cast.alice, "甲-1", on=date(2022, 7, 20))

    found = explained(office, date(2022, 7, 20))

    [row] = [row for row in found.rows if row.raised_on == date(2022, 7, 20)]
    assert (row.anchor, row.strike_on, row.struck) == (opened, date(2022, 7, 20), True)


def test_a_red_task_has_nothing_further_to_fear(office, cast: Cast):
    add(office, Absence(official_id=cast.alice, deputy_id=cast.bob))
    edit(office, Official, cast.carol, email=None)
    cast.task("甲-1", date(2022, 5, 13))
    play(office, DAY)

    said = english(office, DAY)

    waits = "not told yet (the mail waits to be sent)"
    told = [line.split("2022): ")[1] for line in said if "Notice" in line]
    assert told == [
        f"bob (handler, deputy of alice) {waits}; not yet acknowledged (owed by 15 July 2022).",
        (
            "dora (head of the unit, because no supervising leader could be reached) "
            f"{waits}; not yet acknowledged (owed by 15 July 2022)."
        ),
        f"olga (supervision office) {waits}; for information.",
    ]
    assert said[1] == (
        "It is red: the night of 14 July 2022 raised it over blue and yellow, because "
        "'1 month after the deadline' had come."
    )
    assert said[-1] == "Nothing further is due to strike."


def test_a_task_that_no_night_has_looked_at_goes_to_the_highest_rung_that_has_come(
    office, cast: Cast
):
    cast.task("甲-1", date(2022, 5, 13))

    said = english(office, DAY)

    assert said[1:] == [
        "It is green.",
        "'1 month after the deadline' has come: the next night makes it red.",
    ]
    assert play(office, DAY)["escalated"]["red"] == 1


def test_a_relieved_task_owes_its_colour_to_the_new_deadline(office, cast: Cast):
    """It was blue by a night once; that it is blue again has another reason."""
    cast.task("甲-1", DUE)
    wind(office, DAY, date(2022, 7, 20))
    extend(office, "甲-1", date(2022, 7, 15), on=date(2022, 7, 20))

    said = english(office, date(2022, 7, 20))

    assert said[:3] == [
        (
            "On 20 July 2022 the deadline moved from 13 July 2022 to 15 July 2022 (extended): "
            "经批准延期."
        ),
        "The deadline is Friday 15 July 2022.",
        "It is blue after the deadline changed.",
    ]
    assert said[-1].startswith("If nothing happens it turns yellow on Monday 25 July 2022 (10 days")
    assert sum("no longer owed" in line for line in said) == 3


@pytest.mark.parametrize("state", [TaskState.SUSPENDED, TaskState.OBJECTED, TaskState.WITHDRAWN])
def test_a_task_whose_clock_stands_still_says_so_and_promises_nothing(office, cast: Cast, state):
    cast.task("甲-1", date(2022, 5, 13), state=state)

    said = english(office, DAY)

    assert said[1:] == [f"The clock is not running: the task is {state}.", "It is green."]


def test_a_date_beyond_the_known_calendar_is_marked_as_provisional(office, cast: Cast):
    cast.task("甲-1", date(2060, 7, 14), opened_on=date(2022, 7, 1))

    assert english(office, DAY)[-1] == (
        "That date is provisional: the calendar of its year is not known yet."
    )


def test_a_long_term_task_without_a_date_waits_for_nothing(office, cast: Cast):
    cast.task("甲-1", None, state=TaskState.LONG_TERM)

    assert english(office, DAY) == [
        "It has no deadline: it is long-term.",
        "It is green: no rung has struck.",
        "Nothing further is due to strike.",
    ]


def test_what_it_promises_is_what_the_nights_do(office, cast: Cast):
    """From night to night, with an answer and a new deadline between."""
    cast.task("甲-1", date(2022, 7, 16))
    acts = {
        date(2022, 7, 21): lambda on: reply(office, answer, cast.alice, "甲-1", on=on),
        date(2022, 7, 30): lambda on: extend(office, "甲-1", date(2022, 8, 6), on=on),
    }
    said = explained(office, DAY).next_row
    for n in (18, 19, 20, 21, 22, 23, 27, 28, 29, 30):
        on = date(2022, 7, n)
        play(office, on)
        now = explained(office, on)
        assert (now.colour == said.colour) == (on >= said.strike_on), on
        if act := acts.get(on):
            act(on)
        said = explained(office, on).next_row

    assert (said.colour, said.strike_on) == ("blue", date(2022, 8, 9))  # the 6th is a Saturday


def test_a_number_that_nobody_has_is_said_plainly(office, cast: Cast):
    with pytest.raises(NoSuchTask, match="no task has the number '乙-9'"):
        explained(office, DAY, "乙-9")


def test_before_it_was_opened_there_is_nothing_to_explain(office, cast: Cast):
    cast.task("甲-1", DUE, opened_on=date(2022, 7, 1))

    assert explained(office, date(2022, 7, 1)).colour == "green"
    with pytest.raises(NotYetOpened, match=r"opened on 2022-07-01: .* for 2022-06-30"):
        explained(office, date(2022, 6, 30))


def test_an_older_ledger_may_be_explained_for_the_days_before_its_import(office, cast: Cast):
    task = cast.task("甲-1", DUE, opened_on=date(2022, 7, 1))
    [opened] = rows(office, DeadlineChange, DeadlineChange.task_id == task.id)
    edit(office, DeadlineChange, opened.id, on=DAY, at=instant(DAY))
    edit(office, Task, task.id, created_at=instant(DAY))

    assert explained(office, date(2022, 7, 5)).due_on == DUE


@pytest.mark.parametrize(
    ("mail", "said"),
    [
        ({"state": "sent", "sent_at": instant(DAY)}, "已告知alice（责任人），尚未签收"),
        ({"state": "dead"}, "致alice（责任人）的邮件未送达（邮箱拒收），尚未签收"),
        ({}, "致alice（责任人）的邮件待发送，尚未签收"),
    ],
    ids=["sent", "refused", "waiting"],
)
def test_only_whom_the_mail_reached_counts_as_told(office, cast: Cast, mail, said):
    cast.task("甲-1", DUE)
    play(office, DAY)
    if mail:
        edit(office, Message, digests(office, cast.alice)[0].id, **mail)

    [line] = [line for line in explained(office, DAY).sentences("zh-CN") if "预警单定" in line]

    assert said in line


def test_a_mail_that_was_not_needed_any_more_was_never_sent(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)
    extend(office, "甲-1", date(2022, 9, 1), on=DAY)

    assert "致alice（责任人）的邮件未发送，" in "".join(explained(office, DAY).sentences("zh-CN"))


OPENED = DUE - timedelta(days=58)  # the last of them; no deadline lies before it
ACTS = ("", "", "", "acknowledge", "answer", "instruct", "extend", "shorten", "sent", "refused")


@pytest.mark.storm
@pytest.mark.parametrize("seed", range(sample(1, 20)))
def test_a_day_that_is_over_is_explained_as_on_that_day(office, cast: Cast, seed):
    """Seven weeks of nights; whatever happens later, each evening's explanation stays true."""
    chance = Random(seed)
    numbers = [f"甲-{n}" for n in range(5)]
    for n, number in enumerate(numbers):
        cast.task(number, DUE + timedelta(days=n - 2))
    said = {}
    for n in range(0, 49, sample(3, 2)):
        on = DAY + timedelta(days=n)
        play(office, on)
        for number in numbers:
            _happen(office, cast, chance.choice(ACTS), number, on, chance)
        said |= {(number, on): explained(office, on, number) for number in numbers}

    for (number, on), found in said.items():
        assert explained(office, on, number) == found, (number, on)
    assert len({found.colour for found in said.values()}) == 4


def _happen(office, cast: Cast, act: str, number: str, on: date, chance: Random) -> None:
    if act in ("extend", "shorten"):
        days = chance.randint(5, 15) * (1 if act == "extend" else -1)
        due = explained(office, on, number).due_on + timedelta(days=days)
        extend(office, number, max(due, OPENED), on=on)
    if not notices(office, number):
        return
    if act in ("acknowledge", "answer"):
        act = acknowledge if act == "acknowledge" else answer
        reply(office, act, cast.alice, number, on=on, words=f"{number} {on}")
    if act == "instruct" and ("carol", "supervising_leader", "acknowledge") in told(office, number):
        reply(office, acknowledge, cast.carol, number, on=on, words="抓紧")
    for mail in digests(office, cast.alice, Message.state == "queued"):
        if act == "sent":
            edit(office, Message, mail.id, state="sent", sent_at=instant(on, time(9)))
        if act == "refused":
            edit(office, Message, mail.id, state="dead", next_at=instant(on, time(9)))
