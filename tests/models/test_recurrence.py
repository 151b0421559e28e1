"""When a duty comes back: month ends, holidays, and what no rule may leave unsaid."""

from datetime import date

import pytest

from models.duty_file import parse_duty
from models.ladder import RuleError
from models.recurrence import Occurrence
from models.workdays import Calendar
from tests.flows.duties.files import duty

YEAR = date(2023, 12, 31), date(2024, 12, 31)
LAST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]  # of the months of 2024


def days(recurrence: str, begins: str = "2023-01-01", after=YEAR[0], until=YEAR[1]) -> list[date]:
    read = parse_duty(duty(recurrence=f'"{recurrence}"', begins=begins), file="duty.toml")
    return [one.on for one in read.occurrences(after, until, Calendar())]


def test_the_last_day_of_each_month_is_there_in_february_too():
    ends = [date(2024, n, day) for n, day in enumerate(LAST, 1)]
    assert days("FREQ=MONTHLY;BYMONTHDAY=-1") == ends
    assert days("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1") == ends
    thirtieth = days("FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1")
    assert thirtieth == [date(2024, n, min(day, 30)) for n, day in enumerate(LAST, 1)]


@pytest.mark.parametrize(
    ("recurrence", "begins"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=31", "2023-01-01"),
        ("FREQ=MONTHLY;BYMONTHDAY=15,30", "2023-01-01"),
        ("FREQ=MONTHLY", "2023-01-31"),
        ("FREQ=YEARLY", "2024-02-29"),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=31", "2023-01-01"),
    ],
)
def test_a_day_that_some_months_do_not_have_is_refused_with_what_to_write(recurrence, begins):
    with pytest.raises(RuleError) as refused:
        days(recurrence, begins)
    assert "BYMONTHDAY=-1" in refused.value.chinese
    assert "BYMONTHDAY=-1" in refused.value.english


def test_a_day_that_the_named_months_have_is_no_such_day():
    assert days("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=31") == [date(2024, 1, 31), date(2024, 7, 31)]
    assert days("FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=30") == [
        date(2024, n, 30) for n in (3, 6, 9, 12)
    ]


@pytest.mark.parametrize(
    "recurrence",
    [
        "每月一次",
        "FREQ=HOURLY",
        "FREQ=MONTHLY;COUNT=3",
        "FREQ=MONTHLY;UNTIL=20240101",
        "FREQ=MONTHLY;BYMONTHDAY=99",
        "FREQ=MONTHLY;BYMONTHDAY=5;BYMONTHDAY=6",
        "FREQ=MONTHLY;BYDAY=XX",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-31",
        "DTSTART=20240101;FREQ=DAILY",
    ],
)
def test_what_is_no_rule_is_refused_in_a_sentence(recurrence):
    with pytest.raises(RuleError, match="recurrence"):
        days(recurrence)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"within": ""}, "within"),
        ({"by_day": "10"}, "by_day"),
        ({"before_holiday": '"3wd"'}, "before_holiday"),
        ({"within": '"-3wd"'}, "within"),
        ({"recurrence": "", "before_holiday": '"0wd"'}, "before_holiday"),
        ({"recurrence": "", "before_holiday": '"40wd"'}, "before_holiday"),
        ({"ends": "2022-05-01"}, "ends"),
        ({"number_format": '"周报{n}号"'}, "number_format"),
        ({"task_title": '"{holiday}前检查"'}, "task_title"),
        ({"post": '"boss"'}, "post"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_with_its_key(changed, said):
    with pytest.raises(RuleError, match=said):
        parse_duty(duty(**changed), file="duty.toml")


def test_the_time_to_answer_is_a_span_or_a_day_of_a_month():
    last, calendar = Occurrence(date(2024, 1, 31), date(2024, 1, 31)), Calendar()

    def due(**said: str) -> date:
        return parse_duty(duty(**said), file="duty.toml").due_on(last, calendar)

    assert due(within='"5wd"') == date(2024, 2, 6)  # the 4th, a Sunday, is worked
    assert due(within='"10d"') == date(2024, 2, 10)
    assert due(within='"1mo"') == date(2024, 2, 29)
    assert due(within="", by_day="10") == date(2024, 2, 10)
    assert due(within="", by_day="31") == date(2024, 1, 31)
    first = Occurrence(date(2024, 2, 1), date(2024, 2, 1))
    read = parse_duty(duty(within="", by_day="31"), file="duty.toml")
    assert read.due_on(first, calendar) == date(2024, 2, 29)


def test_it_begins_and_ends_on_the_days_that_its_file_says():
    read = parse_duty(duty(begins="2024-03-31", ends="2024-05-30"), file="duty.toml")
    found = [one.on for one in read.occurrences(*YEAR, Calendar())]
    assert found == [date(2024, 3, 31), date(2024, 4, 30)]


def test_of_a_year_every_long_holiday_is_checked_once():
    text = duty(recurrence="", before_holiday='"3wd"', begins="2022-01-01")
    read = parse_duty(text, file="duty.toml")
    found = read.occurrences(date(2021, 12, 31), date(2022, 12, 31), Calendar())
    assert [(one.of, one.holiday) for one in found] == [
        (date(2022, 1, 31), "春节"),
        (date(2022, 4, 3), "清明节"),
        (date(2022, 4, 30), "劳动节"),
        (date(2022, 6, 3), "端午节"),
        (date(2022, 9, 10), "中秋节"),
        (date(2022, 10, 1), "国庆节"),
        (date(2022, 12, 31), "元旦"),
    ]
