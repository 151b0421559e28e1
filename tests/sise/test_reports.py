"""`sise report`: from the command to the file, on both databases; and what is refused, in words."""

from pathlib import Path

import pytest

from tests.papers import CHINESE, text_of
from tests.sise.conftest import Sise


@pytest.fixture
def played(sise: Sise, database_url: str, ledger: Path) -> Sise:
    """An office on SQLite, and another one on PostgreSQL, after its first night."""
    sise.monkeypatch.setenv("SISE_DATABASE_URL", database_url)
    for words in (["init"], ["import", ledger], ["night", "--inline"]):
        sise.done(*words)
    return sise


@pytest.fixture
def after_a_night(kept: Sise) -> Sise:
    kept.done("night", "--inline")
    return kept


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
            "n.pdf：文件名须以 .docx（Word）或 .html（网页）结尾",
            "n.pdf: its name",
        ),
        (
            ["教-1", "没有/n.docx"],
            "没有/n.docx：目录 没有 不存在",
            "没有/n.docx: there is no folder",
        ),
        (["教-1", "folder.docx"], "folder.docx：这是一个目录", "folder.docx: this is a folder"),
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
