"""`sise report`: from the command to the file, on both databases; and what is refused, in words."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.papers import CHINESE, text_of
from tests.sise.conftest import Sise, after


@pytest.fixture
def played(sise: Sise, database_url: str, ledger: Path) -> Sise:
    """An office on SQLite, and another one on PostgreSQL, after its first night."""
    sise.monkeypatch.setenv("SISE_DATABASE_URL", database_url)
    for words in (["init"], ["import", ledger], ["night", "--inline"]):
        sise.done(*words)
    return sise


@pytest.fixture
def after_a_night(kept: Sise, homes: Path, today: date) -> Sise:
    return after(kept, homes / f"after a night {today}", "night", "--inline")


def test_a_notice_becomes_a_word_file(played: Sise, tmp_path: Path) -> None:
    file = tmp_path / "预警单.docx"

    facts = played.done("report", "notice", "教-1", file, "--json").json
    said = text_of(file.read_bytes())

    assert (facts["task"], facts["colour"], facts["file"]) == ("教-1", "red", str(file))
    assert facts["number"] in said
    assert "校车[/red]监管[bold]不到位" in said
    assert [left.name for left in tmp_path.glob("预警单*")] == ["预警单.docx"]


def test_a_notice_becomes_a_page(after_a_night: Sise, tmp_path: Path) -> None:
    said = after_a_night.done("report", "notice", "教-1", tmp_path / "n.HTML").out

    assert said.startswith(f"已写入 {tmp_path / 'n.HTML'}：定督〔")
    assert "红色预警单" in (tmp_path / "n.HTML").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "chinese", "english"),
    [
        (["没有", "n.docx"], "没有编号为“没有”的事项", "no task has the number"),
        (["教-4", "n.docx"], "事项“教-4”从未发出预警单", "task '教-4' never had a notice"),
        (
            ["教-1", "n.docx", "--notice", "x"],
            "事项“教-1”没有编号为“x”的预警单",
            "task '教-1' has no notice 'x'",
        ),
        (
            ["教-1", "n.pdf"],
            "“n.pdf”的扩展名不是 .docx 或 .html",
            "'n.pdf' does not end in .docx or .html",
        ),
        (
            ["教-1", "没有/n.docx"],
            "没有文件夹 没有；请先建立",
            "there is no folder 没有",
        ),
        (
            ["教-1", "folder.docx"],
            "folder.docx 是文件夹，不是文件",
            "folder.docx is a folder and no file",
        ),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_cannot_be_written_is_said_in_one_sentence(
    after_a_night: Sise, tmp_path: Path, words: list[str], chinese: str, english: str
) -> None:
    (tmp_path / "folder.docx").mkdir()

    told = after_a_night.refused("report", "notice", *words, code=2)
    after_a_night.monkeypatch.setenv("SISE_LANGUAGE", "en")
    said = after_a_night.refused("report", "notice", *words, code=2)

    assert told.startswith(chinese)
    assert said.startswith(english)
    assert "\n" not in told + said
    assert set(CHINESE.findall(said)) <= {"教", "没有"}
    assert list(tmp_path.glob("*n.docx*")) == []


def test_a_bulletin_is_issued_once_and_printed_as_often_as_wanted(
    played: Sise, tmp_path: Path
) -> None:
    first, again = tmp_path / "first.docx", tmp_path / "again.docx"

    facts = played.done("report", "bulletin", first, "--json").json
    told = played.refused("report", "bulletin", again, code=2)
    said = played.done("report", "bulletin", again, "--number", 1).out

    assert (facts["number"], len(facts["lines"]), facts["warned"]) == (1, 3, 3)
    assert "再印一份请写 --number 1" in told
    assert said.startswith(f"已写入 {again}：第 1 期，")
    assert first.read_bytes() == again.read_bytes()
    assert played.done("audit", "verify").code == 0


@pytest.mark.parametrize(
    ("words", "chinese", "english"),
    [
        (["--number", "7"], "没有第 7 期；还没有印发过", "there is no issue No. 7"),
        (["--number", "1", "--to", "2022-07-01"], "第 1 期的起止日期已经固定", "the days of No. 1"),
        (["--to", "2099-01-01"], "2099年1月1日还没有到", "2099-01-01 lies ahead"),
        (["--from", "7月"], "“7月”不是日期", "'7月' is no date"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_an_issue_that_cannot_be_is_said_in_one_sentence(
    kept: Sise, tmp_path: Path, words: list[str], chinese: str, english: str
) -> None:
    told = kept.refused("report", "bulletin", "b.docx", *words, code=2)
    kept.monkeypatch.setenv("SISE_LANGUAGE", "en")
    said = kept.refused("report", "bulletin", "b.docx", *words, code=2)

    assert told.startswith(chinese)
    assert said.startswith(english)
    assert "\n" not in told + said
    assert not (tmp_path / "b.docx").exists()


def test_a_sign_off_that_was_not_applied_for_is_said_in_one_sentence(
    kept: Sise, tmp_path: Path
) -> None:
    told = kept.refused("report", "sign-off", "教-1", "s.docx", code=2)
    kept.monkeypatch.setenv("SISE_LANGUAGE", "en")
    said = kept.refused("report", "sign-off", "教-1", "s.docx", code=2)

    assert told == "事项“教-1”还没有提交过销号申请，没有可打印的；没有写入"
    assert said.startswith("no application for sign-off was submitted for task '教-1' yet")
    assert not (tmp_path / "s.docx").exists()


def test_the_month_that_is_over_is_prepared_for_posting(
    kept: Sise, tmp_path: Path, today: date
) -> None:
    before = today.replace(day=1) - timedelta(days=1)
    early = kept.refused("report", "monthly", tmp_path / "m.docx", code=2)
    kept.done("night", "--inline", "--date", before)
    facts = kept.done("report", "monthly", tmp_path / "m.docx", "--json").json
    again = kept.refused("report", "monthly", tmp_path / "m.docx", code=2)
    fixed = kept.refused(
        "report", "monthly", tmp_path / "m.docx", "--number", 1, "--month", "2022-07", code=2
    )
    strange = kept.refused("report", "monthly", tmp_path / "m.docx", "--month", "七月", code=2)

    reprinted = kept.done("report", "monthly", tmp_path / "n.docx", "--number", 1).out

    assert "还没有执行过夜间检查" in early
    assert (facts["number"], facts["to"], facts["state"]) == (1, str(before), "draft")
    assert (facts["prepared_by"], facts["approved_by"]) == ("周敏", None), "of the office alone"
    assert "待审批稿" in reprinted
    assert "待审批稿" in text_of((tmp_path / "n.docx").read_bytes())
    assert [row["unit"] for row in facts["rows"]] == ["区教育局"]
    assert "再印一份请写 --number 1" in again
    assert fixed.startswith("第 1 期的起止日期已经固定")
    assert strange == "“七月”不是月份；请写成 2022-07"


def test_what_is_ranked_or_counted_is_a_workbook_too(
    kept: Sise, tmp_path: Path, today: date
) -> None:
    kept.done("night", "--inline", "--date", today.replace(day=1) - timedelta(days=1))
    kept.done("report", "monthly", tmp_path / "晾晒.xlsx")
    kept.done("report", "bulletin", tmp_path / "通报.xlsx")

    posting = CalamineWorkbook.from_path(tmp_path / "晾晒.xlsx")
    bulletin = CalamineWorkbook.from_path(tmp_path / "通报.xlsx")
    assert "待审批稿" in posting.get_sheet_by_index(0).to_python()[0][0]
    assert posting.get_sheet_by_name("表").to_python()[1][:3] == [1, "区教育局", 4]
    assert bulletin.get_sheet_by_name("二、分单位情况").to_python()[1][0] == "区教育局"


def test_the_wall_chart_is_a_page_for_a3(after_a_night: Sise, tmp_path: Path) -> None:
    file = tmp_path / "挂图.html"

    facts = after_a_night.done("report", "wall", file, "--json").json
    said = file.read_text("utf-8")

    on_it = {tile["number"] for unit in facts["units"] for tile in unit["tiles"]}
    assert (facts["sheets"], on_it) == (1, {"教-1", "教-2", "教-3", "教-4"})
    assert "size: A3 landscape" in said
    assert all(f">{number}</p>" in said.replace("</b>", ">") for number in on_it)
    assert "校车[/red]监管[bold]不到位" in said
    after_a_night.monkeypatch.setenv("SISE_LANGUAGE", "en")
    after_a_night.done("report", "wall", file)
    shown = re.sub(r"<style>.*?</style>|<[^>]*>", "", file.read_text("utf-8"), flags=re.DOTALL)
    own = {"校车", "监管", "不到位", "食堂招标不规范", "课后服务收费公示不全", "教师编制核查"}
    assert set(CHINESE.findall(shown)) - own == {"教", "区教育局", "区委督查室"}


def test_the_wall_chart_is_no_word_file(after_a_night: Sise, tmp_path: Path) -> None:
    refused = after_a_night.refused("report", "wall", tmp_path / "挂图.docx", code=2)

    assert "扩展名不是 .html" in refused


def test_a_rehearsal_says_what_would_be_issued_and_writes_nothing(
    after_a_night: Sise, tmp_path: Path
) -> None:
    file = tmp_path / "b.docx"

    rehearsed = after_a_night.done("report", "bulletin", file, "--dry-run").out
    told = after_a_night.done("report", "bulletin", file, "--dry-run", "--json").json
    assert not file.exists()
    issued = after_a_night.done("report", "bulletin", file, "--json").json

    assert "将印发第 1 期" in rehearsed
    assert "列出 3 件；没有写入" in rehearsed
    assert told | {"as_of": 0, "file": 0} == issued | {"as_of": 0, "file": 0}
