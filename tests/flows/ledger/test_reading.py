"""What offices really keep: title rows, merged cells, dates as text, GB18030."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.ledger.headings import LEDGER
from flows.ledger.reading import read_ledger
from flows.ledger.rows import DirectoryRow, Ledger, LedgerRow
from models.organisation import PostKind
from models.task import Track
from tests.flows.ledger.conftest import REQUIRED, TODAY, sentences, write_sheets

Read = Callable[..., Ledger]


def test_headings_are_found_below_title_rows(read_sheets: Read) -> None:
    ledger = read_sheets(
        {
            "台账": [
                ["定海区委巡视整改台账"],
                ["（截至2022年7月底）"],
                [],
                ["序号", *REQUIRED, "办理情况"],
                [1, "定巡001", "党的领导弱化", "区教育局", "2022.7.14", "进行中"],
            ]
        }
    )

    assert ledger.problems == ()
    (row,) = ledger.rows
    assert (row.number, row.title, row.unit, row.due_on, row.row) == (
        "定巡001",
        "党的领导弱化",
        "区教育局",
        date(2022, 7, 14),
        5,
    )
    assert ledger.ignored_columns == ("台账 序号", "台账 办理情况")


def test_a_merged_number_is_one_task_with_several_measures(read_sheets: Read) -> None:
    def merge(sheet: Any) -> None:
        for column, value in enumerate(["定巡001", "党的领导弱化", "区教育局", "2022-12-31"]):
            sheet.merge_range(1, column, 3, column, value)

    ledger = read_sheets(
        {
            "台账": [
                [*REQUIRED, "整改措施"],
                ["", "", "", "", "制定制度"],
                ["", "", "", "", "开展培训"],
                ["", "", "", "", ""],
                ["定巡002", "另一问题", "区教育局", "2022-12-31", "一项措施"],
            ]
        },
        merge,
    )

    assert ledger.problems == ()
    assert [(row.number, row.measures) for row in ledger.rows] == [
        ("定巡001", ("制定制度", "开展培训")),
        ("定巡002", ("一项措施",)),
    ]


def test_a_second_value_within_a_merged_number_is_a_problem_not_a_loss(read_sheets: Read) -> None:
    ledger = read_sheets(
        {
            "台账": [
                [*REQUIRED, "备注"],
                ["", "党的领导弱化", "区教育局", "2022-12-31", "甲"],
                ["", "", "", "2022-11-30", "乙"],
            ]
        },
        lambda sheet: sheet.merge_range("A2:A3", "定巡001"),
    )

    assert sentences(ledger) == [
        "台账 第3行 整改时限：“2022-11-30”与同一问题第2行的内容不同，请写成一致，或拆成两个编号"
    ]
    assert ledger.rows[0].remarks == "甲\n乙"


def test_two_rows_of_headings_are_read_as_one(read_sheets: Read) -> None:
    def merge(sheet: Any) -> None:
        sheet.merge_range("A1:A2", "问题编号")
        sheet.merge_range("B1:B2", "反馈\n问题（摘要）")
        sheet.merge_range("C1:D1", "责任落实")

    ledger = read_sheets(
        {
            "台账": [
                ["", "", "", "", "整改时限"],
                ["", "", "责任单位", "责任人", ""],
                ["定巡001", "党的领导弱化", "区教育局", "张三", "2022-12-31"],
            ]
        },
        merge,
    )

    assert ledger.problems == ()
    assert (ledger.rows[0].title, ledger.rows[0].handler) == ("党的领导弱化", "张三")


def test_a_section_title_across_the_columns_is_listed_and_passed_over(read_sheets: Read) -> None:
    ledger = read_sheets(
        {
            "台账": [
                REQUIRED,
                [],
                ["定巡001", "党的领导弱化", "区教育局", "2022-12-31"],
            ]
        },
        lambda sheet: sheet.merge_range("A2:D2", "一、党的领导方面"),
    )

    assert len(ledger.rows) == 1
    assert ledger.ignored_rows == ("台账 第2行：一、党的领导方面",)


def test_a_row_that_only_counts_is_an_unused_line_of_the_form(read_sheets: Read) -> None:
    ledger = read_sheets(
        {
            "台账": [
                ["序号", *REQUIRED],
                [1, "定巡001", "问题", "区教育局", "2022-12-31"],
                [2],
                [3],
            ]
        }
    )

    assert (len(ledger.rows), ledger.problems) == (1, ())


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (date(2022, 9, 30), date(2022, 9, 30)),
        ("2022-09-30", date(2022, 9, 30)),
        ("2022-9-3", date(2022, 9, 3)),
        ("2022.9.30", date(2022, 9, 30)),
        ("2022/9/30", date(2022, 9, 30)),
        ("2022年9月30日", date(2022, 9, 30)),
        (" 2022年9月30日 ", date(2022, 9, 30)),
        ("9月底", date(2022, 9, 30)),
    ],
)
def test_a_date_is_read_as_the_contract_lists_it(
    read_sheets: Read, written: Any, meant: date
) -> None:
    ledger = read_sheets(
        {
            "台账": [
                [*REQUIRED, "交办日期"],
                ["1", "问题", "区教育局", written, "2022-07-01"],
            ]
        }
    )

    assert ledger.problems == ()
    assert ledger.rows[0].due_on == meant


def test_the_end_of_a_month_takes_the_year_of_the_assignment(read_sheets: Read) -> None:
    ledger = read_sheets(
        {
            "台账": [
                [*REQUIRED, "交办日期"],
                ["1", "问题", "区教育局", "2月底", "2020.1.5"],
                ["2", "问题", "区教育局", "2月底", ""],
            ]
        }
    )

    assert [(row.due_on, row.yearless) for row in ledger.rows] == [
        (date(2020, 2, 29), False),
        (date(2022, 2, 28), True),
    ]


@pytest.mark.parametrize("cells", [("", "长期坚持"), ("长期坚持", ""), ("长期", "长期坚持")])
def test_a_long_term_task_needs_no_date(read_sheets: Read, cells: tuple[str, str]) -> None:
    ledger = read_sheets({"台账": [[*REQUIRED, "整改类别"], ["1", "问题", "区教育局", *cells]]})

    assert ledger.problems == ()
    assert (ledger.rows[0].due_on, ledger.rows[0].track) == (None, Track.LONG_TERM)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_the_encodings_that_offices_use(read_bytes: Read, encoding: str) -> None:
    text = (
        "问题编号,反馈问题,责任单位,整改时限\r\n"
        '定巡001,"党的领导弱化，㙍等",区教育局,2022年7月14日\r\n'
    )

    ledger = read_bytes(text.encode(encoding))

    assert ledger.problems == ()
    assert ledger.rows[0].title == "党的领导弱化，㙍等"


def test_the_measures_of_a_csv_are_one_cell_with_its_line_breaks(read_bytes: Read) -> None:
    ledger = read_bytes(
        "问题编号,反馈问题,责任单位,整改时限,整改措施\r\n"
        '1,题,甲,2022-12-31,"一是排查\r\n二是整改"\r\n'.encode()
    )

    assert sentences(ledger) == []
    assert ledger.rows[0].measures == ("一是排查\n二是整改",)


def test_a_csv_is_a_directory_by_its_headings(read_bytes: Read) -> None:
    ledger = read_bytes(
        "unit,parent,name,post,email\n区教育局,定海区委,张三,unit_head,ZHANG@例子.中国\n".encode()
    )

    assert ledger.problems == ()
    assert ledger.directory == (
        DirectoryRow(
            unit="区教育局",
            parent="定海区委",
            name="张三",
            post=PostKind.UNIT_HEAD,
            email="zhang@xn--fsqu00a.xn--fiqs8s",
            sheet="",
            row=2,
        ),
    )


def test_a_formula_counts_as_the_value_that_the_file_keeps(read_sheets: Read) -> None:
    ledger = read_sheets(
        {"台账": [REQUIRED, ["", "问题", "区教育局", "2022-12-31"]]},
        lambda sheet: sheet.write_formula("A2", '="定巡"&"001"', None, "定巡001"),
    )

    assert ledger.problems == ()
    assert ledger.rows[0].number == "定巡001"


def test_what_a_column_does_not_say_differs_from_an_empty_cell(read_sheets: Read) -> None:
    ledger = read_sheets(
        {"台账": [[*REQUIRED, "整改目标"], ["1", "问题", "区教育局", "2022-12-31"]]}
    )

    assert (ledger.rows[0].goal, ledger.rows[0].remarks) == ("", None)


def test_numbers_stay_as_they_are_shown(read_sheets: Read) -> None:
    ledger = read_sheets(
        {
            "台账": [
                [*REQUIRED, "备注"],
                [20220001, "问题", "区教育局", "2022-12-31", 4.49],
                [1.1, "问题", "区教育局", "2022-12-31", 0.1 + 0.2],
            ]
        }
    )

    assert [(r.number, r.remarks) for r in ledger.rows] == [("20220001", "4.49"), ("1.1", "0.3")]


TEXT = st.text(st.sampled_from("定海区整改问题ABC12（）、.㙍"), min_size=1, max_size=12)
MAYBE = st.just("") | TEXT
DAYS = st.dates(date(2022, 1, 1), date(2023, 12, 31))


@st.composite
def rows(draw: st.DrawFn) -> LedgerRow:
    opened_on = draw(DAYS)
    return LedgerRow(
        number=draw(TEXT),
        title=draw(TEXT),
        unit=draw(TEXT),
        opened_on=opened_on,
        due_on=draw(st.dates(opened_on, date(2024, 12, 31))),
        procedure=draw(MAYBE),
        handler=draw(MAYBE),
        handler_email=draw(st.sampled_from(["", "a.b+c@example.cn"])),
        supervising_leader=draw(MAYBE),
        lead_unit=draw(MAYBE),
        supporting_units=draw(MAYBE),
        goal=draw(MAYBE),
        measures=tuple(draw(st.lists(TEXT, max_size=3))),
        track=draw(st.sampled_from(Track)),
        lists=draw(MAYBE),
        restricted=draw(st.booleans()),
        remarks=draw(MAYBE),
    )


def written(row: LedgerRow, field: str) -> Any:
    value = getattr(row, field)
    return value if not isinstance(value, bool) else "是" if value else "否"


@given(st.lists(rows(), min_size=1, max_size=4, unique_by=lambda row: row.number))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_written_is_read_again(tmp_path: Path, drawn: list[LedgerRow]) -> None:
    path = tmp_path / "台账.xlsx"
    fields = [heading.field for heading in LEDGER]
    lines: list[list[Any]] = [["台账"], [heading.chinese for heading in LEDGER]]
    spans: list[tuple[int, int]] = []
    for row in drawn:
        spans.append((len(lines), len(row.measures or ())))
        first = [written(row, f) if f != "measures" else (row.measures or ("",))[0] for f in fields]
        lines.append(first)
        lines += [
            ["" if f != "measures" else text for f in fields] for text in (row.measures or ())[1:]
        ]

    def merge(sheet: Any) -> None:
        for (top, height), row in zip(spans, drawn, strict=True):
            if height > 1:
                sheet.merge_range(top, 0, top + height - 1, 0, row.number)

    write_sheets(path, {"台账": lines}, merge)
    ledger = read_ledger(path, today=TODAY)

    assert ledger.problems == ()
    again = [_without_place(row) for row in ledger.rows]
    assert again == [_without_place(row) for row in drawn]


def _without_place(row: LedgerRow) -> dict[str, Any]:
    fields = (heading.field for heading in LEDGER)
    return {field: getattr(row, field) for field in fields}
