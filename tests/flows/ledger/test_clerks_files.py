"""What clerks' files have again and again: each is told by what to do, in one sentence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Engine

from flows.ledger.rows import Ledger, LedgerRow
from tests.flows.ledger.conftest import REQUIRED, apply_to, refusals, sentences

Read = Callable[..., Ledger]
DUE = date(2022, 12, 31)
ROW = LedgerRow(number="XS-001", title="问题", unit="区教育局", due_on=DUE, row=2)
ALONE = "不像事项；是合计或说明的，请删去这一行，是事项的，请填写编号、反馈问题、责任单位和整改时限"


def test_a_required_heading_of_another_name_is_told_with_those_that_were_not_read(
    read_sheets: Read,
) -> None:
    ledger = read_sheets({"台账": [["问题编号", "反馈问题", "承办单位", "整改时限", "进度"], []]})

    assert sentences(ledger) == [
        (
            "台账 第1行：表头里没有“责任单位”，而这些表头没有读：承办单位、进度；"
            "其中有它的，请把表头改成“责任单位”，或用 sise import --mapping 写明对照"
        )
    ]


@pytest.mark.usefixtures("cast")
def test_deadlines_under_another_heading_are_told_once(engine: Engine, read_sheets: Read) -> None:
    rows = [(str(n), "问题", "区教育局", "2022-12-31", "") for n in range(3)]
    ledger = read_sheets(
        {"台账": [("问题编号", "反馈问题", "责任单位", "完成时限", "整改类别"), *rows]}
    )

    assert refusals(engine, ledger) == [
        (
            "台账 第1行：表头里没有“整改时限”，而这些表头没有读：完成时限；"
            "其中有它的，请把表头改成“整改时限”，或用 sise import --mapping 写明对照"
        )
    ]
    lasting = replace(ledger, rows=tuple(replace(row, due_on=DUE) for row in ledger.rows))
    assert apply_to(engine, lasting).opened == 3


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("unit", "told"),
    [("", "是空的，此列必须填写"), ("区\u200b教育局", "U+200B"), ("区\u3000教育局", "U+3000")],
)
def test_a_unit_that_is_empty_or_cannot_be_read_is_told_and_no_more(
    engine: Engine, read_sheets: Read, unit: str, told: str
) -> None:
    named = [*REQUIRED, "责任人"]
    ledger = read_sheets({"台账": [named, ("1", "问题", unit, "2022-12-31", "alice")]})

    [said] = refusals(engine, ledger)

    assert said.startswith("台账 第2行 责任单位：")
    assert told in said


def test_a_line_break_is_called_so(read_sheets: Read) -> None:
    ledger = read_sheets({"台账": [REQUIRED, ("1", "上一行\n下一行", "区教育局", "2022-12-31")]})

    assert sentences(ledger) == [
        (
            "台账 第2行 反馈问题：“上一行↵下一行”里有不可见或控制字符 U+000A，"
            "即单元格内的换行（Alt+Enter）；请写成一行"
        )
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("合计", "14件", "", ""), "合计"),
        (("", "合　计", "", ""), "合计"),
        (("注：以上均为区级事项", "", "", ""), "注：以上均为区级事项"),
        (("", "", "", "", "填表人：张三"), "填表人：张三"),
    ],
)
def test_a_total_or_a_remark_below_the_rows_is_one_problem(
    read_sheets: Read, row: tuple[str, ...], said: str
) -> None:
    ledger = read_sheets({"台账": [REQUIRED, ("1", "问题", "区教育局", "2022-12-31"), row]})

    assert sentences(ledger) == [f"台账 第3行 问题编号：这一行只有“{said}”，{ALONE}"]


def test_a_measure_below_an_unmerged_number_is_told_by_the_number(read_sheets: Read) -> None:
    ledger = read_sheets(
        {
            "台账": [
                (*REQUIRED, "整改措施"),
                ("1", "问题", "区教育局", "2022-12-31", "一是"),
                ("", "", "", "", "二是"),
            ]
        }
    )

    assert sentences(ledger)[0] == (
        "台账 第3行 问题编号：是空的；请填写编号，同一问题的几条措施请合并编号单元格"
    )


def test_a_csv_is_not_told_to_merge_cells(read_bytes: Read) -> None:
    ledger = read_bytes(f"{','.join(REQUIRED)}\n,问题,区教育局,2022-12-31\n".encode())

    assert sentences(ledger) == [
        "第2行 问题编号：是空的；请填写编号，一个编号只写一行，几条措施写在同一格"
    ]


@pytest.mark.parametrize("cell", [46387, "46387"])
def test_a_date_that_is_formatted_as_a_number_is_called_so(
    read_sheets: Read, cell: int | str
) -> None:
    ledger = read_sheets({"台账": [REQUIRED, ("1", "问题", "区教育局", cell)]})

    assert sentences(ledger) == [
        "台账 第2行 整改时限：“46387”不是日期，是数字；请把单元格格式设为日期，再核对年月日"
    ]


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    "written", ["区教育局、定海区委", "区教育局，区民政局", "定海区委/区教育局"]
)
def test_several_units_where_one_can_stand_are_called_so(engine: Engine, written: str) -> None:
    assert refusals(engine, Ledger(rows=(replace(ROW, unit=written),))) == [
        f"台账 第2行 责任单位：“{written}”写了几个单位，这里只能写一个；其余的请写在配合单位"
    ]


@pytest.mark.usefixtures("cast")
def test_a_number_in_full_width_opens_no_second_matter(engine: Engine) -> None:
    apply_to(engine, Ledger(rows=(ROW,)))

    assert refusals(engine, Ledger(rows=(replace(ROW, number="ＸＳ－００1"),))) == [
        (
            "台账 第2行 问题编号：“ＸＳ－００1”里有全角的字母、数字或横线，又没有这个编号；"
            "请改成半角“XS-001”"
        )
    ]
    assert apply_to(engine, Ledger(rows=(replace(ROW, number="问题（1）〔2022〕"),))).opened == 1
