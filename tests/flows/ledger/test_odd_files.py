"""Files that other programs, or nobody's hands, have made: read whole, or refused whole."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.ledger.problems import UnreadableLedger
from flows.ledger.rows import Ledger
from tests.flows.ledger.conftest import REQUIRED, sentences, write_sheets

Read = Callable[..., Ledger]
GOOD = ("定巡001", "问题", "区教育局", "2022-12-31")
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def parts_of(tmp_path: Path, decorate: Callable[..., object] = lambda sheet: None) -> dict:
    path = tmp_path / "good.xlsx"
    write_sheets(path, {"台账": [REQUIRED, GOOD]}, decorate)
    with zipfile.ZipFile(path) as book:
        return {name: book.read(name) for name in book.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return book.getvalue()


def refused(read: Callable[[], object]) -> str:
    with pytest.raises(UnreadableLedger) as error:
        read()
    assert error.value.said("en") != error.value.said("zh-CN")
    return error.value.said("zh-CN")


@pytest.mark.parametrize("said", [b"99999999999", b"18446744073709551615", b"4294967295"])
@pytest.mark.parametrize(
    "tag", [b'<sst a=">" uniqueCount="%s"', b"<sst\nuniqueCount='%s'", b'<x:sst uniqueCount="%s"']
)
def test_a_file_that_says_it_has_more_texts_than_fit_the_memory_ends_no_process(
    tmp_path: Path, read_bytes: Read, said: bytes, tag: bytes
) -> None:
    parts = parts_of(tmp_path)
    rest = parts[TEXTS].partition(b"<sst")[2]
    if tag.startswith(b"<x:"):
        rest = rest.replace(b"xmlns=", b"xmlns:x=").replace(b"</sst", b"</x:sst")
    parts[TEXTS] = tag % said + rest

    ledger = read_bytes(packed(parts), "台账.xlsx")

    assert ([row.number for row in ledger.rows], ledger.problems) == (["定巡001"], ())


@pytest.mark.parametrize("encoding", ["gb2312", "nonsense"])
@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", SHEET])
def test_a_part_in_an_encoding_that_no_reader_has_is_refused(
    tmp_path: Path, read_bytes: Read, part: str, encoding: str
) -> None:
    parts = parts_of(tmp_path, lambda sheet: sheet.write_formula("E2", "=A1", None, "x"))
    parts[part] = parts[part].replace(b'"UTF-8"', f'"{encoding}"'.encode())

    assert "文件已损坏" in refused(lambda: read_bytes(packed(parts), "台账.xlsx"))


@pytest.mark.parametrize("part", [SHEET, TEXTS, "xl/workbook.xml"])
def test_a_part_whose_name_is_written_with_capitals_is_looked_through_as_any(
    tmp_path: Path, read_bytes: Read, part: str
) -> None:
    parts = parts_of(tmp_path, lambda sheet: sheet.write_formula("D2", "=1/0", None, "#DIV/0!"))
    folder, _, name = part.rpartition("/")
    parts[f"{folder}/{name.capitalize()}"] = parts.pop(part)

    ledger = read_bytes(packed(parts), "台账.xlsx")

    assert sentences(ledger) == ["台账 第2行 整改时限：单元格 D2 是错误值 #DIV/0!，请改正"]


@pytest.mark.parametrize("second", ["台账 ", "Ledger"])
def test_of_two_sheets_that_are_the_ledger_none_is_passed_over(
    read_sheets: Read, second: str
) -> None:
    other = ("定巡002", *GOOD[1:])

    said = refused(lambda: read_sheets({"台账": [REQUIRED, GOOD], second: [REQUIRED, other]}))

    assert said.startswith(f"工作簿里有 2 张“台账”工作表：“台账”、“{second}”")


@pytest.mark.parametrize(
    ("sign", "said"), [(";", "分号"), ("\t", "制表符"), ("|", "竖线"), ("，", "中文逗号")]
)
@pytest.mark.parametrize("name", ["台账.csv", "台账.xls"])
def test_a_csv_that_is_not_divided_by_commas_is_told_by_what_it_is(
    read_bytes: Read, sign: str, said: str, name: str
) -> None:
    data = f"{sign.join(REQUIRED)}\n{sign.join(GOOD)}\n".encode()

    assert f"这个文件用的是{said}" in refused(lambda: read_bytes(data, name))


def test_a_page_of_the_web_that_is_called_a_workbook_is_none(read_bytes: Read) -> None:
    page = b"<html><table><tr><td>1</td></tr></table></html>"

    assert "不是 Excel 工作簿" in refused(lambda: read_bytes(page, "台账.xls"))


def test_a_heading_with_what_cannot_be_seen_in_it_is_found(read_bytes: Read) -> None:
    data = f"\ufeff\ufeff{','.join(REQUIRED)}\u200b\n{','.join(GOOD)}\n".encode()

    ledger = read_bytes(data)

    assert ([row.number for row in ledger.rows], ledger.problems) == (["定巡001"], ())


def test_a_column_that_nobody_reads_is_told_as_one_line_that_moves_no_cursor(read_bytes: Read):
    data = f'{",".join(REQUIRED)},\x1b[31m进\x07度,"备\n 忘"\n{",".join(GOOD)},1,2\n'.encode()

    assert read_bytes(data).ignored_columns == ("<U+001B>[31m进<U+0007>度", "备 忘")


ALIKE = ["\u00a0", "\u2003", "\u202f", "\u3000", "\ufe0f", "\u034f", "\u180b", "\U000e0100"]


@pytest.mark.parametrize("column", ["问题编号", "责任单位", "牵头单位"])
@pytest.mark.parametrize("sign", ALIKE, ids=lambda sign: f"{ord(sign):04X}")
def test_no_number_and_no_unit_differs_from_another_by_what_looks_the_same(
    read_sheets: Read, column: str, sign: str
) -> None:
    filled = dict(zip(REQUIRED, GOOD, strict=True)) | {column: f"定巡{sign}001"}

    [sentence] = sentences(read_sheets({"台账": [list(filled), list(filled.values())]}))

    assert sentence.startswith(f"台账 第2行 {column}：")
    assert f"不可见或控制字符 U+{ord(sign):04X}" in sentence


def test_a_title_may_hold_a_sign_that_a_phone_has(read_sheets: Read) -> None:
    ledger = read_sheets({"台账": [REQUIRED, ("1", "⚠️\u3000漏水 𠮷", *GOOD[2:])]})

    assert ([row.title for row in ledger.rows], ledger.problems) == (["⚠️\u3000漏水 𠮷"], ())
