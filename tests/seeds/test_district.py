"""The demo district: whole, without persons, loaded once, and alive when its nights are played."""

import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import SQLModel, col, select

import seeds
from flows.audit import contradictions
from flows.database import reading
from models import DutyOccurrence, MeasurementFollowUp, Notice, Receipt, Referral, Task
from models.decision import ReferralState
from models.duty_file import parse_duty
from models.organisation import PostKind
from models.series_file import parse_series
from models.workdays import Calendar
from seeds.cast import directory
from seeds.district import FIRST_NIGHT, LAST_NIGHT, answers, district
from seeds.notice import read
from tests.district import END_OF_JULY, colours, load

WEEKS = timedelta(weeks=208)
DINGHAI = Path(seeds.__file__).parent / "dinghai"


def _numbers(prefix):
    return [row.number for row in district().rows if row.number.startswith(prefix)]


def test_the_district_has_63_matters_under_all_five_procedures():
    procedures = Counter(row.procedure for row in district().rows)
    assert procedures == {
        "rectification": 25, "case_lead": 16, "project": 18, "petition": 3, "directive": 1,
    }  # fmt: skip


def test_every_number_is_there_once():
    numbers = [row.number for row in district().rows]
    assert len(set(numbers)) == len(numbers)
    assert _numbers("线索-") == [f"线索-2022-{n:03d}" for n in range(1, 17)]


def test_case_leads_carry_numbers_and_dates_only():
    for row in district().rows:
        if row.procedure == "case_lead":
            assert row.title == f"问题线索（{row.number}）"
            assert not any((row.goal, row.measures, row.lists))


def test_what_is_made_up_says_so():
    for row in district().rows:
        assert row.remarks.startswith("演示数据"), row.number


def test_nobody_is_named_only_posts_are():
    posts = "承办人|主要负责人|分管领导|核查员|值班员|系统管理员"
    people = [row for row in directory() if row.name]
    assert all(re.search(f"({posts})$", row.name) for row in people)
    assert all(row.email.endswith("@dinghai.example") for row in people if row.email)
    text = "".join(path.read_text("utf-8") for path in DINGHAI.rglob("*.toml"))
    assert not re.search(
        r"同志|先生|女士|某某|1[3-9]\d{9}|@(?!dinghai\.example|\{)",
        text.replace("岗位.mail@dinghai.example", ""),
    )


def test_every_matter_lies_with_a_unit_of_the_directory():
    units = {row.unit for row in directory()}
    assert {row.unit for row in district().rows} <= units


def test_one_handler_has_no_address_and_one_is_away():
    nobody = [row.name for row in directory() if row.post and not row.email]
    assert nobody == ["盐仓街道承办人"]
    assert [row.name for row in directory() if row.deputy] == ["区应急管理局承办人"]


def test_a_shift_moves_every_date_and_nothing_else():
    for here, there in zip(district().rows, district(WEEKS).rows, strict=True):
        assert (there.due_on, there.opened_on) == (here.due_on + WEEKS, here.opened_on + WEEKS)
        assert (there.number, there.title) == (here.number, here.title)
    away = next(row for row in district(WEEKS).directory if row.deputy)
    assert away.from_on == date(2022, 7, 25) + WEEKS
    assert [a.on for a in answers(WEEKS)] == [a.on + WEEKS for a in answers()]


def test_the_district_moves_by_whole_weeks_only():
    with pytest.raises(ValueError, match="whole weeks"):
        district(timedelta(days=3))


def test_answers_are_given_on_working_days_of_the_play_and_to_known_matters():
    numbers = {row.number for row in district().rows}
    for said in answers():
        assert FIRST_NIGHT <= said.on <= LAST_NIGHT
        assert Calendar().is_working(said.on), said
        assert said.number in numbers
        assert said.words or said.kind == "acknowledge"


def test_twelve_leads_are_settled_by_the_end_of_july():
    settled = [lead["settled_on"] for lead in read("leads")["leads"] if "settled_on" in lead]
    assert len(settled) == 12
    assert max(settled) <= END_OF_JULY


def _rows(engine):
    with reading(engine) as session:
        return {
            name: sorted(map(tuple, session.execute(table.select())), key=repr)
            for name, table in SQLModel.metadata.tables.items()
        }


def test_the_district_is_loaded_green_and_loading_it_twice_changes_nothing(engine):
    load(engine)
    with reading(engine) as session:
        assert {task.colour for task in session.exec(select(Task))} == {"green"}
        assert not session.exec(select(Notice)).all()
    first = _rows(engine)
    assert len(first["task"]) == 63 + 1 + 10  # what a measurement opened, and what units handed in
    assert len(first["record"]) == 118
    assert len(first["proposal_line"]) == 256 - 42
    assert len(first["figure"]) == 0, "they are reported on 4 August"
    # notice, projects, others, and what a measurement opened
    assert len(first["measure"]) == 115 + 18 * 3 + 4 * 2 + 2
    load(engine, FIRST_NIGHT + timedelta(days=1))
    assert _rows(engine) == first


def test_the_nights_make_a_believable_district_of_it(played):
    assert played.refused == []
    assert played.leads_in_july == {"green", "blue"}, "twelve are settled"
    with reading(played.office.engine) as session:
        first = {
            n.issued_on
            for n in session.exec(
                select(Notice)
                .join(Task)
                .where(
                    col(Task.number).startswith("线索"),
                    Notice.colour == "blue",
                    col(Notice.issued_on) <= END_OF_JULY,
                )
            )
        }
        assert first == {date(2022, 7, 8), date(2022, 7, 15), date(2022, 7, 29)}


def test_by_the_fifth_of_august_all_four_colours_are_there(played):
    with reading(played.office.engine) as session:
        assert colours(session) == {"green": 159, "blue": 16, "yellow": 6, "red": 6}
        receipt = select(Receipt).where(col(Receipt.climbed_from) == PostKind.HANDLER)
        assert session.exec(receipt).first(), "盐仓街道: the ladder climbs past the handler"
        assert session.exec(select(Receipt).where(col(Receipt.stands_for_id).is_not(None))).first()


def test_what_recurs_is_done_but_for_one_that_is_missed_and_a_code_that_turned_red(played):
    with reading(played.office.engine) as session:
        duties = session.exec(
            select(DutyOccurrence, Task).join(Task, col(Task.id) == col(DutyOccurrence.task_id))
        ).all()
        late = [(row.unit, task) for row, task in duties if str(task.colour) != "green"]
        assert [(unit, task.number.partition("〔")[0]) for unit, task in late] == [
            ("白泉镇", "田巡"),
            ("区教育局分管领导 → 相对薄弱村07", "结对"),
        ]
        assert Counter(str(task.state) for _, task in duties)["confirmed"] == 0
        assert {"signed_off", "assigned"} <= {str(task.state) for _, task in duties}
        followed = session.exec(
            select(MeasurementFollowUp).where(MeasurementFollowUp.code == "red")
        ).all()
        assert [(row.subject, row.period) for row in followed] == [
            ("目标培育企业（第03号）", date(2022, 6, 1)),
            ("目标培育企业（第08号）", date(2022, 7, 1)),
            ("安置项目（第7号）", date(2022, 7, 1)),
        ]
        assert not session.exec(select(DutyOccurrence).where(DutyOccurrence.need != "")).all()


def test_the_villages_have_grown_in_june_as_the_notice_says():
    (villages,) = [one for one in read("measured")["series"] if one["name"] == "village_growth"]
    june = [Decimal(line["values"][-2]) for line in villages["values"]]
    over = sorted(growth for growth in june if growth > 5)
    assert (len(june), len(over), over[0], over[-1]) == (27, 17, Decimal("6.87"), Decimal("437.83"))


@pytest.mark.parametrize("folder", ["duties", "measures"])
def test_what_recurs_is_shipped_with_where_it_comes_from(folder):
    files = sorted((Path(seeds.__file__).parent / folder).glob("*.toml"))
    assert files
    for file in files:
        text = file.read_text("utf-8")
        assert text.startswith("#"), file.name
        read = (parse_duty if folder == "duties" else parse_series)(text, file=file.name)
        assert (read.name, bool(read.basis), read.demonstration) == (file.stem, True, True)


def test_by_then_somebody_has_come_to_every_stage_of_the_sign_off(played):
    with reading(played.office.engine) as session:
        tasks = {task.number: task for task in session.exec(select(Task))}
        assert tasks["巡改-3.3"].state == "signed_off"
        assert (tasks["巡改-7.1"].state, tasks["巡改-7.1"].level) == ("under_review", 2)
        assert (tasks["巡改-3.2"].state, tasks["巡改-3.2"].level) == ("under_review", 1)
        assert tasks["安置-02"].due_on == date(2022, 8, 31)
        assert (tasks["安置-05"].state, tasks["安置-05"].due_on > date(2022, 7, 29)) == (
            "in_progress",
            True,
        ), "the night has ended its suspension"
        waiting = select(Referral).where(Referral.state == ReferralState.OPEN)
        assert {r.task_id for r in session.exec(waiting)} == {
            tasks[number].id for number in ("巡改-7.1", "巡改-3.2", "安置-07", "预审-2022-013")
        }
        late = ("议题-2022-002", "报人大-2022-1")  # to be reviewed, to be handed in
        assert {tasks[number].colour for number in late} == {"blue"}
        assert not list(contradictions(session))
