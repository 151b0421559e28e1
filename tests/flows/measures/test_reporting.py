"""A reported value has a code; a change for the worse opens one follow-up; nothing is lost."""

from datetime import date
from decimal import Decimal

import pytest

from flows.audit import contradictions
from flows.database import reading, transaction
from flows.history import faults
from flows.measures.following import BY_MEASUREMENT
from flows.measures.reporting import Reading, report
from flows.measures.series import find_series, versions
from flows.office_changes import changes_of
from flows.rulebook import load_procedure
from flows.signoff.actor import COMMAND_LINE, Unattended
from models import DeadlineChange, Measurement, MeasurementFollowUp, MeasurementSeries, Task
from models.ladder import RuleError
from models.office_change import Subject
from models.refusal import Refusal
from models.series_file import parse_series
from models.workdays import Calendar
from tests.conftest import SEEDS, instant
from tests.flows.measures.files import GROWTH, load, say, series
from tests.kept import edit, play, rows

JULY_8, AUG_8 = date(2022, 7, 8), date(2022, 8, 8)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def values(office) -> list[tuple[str, str, str]]:
    return [(one.value, str(one.code), one.reason) for one in rows(office, Measurement)]


def test_a_code_that_turns_red_opens_exactly_one_follow_up(office, cast):
    load(office)
    assert say(office, "2022-05", "7.5", on=date(2022, 6, 8)).opened is None
    told = say(office, "2022-06", "-3", on=JULY_8)
    assert (told.code, told.before, told.opened) == ("red", "green", "码跟〔2022〕1号")

    assert say(office, "2022-06", "-3", on=JULY_8).unchanged
    again = say(office, "2022-06", "-4", on=JULY_8, reason="漏计")
    next_one = say(office, "2022-07", "-8", on=AUG_8)

    assert (again.opened, next_one.opened) == (None, None), "no worse than what is followed up"
    [task] = rows(office, Task)
    assert task.title == "企业01：营收同比增长 2022-06 由绿码转红码（-3%）"
    assert (task.handler_id, task.opened_on, task.due_on) == (
        cast.alice,
        JULY_8,
        date(2022, 7, 22),
    )
    assert rows(office, DeadlineChange)[0].reason == BY_MEASUREMENT
    play(office, date(2022, 7, 23))
    assert str(rows(office, Task)[0].colour) == "blue", "it is missed as any task is"


@on_sqlite
def test_a_first_value_that_is_red_is_followed_up(office, cast):
    load(office)
    assert say(office, "2022-06", "-3", on=JULY_8).opened == "码跟〔2022〕1号"
    assert rows(office, Task)[0].title == "企业01：营收同比增长 2022-06 为红码（-3%）"


def test_a_correction_leaves_what_it_corrected_and_closes_nothing_by_itself(office, cast):
    load(office)
    say(office, "2022-06", "-3", on=JULY_8)
    with pytest.raises(Refusal, match="reason"):
        say(office, "2022-06", "6", on=JULY_8)

    told = say(office, "2022-06", "6", on=AUG_8, reason="补报出口")

    assert values(office) == [("-3", "red", ""), ("6", "green", "补报出口")]
    assert (told.corrected, told.opened, told.still_open) == ("-3", None, "码跟〔2022〕1号")
    assert str(rows(office, Task)[0].state) == "assigned"


@on_sqlite
def test_it_is_followed_up_again_when_it_gets_worse_than_that_or_when_that_is_closed(office, cast):
    load(office)
    assert say(office, "2022-03", "3", on=date(2022, 4, 8)).opened is None, "the first, and not red"
    say(office, "2022-04", "8", on=date(2022, 5, 8))
    assert say(office, "2022-05", "3", on=date(2022, 6, 8)).opened == "码跟〔2022〕1号"
    assert say(office, "2022-06", "-3", on=JULY_8).opened == "码跟〔2022〕2号", "yellow to red"
    assert say(office, "2022-07", "9", on=AUG_8).still_open == "码跟〔2022〕1号、码跟〔2022〕2号"
    for task in rows(office, Task):
        edit(office, Task, task.id, state="withdrawn", colour="green")
    assert say(office, "2022-08", "-1", on=date(2022, 9, 8)).opened == "码跟〔2022〕3号"
    assert len(rows(office, MeasurementFollowUp)) == 3


@on_sqlite
def test_what_cannot_be_used_is_told_line_by_line_and_nothing_is_recorded(office, cast):
    load(office)
    wrong = [
        Reading("企业99", "2022-06", "1", line=2),
        Reading("企业01", "2022年6月", "1", line=3),
        Reading("企业01", "2022-06", "很好", line=4),
        Reading("企业01", "2022-08", "1", line=5),
        Reading("企业02", "2022-06", "1", line=6),
        Reading("企业02", "2022-06", "2", line=7),
        Reading("企业01", "2022-06", "NaN", line=8),
        Reading("企业01", "2022-06", "1e99", line=9),
        Reading("企业01", "2022-06", "0.00000001", line=10),
    ]
    by = Unattended(COMMAND_LINE, JULY_8, instant(JULY_8))
    with transaction(office.engine, instant(JULY_8)) as session:
        kept = find_series(session, "growth")
        with pytest.raises(Refusal) as refused:
            report(session, kept, wrong, by, calendar=Calendar())
    lines = refused.value.chinese.splitlines()
    assert [line[:6] for line in lines[:4]] == [f"第 {n} 行：" for n in (2, 3, 4, 5)]
    assert len(lines) == 8
    assert "写了两次" in lines[-1]
    assert rows(office, Measurement) == []


@on_sqlite
def test_where_nobody_can_follow_it_up_nothing_is_recorded(office, cast):
    load(office, GROWTH.replace("区教育局", "乌有局"))
    with pytest.raises(Refusal, match="乌有局"):
        say(office, "2022-06", "-3", on=JULY_8)
    assert rows(office, Measurement) == rows(office, Task) == []


@on_sqlite
def test_of_a_restricted_procedure_the_follow_up_is_restricted(office, cast):
    now = instant(date(2022, 1, 1))
    with transaction(office.engine, now) as session:
        text = (SEEDS / "procedures/case_lead.toml").read_text("utf-8")
        load_procedure(session, text, file="case_lead.toml", now=now)
    load(office, GROWTH.replace('"rectification"', '"case_lead"'))
    say(office, "2022-06", "-3", on=JULY_8)
    assert [task.restricted for task in rows(office, Task)] == [True]


@pytest.mark.parametrize(
    ("better", "green", "yellow", "codes"),
    [
        ("higher", "5", "0", ["red", "yellow", "yellow", "green", "green"]),
        ("lower", "0", "5", ["green", "green", "yellow", "yellow", "red"]),
    ],
)
def test_a_code_goes_by_its_direction_and_the_bound_itself_is_the_better_one(
    better, green, yellow, codes
):
    read = parse_series(
        series(better=f'"{better}"', green=green, yellow=yellow), file="series.toml"
    )
    found = [
        read.code(read.subject[0], date(2022, 6, 1), Decimal(value))
        for value in ("-0.1", "0", "4.99", "5", "5.01")
    ]
    assert [str(code) for code in found] == codes


def test_a_target_path_is_straight_from_point_to_point():
    read = parse_series(
        series(
            better='"lower"',
            green="",
            yellow="",
            slack="2",
            target='[{ by = "2022-04", value = 12 }, { by = "2022-10", value = 0 }]',
        ),
        file="series.toml",
    )

    def codes(period: date, *written: str) -> list[str]:
        return [str(read.code(read.subject[0], period, Decimal(one))) for one in written]

    assert codes(date(2022, 1, 1), "12", "14", "15") == ["green", "yellow", "red"]
    assert codes(date(2022, 7, 1), "6", "8", "8.5") == ["green", "yellow", "red"]
    assert codes(date(2023, 1, 1), "0", "2", "3") == ["green", "yellow", "red"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"green": ""}, "green"),
        ({"green": "-1"}, "green"),
        ({"better": '"lower"'}, "green"),
        ({"target": '[{ by = "2022-06", value = 1 }]'}, "target"),
        (
            {"green": "", "yellow": "", "target": '[{ by = "2022Q1", value = 1 }]'},
            "2022Q1",
        ),
        (
            {
                "green": "",
                "yellow": "",
                "target": '[{by = "2022-06", value = 1}, {by = "2022-05", value = 2}]',
            },
            "order",
        ),
        ({"period": '"week"'}, "period"),
    ],
)
def test_a_series_that_contradicts_itself_is_refused(changed, said):
    with pytest.raises(RuleError) as refused:
        parse_series(series(**changed), file="series.toml")
    assert said in refused.value.english


@pytest.mark.parametrize(
    ("period", "written", "first"),
    [
        ("month", "2022-12", date(2022, 12, 1)),
        ("quarter", "2022Q4", date(2022, 10, 1)),
        ("year", "2022", date(2022, 1, 1)),
    ],
)
def test_a_period_is_read_and_written_alike(period, written, first):
    read = parse_series(series(period=f'"{period}"'), file="series.toml")
    assert read.period_of(written) == read.latest(first) == first
    assert read.written(first) == written
    assert read.period_of(read.written(read.earlier(first, 1))) < first


@on_sqlite
def test_a_series_has_versions_and_a_value_keeps_the_code_of_its_own(office, cast):
    load(office)
    load(office)
    assert say(office, "2022-05", "3", on=date(2022, 6, 8)).code == "yellow"
    load(office, series(green="3"), on=date(2022, 6, 20), reason="下调目标")
    assert say(office, "2022-06", "3", on=JULY_8).code == "green"

    assert [(str(one.code), one.version) for one in rows(office, Measurement)] == [
        ("yellow", 1),
        ("green", 2),
    ]
    with reading(office.engine) as session:
        kept = versions(session, find_series(session, "growth"))
        assert [(one.n, one.reason) for one in kept] == [(2, "下调目标"), (1, "")]
        assert kept[1].source == GROWTH
        assert [one.change.reason for one in changes_of(session, Subject.SERIES)] == [
            "下调目标",
            "",
        ]
        assert [*faults(session), *contradictions(session)] == []
    [kept_series] = rows(office, MeasurementSeries)
    edit(office, MeasurementSeries, kept_series.id, source=GROWTH)
    with reading(office.engine) as session:
        [(_, english)] = contradictions(session)
    assert "growth: hash of its content is" in english
