"""Every bad file and every bad cell gets one sentence: where, what was found, what to write."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.ledger.problems import UnreadableLedger
from flows.ledger.reading import read_ledger
from flows.ledger.rows import Ledger
from tests.flows.ledger.conftest import REQUIRED, TODAY, sentences, write_sheets

Read = Callable[..., Ledger]
GOOD = ("定巡001", "问题", "区教育局", "2022-12-31")
SHEET = "xl/worksheets/sheet1.xml"


def unreadable(data: bytes, read_bytes: Read, name: str = "台账.xlsx") -> str:
    with pytest.raises(UnreadableLedger) as refused:
        read_bytes(data, name)
    assert "\n" not in refused.value.said("zh-CN")
    assert refused.value.said("en") != refused.value.said("zh-CN")
    return refused.value.said("zh-CN")


def workbook(tmp_path: Path, change: Callable[[bytes], bytes], part: str = SHEET) -> bytes:
    """A good workbook of which one part was changed by hand."""
    path = tmp_path / "good.xlsx"
    write_sheets(path, {"台账": [REQUIRED, GOOD]})
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return changed.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "文件是空的"),
        (b" \r\n ", "文件是空的"),
        (b"%PDF-1.7", "不是 Excel 工作簿"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 .xls 或设有密码"),
        (b"PK\x03\x04 cut off", "文件已损坏"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "既不是 .xlsx，也不是"),
        (b"\xff\xff\xff", "编码既不是 UTF-8，也不是 GB18030"),
        ('问题编号,反馈问题\n1,"没有结尾'.encode(), "引号没有成对"),
        (b"import sys\nprint(sys.argv)\n", "不是 Excel 工作簿"),
    ],
    ids=["empty", "blank", "pdf", "xls", "cut zip", "picture", "encoding", "quotes", "text"],
)
def test_a_file_of_another_kind_is_refused(read_bytes: Read, data: bytes, said: str) -> None:
    assert said in unreadable(data, read_bytes)


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableLedger, match=r"cannot be opened \(No such file"):
        read_ledger(tmp_path / "没有.xlsx", today=TODAY)


def test_a_zip_that_is_no_workbook_is_refused(read_bytes: Read) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")

    assert "不是 Excel 工作簿" in unreadable(packed.getvalue(), read_bytes)


def test_a_zip_bomb_is_refused_before_it_unfolds(tmp_path: Path, read_bytes: Read) -> None:
    bomb = workbook(tmp_path, lambda xml: xml + b" " * 250_000_000)

    assert len(bomb) < 1_000_000
    assert "解压后过大" in unreadable(bomb, read_bytes)


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path, read_bytes: Read) -> None:
    data = bytearray(workbook(tmp_path, lambda xml: xml + b" " * 5_000_000))
    entry = data.rindex(SHEET.encode()) - 46  # its line in the zip's own directory
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")

    assert "文件已损坏" in unreadable(bytes(data), read_bytes)


def test_a_value_in_the_last_corner_does_not_fill_the_memory(
    tmp_path: Path, read_bytes: Read
) -> None:
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    data = workbook(tmp_path, lambda xml: xml.replace(b"</sheetData>", corner))

    assert "解压后过大" in unreadable(data, read_bytes)


def test_a_long_text_shown_by_very_many_cells_does_not_fill_the_memory(
    tmp_path: Path, read_bytes: Read
) -> None:
    cells = b'<row r="9">' + b'<c t="s"><v>0</v></c>' * 16_000 + b"</row></sheetData>"
    longer = b"<si><t>" + b"x" * 32_000
    data = workbook(tmp_path, lambda xml: xml.replace(b"</sheetData>", cells))
    path = tmp_path / "again.xlsx"
    path.write_bytes(data)
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/sharedStrings.xml":
                part = part.replace(b"<si><t>", longer, 1)
            new.writestr(name, part)

    assert "解压后过大" in unreadable(changed.getvalue(), read_bytes)


def test_formatted_but_empty_rows_to_the_end_of_the_sheet_are_harmless(
    tmp_path: Path, read_bytes: Read
) -> None:
    ghost = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    data = workbook(tmp_path, lambda xml: xml.replace(b"</sheetData>", ghost))

    ledger = read_bytes(data, "台账.xlsx")

    assert (len(ledger.rows), ledger.problems) == (1, ())


def test_a_document_type_in_the_xml_is_refused(tmp_path: Path, read_bytes: Read) -> None:
    doctype = b'?>\n<!DOCTYPE x [<!ENTITY a "b">]>'
    data = workbook(tmp_path, lambda xml: xml.replace(b"?>", doctype, 1))

    assert "文件已损坏" in unreadable(data, read_bytes)


@pytest.mark.parametrize("written", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_sheet_in_utf_16_is_read(tmp_path: Path, read_bytes: Read, written: str) -> None:
    def changed(xml: bytes) -> bytes:
        return xml.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode(written)

    for part in (SHEET, "xl/workbook.xml", "xl/sharedStrings.xml"):
        ledger = read_bytes(workbook(tmp_path, changed, part), "台账.xlsx")
        assert [row.number for row in ledger.rows] == ["定巡001"], part
        assert ledger.problems == ()


def test_a_document_type_in_utf_16_is_refused(tmp_path: Path, read_bytes: Read) -> None:
    doctype = '?>\n<!DOCTYPE x [<!ENTITY a "b">]>'
    data = workbook(tmp_path, lambda xml: xml.decode().replace("?>", doctype, 1).encode("utf-16"))

    assert "文件已损坏" in unreadable(data, read_bytes)


def test_half_a_character_of_utf_16_is_refused(tmp_path: Path, read_bytes: Read) -> None:
    data = workbook(tmp_path, lambda xml: xml.decode().encode("utf-16")[:-1])

    assert "文件已损坏" in unreadable(data, read_bytes)


def test_broken_xml_is_refused(tmp_path: Path, read_bytes: Read) -> None:
    data = workbook(tmp_path, lambda xml: xml[: len(xml) // 2])

    assert "文件已损坏" in unreadable(data, read_bytes)


def test_missing_sheets_are_named(tmp_path: Path, read_bytes: Read) -> None:
    path = tmp_path / "other.xlsx"
    write_sheets(path, {"Sheet1": [REQUIRED, GOOD], "说明": []})

    assert "没有“台账”或“通讯录”工作表，只有：Sheet1、说明" in unreadable(
        path.read_bytes(), read_bytes
    )


def test_missing_columns_are_named(read_sheets: Read) -> None:
    ledger = read_sheets({"台账": [["标题"], ["问题编号", "反馈问题"], ["1", "问题"]]})

    assert sentences(ledger) == [
        "台账：缺少“责任单位”一列，请在第2行的表头里加上",
        "台账：缺少“整改时限”一列，请在第2行的表头里加上",
    ]


def test_missing_headings_are_told(read_sheets: Read) -> None:
    assert sentences(read_sheets({"台账": [["一"], ["二"]]})) == [
        "台账：前20行里找不到表头；表头要有这些列：问题编号、反馈问题、责任单位"
    ]


def test_a_heading_that_stands_twice_is_told(read_sheets: Read) -> None:
    ledger = read_sheets({"台账": [[*REQUIRED, "整改时限"], [*GOOD, "2022-11-30"]]})

    assert sentences(ledger) == ["台账 第1行：表头“整改时限”出现了两次（D、E），请只留一列"]


def test_headings_without_rows_are_told(read_sheets: Read) -> None:
    assert sentences(read_sheets({"台账": [REQUIRED]})) == [
        "台账：表头下面没有内容，请填写后再导入"
    ]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("整改时限", "尽快", "“尽快”不是日期，请写成 2022-07-14、2022年7月14日 或 7月底"),
        ("整改时限", "7.14", "“7.14”不是日期"),
        ("整改时限", "2022-07-14前", "“2022-07-14前”不是日期"),
        ("整改时限", "２０２２-07-14", "不是日期"),
        ("整改时限", 44756, "“44756”不是日期"),
        ("整改时限", "2022-02-30", "“2022-02-30”这一天不存在"),
        ("整改时限", "2202-07-14", "年份不在1949年至2100年之间"),
        ("整改时限", "13月底", "“13月底”不是日期"),
        ("整改时限", "2022-06-30", "“2022-06-30”早于交办日期 2022-07-01"),
        ("交办日期", "7月底", "“7月底”没有年份，请写明年份"),
        ("问题编号", "", "是空的；请填写编号"),
        ("问题编号", date(2022, 1, 1), "2022-01-01 是日期，不是编号"),
        ("问题编号", "x" * 65, "超过64个字"),
        ("反馈问题", "", "是空的，此列必须填写"),
        ("反馈问题", "甲\nBcc: x@example.cn", "有不可见或控制字符 U+000A"),
        ("反馈问题", "甲\u202e乙", "“甲<U+202E>乙”里有不可见或控制字符 U+202E"),
        ("反馈问题", "甲\u200b乙", "U+200B"),
        ("反馈问题", "甲\ufffd", "U+FFFD"),
        ("责任单位", "教育局\u2066", "U+2066"),
        ("责任人", "张\u200d三", "U+200D"),
        ("整改措施", "第一\u202e条", "U+202E"),
        ("整改类别", "马上改", "“马上改”不是整改类别"),
        ("限知", "也许", "“也许”不是 是 或 否"),
        ("责任人邮箱", "zhang", "“zhang”不是有效的邮箱地址"),
        ("责任人邮箱", "a@example.cn>", "不是有效的邮箱地址"),
        ("责任人邮箱", "张@example.cn", "不是有效的邮箱地址"),
        ("责任人邮箱", "a@example.cn\r\nBcc: b@example.cn", "U+000D"),
        ("责任人邮箱", "a@b@example.cn", "不是有效的邮箱地址"),
        ("责任人邮箱", "a..b@example.cn", "不是有效的邮箱地址"),
        ("责任人邮箱", "a@-example.cn", "不是有效的邮箱地址"),
        ("责任人邮箱", "a@[127.0.0.1]", "不是有效的邮箱地址"),
        ("责任人邮箱", "a@127.0.0.1", "不是有效的邮箱地址"),
    ],
)
def test_a_bad_cell_is_named_with_what_it_holds(
    read_sheets: Read, column: str, cell: Any, said: str
) -> None:
    filled = dict(zip(REQUIRED, GOOD, strict=True)) | {"交办日期": "2022-07-01", column: cell}
    ledger = read_sheets({"台账": [list(filled), list(filled.values())]})

    (sentence,) = sentences(ledger)
    assert sentence.startswith(f"台账 第2行 {column}：")
    assert said in sentence
    (english,) = (problem.message("en") for problem in ledger.problems)
    assert english.startswith(f"台账 row 2, {column}: ")


def test_text_of_several_lines_is_welcome_where_it_is_prose(read_sheets: Read) -> None:
    ledger = read_sheets({"台账": [[*REQUIRED, "整改措施"], [*GOOD, "1.甲；\r\n2.乙"]]})

    assert ledger.problems == ()
    assert ledger.rows[0].measures == ("1.甲；\n2.乙",)


def test_the_same_number_in_two_cells_is_an_error(read_sheets: Read) -> None:
    ledger = read_sheets({"台账": [REQUIRED, GOOD, ["定巡002", *GOOD[1:]], GOOD]})

    (sentence,) = sentences(ledger)
    assert sentence.startswith("台账 第4行 问题编号：“定巡001”与第2行重复")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda s: s.write_formula("B2", "=C9", None, ""), "单元格 B2 的公式没有计算结果"),
        (lambda s: s.write_formula("B2", "=C9", None, "#N/A"), "单元格 B2 是错误值 #N/A"),
        (lambda s: s.write_formula("D2", "=1/0", None, "#DIV/0!"), "单元格 D2 是错误值 #DIV/0!"),
    ],
)
def test_a_value_that_the_fast_reader_hides_is_found(
    read_sheets: Read, write: Any, said: str
) -> None:
    (sentence,) = sentences(read_sheets({"台账": [REQUIRED, GOOD]}, write))

    assert sentence.startswith("台账 第2行")
    assert said in sentence


def test_an_error_in_a_column_that_nobody_reads_does_not_matter(read_sheets: Read) -> None:
    ledger = read_sheets(
        {"台账": [[*REQUIRED, "进度"], GOOD]},
        lambda sheet: sheet.write_formula("E2", "=1/0", None, "#DIV/0!"),
    )

    assert (len(ledger.rows), ledger.problems) == (1, ())


def test_a_formula_in_a_csv_has_no_value(read_bytes: Read) -> None:
    ledger = read_bytes(f"{','.join(REQUIRED)}\n定巡001,=1+1,区教育局,2022-12-31\n".encode())

    assert sentences(ledger) == [
        "第2行 反馈问题：单元格 B2 的公式没有计算结果，请在 Excel 中打开并保存，或改成数值"
    ]


@pytest.mark.parametrize(
    "rest",
    ["\n" * (1 << 20), "," * (1 << 14) + "x", (",x" * 8000 + "\n") * 600],
    ids=["rows", "columns", "cells"],
)
def test_a_csv_that_is_larger_than_any_sheet_is_refused(read_bytes: Read, rest: str) -> None:
    assert "太多" in unreadable(f"{','.join(REQUIRED)}\n{rest}".encode(), read_bytes, "台账.csv")


def test_empty_rows_to_the_end_of_a_csv_are_harmless(read_bytes: Read) -> None:
    lines = [",".join(REQUIRED), ",,,", ",".join(GOOD), *([",,,"] * 200_000)]

    ledger = read_bytes("\n".join(lines).encode())

    assert ([row.row for row in ledger.rows], ledger.problems) == ([3], ())


def test_a_comma_too_many_is_told_and_not_dropped(read_bytes: Read) -> None:
    ledger = read_bytes(f"{','.join(REQUIRED)}\n定巡001,问题,区教育局,2022-12-31,多\n".encode())

    assert sentences(ledger) == ["第2行：“多”超出了表头的列数，请检查这一行是否多了逗号"]


def test_every_problem_of_a_file_is_told(read_sheets: Read) -> None:
    ledger = read_sheets(
        {
            "通讯录": [
                ["单位", "姓名", "职务类别", "邮箱", "起", "止"],
                ["", "张三", "", "", "", ""],
                ["区教育局", "", "unit_head", "", "", ""],
                ["区教育局", "李四", "局长", "li", "2022-02-01", "2022-01-01"],
                ["区教育局", "王五", "", "", "2022-02-01", "2022-01-01"],
            ],
            "台账": [REQUIRED, ["", "问题", "", "尽快"]],
        }
    )

    assert [(p.sheet, p.row, p.column) for p in ledger.problems] == [
        ("通讯录", 2, "单位"),
        ("通讯录", 3, "姓名"),
        ("通讯录", 4, "职务类别"),
        ("通讯录", 4, "邮箱"),
        ("通讯录", 5, "止"),
        ("台账", 2, "问题编号"),
        ("台账", 2, "责任单位"),
        ("台账", 2, "整改时限"),
    ]
