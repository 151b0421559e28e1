"""An office's own headings are read by its mapping, and by nothing else."""

from datetime import date
from pathlib import Path

import pytest

from flows.ledger.mapping import parse_mapping
from flows.ledger.problems import LedgerRefused
from flows.ledger.reading import read_ledger
from models.ladder import RuleError
from tests.flows.ledger.conftest import TODAY, Sheets, sentences, write_sheets

OWN = """
[台账]
问题编号 = "编号"
反馈问题 = "存在问题"
"unit" = "承办单位"
整改时限 = "完成时限（年月日）"  # = 何时
整改目标 = "备注"

[directory]
unit = "部门"
"""
THEIRS = ("编号", "存在问题", "承办单位", "完成时限", "备注", "整改时限")
ROW = ("甲-1", "校车", "区教育局", date(2022, 7, 14), "全面整改", "下周")


def read(path: Path, sheets: Sheets, mapping: str = OWN):
    write_sheets(path, sheets)
    return read_ledger(path, today=TODAY, mapping=parse_mapping(mapping, file="对照.toml"))


def faults(text: str) -> list[str]:
    with pytest.raises(RuleError) as refused:
        parse_mapping(text, file="对照.toml")
    return refused.value.chinese.splitlines()


def test_a_file_with_its_own_headings_is_read(tmp_path: Path) -> None:
    """Even where one of theirs is the name of another one of ours."""
    ledger = read(
        tmp_path / "台账.xlsx",
        {"台账": (THEIRS, ROW), "通讯录": (("部门", "姓名"), ("甲局", "张伟"))},
    )

    [row], [person] = ledger.rows, ledger.directory
    assert ledger.problems == ()
    assert (row.number, row.title, row.unit) == ("甲-1", "校车", "区教育局")
    assert (row.due_on, row.goal, row.remarks) == (date(2022, 7, 14), "全面整改", None)
    assert (person.unit, person.name) == ("甲局", "张伟")
    assert ledger.ignored_columns == ("台账 整改时限",)


def test_a_csv_is_read_by_the_mapping_too(tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_text(
        "编号,存在问题,承办单位,完成时限,备注\n甲-1,校车,区教育局,2022-07-14,x\n", "utf-8"
    )

    ledger = read_ledger(path, today=TODAY, mapping=parse_mapping(OWN, file="对照.toml"))

    assert [row.number for row in ledger.rows] == ["甲-1"]


def test_a_heading_that_the_file_does_not_have_is_told(tmp_path: Path) -> None:
    ledger = read(
        tmp_path / "台账.xlsx", {"台账": (("编号", "存在问题", "承办单位", "时限"), ROW[:4])}
    )

    assert sentences(ledger) == [
        "台账：第1行的表头里没有“完成时限（年月日）”，而对照文件里写了它；请核对对照文件",
        "台账：第1行的表头里没有“备注”，而对照文件里写了它；请核对对照文件",
    ]


def test_a_problem_names_the_column_as_the_file_does(tmp_path: Path) -> None:
    bad = (*ROW[:3], "下周", *ROW[4:])
    mapping = parse_mapping(OWN, file="对照.toml")
    ledger = read(tmp_path / "台账.xlsx", {"台账": (THEIRS, bad)})

    told = mapping.told(LedgerRefused(ledger.problems))

    assert told.chinese.startswith("台账 第2行 完成时限（年月日）：“下周”不是日期")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[台账]\n编码 = "x"', "台账：没有“编码”这一列，可以写：问题编号、反馈问题、类别"),
        ('[台账]\n备注 = "x"\nremarks = "y"', "台账：“remarks”写了两次，请只留一行"),
        (
            '[台账]\n备注 = "说明"\n整改目标 = "说 明"',
            "台账：表头“说 明”既给了“备注”又给了“整改目标”，一列只能对应一项",
        ),
        ("[台账]\n备注 = 3", "台账：“备注”应写成引号中的表头，现为 3"),
        ('[台账]\n备注 = "（）"', "台账：“备注”应写成引号中的表头，现为 '（）'"),
        ('备注 = "说明"', "“备注”有误；只能写 [台账] 和 [通讯录] 两个表"),
        ('[人员]\n姓名 = "名字"', "“人员”有误；只能写 [台账] 和 [通讯录] 两个表"),
        ("[台账]\n备注 = 说明", "第 2 行第"),
        ('[台账]\n备注 = "a"\n备注 = "b"', "第 3 行：“备注”写了两次，请只留一行"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(text: str, said: str) -> None:
    [told] = faults(text)

    assert told.startswith(f"对照.toml：{said}")


def test_every_fault_of_a_mapping_is_told() -> None:
    assert len(faults('[台账]\n编码 = "x"\n备注 = 3\n[人员]\na = "b"')) == 3
