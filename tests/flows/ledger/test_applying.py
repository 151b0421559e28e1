"""A ledger goes into the database as a whole or not at all; a known number updates."""

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func
from sqlmodel import Session, SQLModel, col, select

from flows import history
from flows.database import reading, transaction
from flows.ledger.apply import apply_ledger
from flows.ledger.needs import Need
from flows.ledger.problems import LedgerRefused, Problem
from flows.ledger.rows import DirectoryRow, Ledger, LedgerRow
from flows.rulebook import load_procedure
from models import DeadlineChange, Measure, Official, Post, Task, Transition, Unit
from models.organisation import PostKind
from models.signoff import TaskState
from models.task import Track
from models.warning import Colour
from models.workdays import Calendar
from tests.conftest import SEEDS, Cast, instant
from tests.flows.ledger.conftest import TODAY, apply_to, refusals

DUE = date(2022, 12, 31)
ROW = LedgerRow(number="定巡001", title="党的领导弱化", unit="区教育局", due_on=DUE)


def ledger(*rows: LedgerRow) -> Ledger:
    return Ledger(rows=rows)


def stored(engine: Engine, number: str = "定巡001") -> Task:
    with reading(engine) as session:
        return session.exec(select(Task).where(Task.number == number)).one()


def count(engine: Engine, table: type[SQLModel]) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_new_row_opens_a_task_with_its_measures_and_its_first_deadline(
    engine: Engine, cast: Cast
) -> None:
    row = dataclasses.replace(
        ROW,
        handler="alice",
        supervising_leader="carol",
        lead_unit="定海区委",
        opened_on=date(2022, 7, 1),
        measures=("制定制度", "开展培训"),
        goal="常态长效",
        supporting_units="区民政局",
        lists="问题清单",
        remarks="无",
    )

    applied = apply_to(engine, ledger(row))

    task = stored(engine)
    assert (applied.opened, applied.updated, applied.unchanged) == (1, 0, 0)
    assert (task.handler_id, task.supervising_leader_id) == (cast.alice, cast.carol)
    assert (task.state, task.colour, task.track) == (
        TaskState.ASSIGNED,
        Colour.GREEN,
        Track.DEADLINE,
    )
    assert task.opened_on == task.stage_on == task.reported_on == date(2022, 7, 1)
    assert task.due_on == task.original_due_on == DUE
    with reading(engine) as session:
        texts = session.exec(select(Measure.text).order_by(col(Measure.position))).all()
        change = session.exec(select(DeadlineChange)).one()
        assert list(texts) == ["制定制度", "开展培训"]
        assert (change.kind, change.due_on, change.task_id) == ("opened", DUE, task.id)
        assert list(history.faults(session)) == []


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("due_on", "opened_on"), [(DUE, TODAY), (date(2022, 6, 30), date(2022, 6, 30))]
)
def test_an_empty_assignment_date_is_the_day_of_import_or_the_deadline(
    engine: Engine, due_on: date, opened_on: date
) -> None:
    apply_to(engine, ledger(dataclasses.replace(ROW, due_on=due_on)))

    assert stored(engine).opened_on == opened_on


@pytest.mark.usefixtures("cast")
def test_the_same_file_twice_changes_nothing(engine: Engine) -> None:
    row = dataclasses.replace(ROW, handler="alice", measures=("甲",), goal="", restricted=False)
    apply_to(engine, ledger(row))

    again = apply_to(engine, ledger(row))

    assert (again.opened, again.updated, again.unchanged, again.changes) == (0, 0, 1, ())
    assert count(engine, DeadlineChange) == 1


def test_a_known_number_updates_only_what_the_file_says(engine: Engine, cast: Cast) -> None:
    full = dataclasses.replace(
        ROW,
        opened_on=date(2022, 7, 1),
        handler="alice",
        goal="目标",
        remarks="备注",
        measures=("甲", "乙"),
        supervising_leader="carol",
        track=Track.IMMEDIATE,
    )
    apply_to(engine, ledger(full))

    applied = apply_to(
        engine,
        ledger(dataclasses.replace(ROW, title="新标题", goal="", measures=("丙",), handler="bob")),
    )

    task = stored(engine)
    assert (task.title, task.goal, task.remarks) == ("新标题", "", "备注")
    assert (task.handler_id, task.supervising_leader_id) == (cast.bob, cast.carol)
    assert (task.opened_on, task.track) == (date(2022, 7, 1), Track.IMMEDIATE)
    assert {(c.column, c.before, c.after) for c in applied.changes} == {
        ("反馈问题", "党的领导弱化", "新标题"),
        ("责任人", "alice alice@dinghai.example", "bob bob@dinghai.example"),
        ("整改目标", "目标", ""),
        ("整改措施", "甲\n乙", "丙"),
    }


@pytest.mark.usefixtures("cast")
def test_a_later_deadline_is_kept_in_the_ledger_of_dates_and_relieves_the_colour(
    engine: Engine,
) -> None:
    apply_to(engine, ledger(dataclasses.replace(ROW, due_on=date(2022, 7, 1))))
    with transaction(engine, instant(TODAY)) as session:
        session.exec(select(Task)).one().colour = Colour.YELLOW

    apply_to(engine, ledger(ROW))

    task = stored(engine)
    assert (task.due_on, task.original_due_on, task.colour) == (DUE, date(2022, 7, 1), Colour.GREEN)
    with reading(engine) as session:
        changes = session.exec(select(DeadlineChange).order_by(col(DeadlineChange.id))).all()
        assert [(c.kind, c.previous_due_on, c.due_on) for c in changes] == [
            ("opened", None, date(2022, 7, 1)),
            ("imported", date(2022, 7, 1), DUE),
        ]
        assert session.exec(select(Transition.event)).all() == ["relieve"]


@pytest.mark.usefixtures("cast")
def test_both_dates_may_move_before_the_old_ones(engine: Engine) -> None:
    apply_to(engine, ledger(dataclasses.replace(ROW, opened_on=date(2022, 7, 1))))

    apply_to(
        engine,
        ledger(dataclasses.replace(ROW, opened_on=date(2021, 1, 1), due_on=date(2021, 6, 1))),
    )

    task = stored(engine)
    dates = (task.opened_on, task.begun_on, task.stage_on, task.reported_on, task.due_on)
    assert dates == (
        *[date(2021, 1, 1)] * 4,
        date(2021, 6, 1),
    )


@pytest.mark.usefixtures("cast")
def test_a_month_without_a_year_keeps_the_year_in_which_the_task_was_opened(engine: Engine) -> None:
    apply_to(engine, ledger(dataclasses.replace(ROW, opened_on=date(2022, 7, 1))))
    later = dataclasses.replace(ROW, due_on=date(2023, 12, 31), yearless=True)

    applied = apply_to(engine, ledger(later), today=date(2023, 3, 1))

    assert applied.unchanged == 1


@pytest.mark.usefixtures("cast")
def test_a_task_becomes_long_term_without_a_date_but_its_state_stays(engine: Engine) -> None:
    apply_to(engine, ledger(ROW))

    apply_to(engine, ledger(dataclasses.replace(ROW, due_on=None, track=Track.LONG_TERM)))

    task = stored(engine)
    assert (task.due_on, task.track, task.state) == (None, Track.LONG_TERM, TaskState.ASSIGNED)


@pytest.mark.usefixtures("cast")
def test_the_next_review_of_a_long_term_task_is_not_the_ledgers_to_clear(engine: Engine) -> None:
    apply_to(engine, ledger(ROW))
    with transaction(engine, instant(TODAY)) as session:
        task = session.exec(select(Task)).one()
        task.state, task.track = TaskState.LONG_TERM, Track.LONG_TERM

    apply_to(engine, ledger(dataclasses.replace(ROW, due_on=None, track=Track.LONG_TERM)))

    assert stored(engine).due_on == DUE


@pytest.mark.usefixtures("cast")
def test_a_closed_task_may_stand_in_the_file_unchanged(engine: Engine) -> None:
    apply_to(engine, ledger(ROW))
    with transaction(engine, instant(TODAY)) as session:
        session.exec(select(Task)).one().state = TaskState.SIGNED_OFF

    assert apply_to(engine, ledger(ROW)).unchanged == 1
    assert refusals(engine, ledger(dataclasses.replace(ROW, title="新", row=5))) == [
        "台账 第5行 问题编号：“定巡001”已经销号或撤回，不能通过导入更改（反馈问题）"
    ]


@pytest.mark.usefixtures("cast")
def test_a_refused_ledger_changes_nothing_even_if_the_session_is_kept(engine: Engine) -> None:
    file = Ledger(
        rows=(ROW, dataclasses.replace(ROW, number="定巡002", unit="不存在的局", row=4)),
        directory=(
            DirectoryRow(unit="新单位", name="新人"),
            DirectoryRow(unit="区教育局", name="阿丽", email="alice@dinghai.example"),
        ),
    )

    with transaction(engine, instant(TODAY)) as session, pytest.raises(LedgerRefused):
        apply_ledger(session, file, today=TODAY, now=instant(TODAY), calendar=Calendar())

    assert (count(engine, Task), count(engine, Unit), count(engine, Official)) == (0, 2, 7)
    with reading(engine) as session:
        assert "阿丽" not in session.exec(select(Official.name)).all()


@pytest.mark.usefixtures("cast")
def test_a_dry_run_is_an_import_that_is_rolled_back(engine: Engine) -> None:
    with Session(engine) as session:
        applied = apply_ledger(
            session, ledger(ROW), today=TODAY, now=instant(TODAY), calendar=Calendar()
        )
        session.rollback()

    assert applied.opened == 1
    assert count(engine, Task) == 0


@pytest.mark.usefixtures("cast")
def test_the_address_in_the_ledger_enters_the_official(engine: Engine) -> None:
    rows = (
        dataclasses.replace(ROW, handler="张三"),  # named first, known from the next row
        dataclasses.replace(ROW, number="定巡002", handler="张三", handler_email="z@example.cn"),
        dataclasses.replace(ROW, number="定巡003", handler_email="z@example.cn"),
    )

    applied = apply_to(engine, ledger(*rows))

    assert applied.officials == 1
    assert len({stored(engine, f"定巡00{n}").handler_id for n in (1, 2, 3)}) == 1


def test_the_ledger_uses_the_directory_of_its_own_file(engine: Engine, cast: Cast) -> None:
    assert cast.unit
    file = Ledger(
        rows=(
            dataclasses.replace(ROW, unit="区民政局", handler="王五", lead_unit="区委办"),
            dataclasses.replace(ROW, number="定巡002", unit="区民政局"),
        ),
        directory=(
            DirectoryRow(unit="区民政局", parent="区委办", name="王五", post=PostKind.UNIT_HEAD),
        ),
    )

    applied = apply_to(engine, file)

    assert (applied.opened, applied.units, applied.officials, applied.posts) == (2, 2, 1, 1)
    assert stored(engine).handler_id is not None
    assert stored(engine, "定巡002").handler_id is None


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"unit": "区民政局"}, "责任单位：没有“区民政局”这个单位，请先在通讯录里登记"),
        ({"lead_unit": "区民政局"}, "牵头单位：没有“区民政局”这个单位"),
        ({"handler": "张三"}, "责任人：找不到“张三”（区教育局），请填写邮箱，或先在通讯录里登记"),
        ({"handler": "olga"}, "责任人：找不到“olga”（区教育局）"),
        ({"supervising_leader": "张三"}, "分管领导：找不到“张三”（区教育局）"),
        ({"handler_email": "z@example.cn"}, "责任人：是空的，而邮箱 z@example.cn 还没有登记"),
        ({"procedure": "没有"}, "类别：没有“没有”这个类别，可以写：巡视整改"),
        ({"due_on": None}, "整改时限：是空的"),
        ({"unit": "定海区委"}, "责任人：是空的，而“定海区委”在通讯录里没有单位负责人"),
    ],
)
def test_what_the_database_does_not_know_is_named(
    engine: Engine, said: dict[str, Any], sentence: str
) -> None:
    (refusal,) = refusals(engine, ledger(dataclasses.replace(ROW, row=7, **said)))

    assert refusal.startswith(f"台账 第7行 {sentence}")


@pytest.mark.usefixtures("cast")
def test_a_matter_without_a_name_is_the_handlers_of_the_unit_or_the_heads(engine: Engine) -> None:
    row = dataclasses.replace(ROW, unit="区民政局", handler="", row=2)
    before, after = TODAY - timedelta(days=1), TODAY + timedelta(days=1)

    def handled(**dates: date) -> Ledger:
        handler = DirectoryRow(
            unit="区民政局",
            name="李四",
            email="li@example.cn",
            post=PostKind.HANDLER,
            **dates,  # type: ignore[arg-type]  # both are dates
        )
        return Ledger(rows=(row,), directory=(handler,))

    assert refusals(engine, handled(until_on=before)) == [
        (
            "台账 第2行 责任人：是空的，而“区民政局”在通讯录里没有单位负责人，也没有责任人；"
            "请填写责任人，或登记其一"
        )
    ]
    assert apply_to(engine, handled(from_on=after)).opened == 1


@pytest.mark.usefixtures("cast")
def test_two_people_of_one_name_need_an_address(engine: Engine) -> None:
    people = tuple(
        DirectoryRow(unit="区教育局", name="张三", email=f"{n}@example.cn") for n in "ab"
    )
    apply_to(engine, Ledger(directory=people))

    assert refusals(engine, ledger(dataclasses.replace(ROW, handler="张三", row=2))) == [
        "台账 第2行 责任人：“张三”有2人同名，请用邮箱写明是哪一位"
    ]
    assert apply_to(engine, ledger(dataclasses.replace(ROW, handler="a@example.cn"))).opened == 1


@pytest.mark.usefixtures("cast")
def test_one_address_cannot_have_two_names(engine: Engine) -> None:
    rows = [
        dataclasses.replace(ROW, number=str(n), handler=name, handler_email="z@example.cn", row=n)
        for n, name in ((2, "张三"), (3, "李四"))
    ]

    assert refusals(engine, ledger(*rows)) == [
        "台账 第3行 责任人邮箱：“z@example.cn”这个邮箱已写给“张三”，一个邮箱只能属于一个人"
    ]


@pytest.mark.usefixtures("cast")
def test_the_problems_of_reading_and_of_the_database_are_told_together(engine: Engine) -> None:
    bad_date = Problem("台账", 7, "整改时限", "尽快", Need.NOT_A_DATE)
    row = dataclasses.replace(ROW, unit="区民政局", due_on=None, row=7)

    told = refusals(engine, Ledger(rows=(row, row), problems=(bad_date,)))

    assert [sentence.split("：")[0] for sentence in told] == [
        "台账 第7行 问题编号",
        "台账 第7行 责任单位",
        "台账 第7行 整改时限",
    ]
    assert "尽快" in told[2]


def test_the_category_is_fixed_once_the_matter_is_under_way(engine: Engine, cast: Cast) -> None:
    text = (SEEDS / "procedures" / "case_lead.toml").read_text(encoding="utf-8")
    with transaction(engine, instant(TODAY)) as session:
        load_procedure(session, text, file="case_lead.toml", now=instant(TODAY))
    lead = dataclasses.replace(ROW, procedure="问题线索", row=3)
    apply_to(engine, ledger(lead))
    assert stored(engine).restricted  # by the procedure

    apply_to(engine, ledger(dataclasses.replace(ROW, procedure="", restricted=False)))
    assert stored(engine).procedure_id == cast.procedure_id
    with transaction(engine, instant(TODAY)) as session:
        session.exec(select(Task)).one().state = TaskState.IN_PROGRESS

    assert refusals(engine, ledger(lead)) == [
        "台账 第3行 类别：“问题线索”已开始办理，类别不能再改（现为 巡视整改）"
    ]


@pytest.mark.usefixtures("cast")
def test_a_head_and_a_handler_who_have_left_answer_for_nobody(engine: Engine) -> None:
    left = (PostKind.UNIT_HEAD, PostKind.HANDLER)
    with transaction(engine, instant(TODAY)) as session:
        for post in session.exec(select(Post).where(col(Post.kind).in_(left))):
            post.until_on = TODAY - timedelta(days=1)

    (refusal,) = refusals(engine, ledger(ROW))

    assert "没有单位负责人" in refusal
