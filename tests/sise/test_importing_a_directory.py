"""`sise import` of a 通讯录: a refused address is corrected by it, and the preview says so."""

from pathlib import Path

from tests.sise.conftest import Sise
from tests.sise.test_people import refused

HEADINGS = "单位,姓名,职务类别,邮箱,代理人\n"


def test_a_corrected_address_is_previewed_and_reached_again(kept: Sise, tmp_path: Path) -> None:
    kept.done("import", directory(tmp_path, "区教育局,李伟,责任人,li@dinghai.example,"))
    refused(kept)
    new = directory(tmp_path, "区教育局,李伟,责任人,new@dinghai.example,")

    preview = kept.done("import", new, "--dry-run").out
    assert row(preview, "li@dinghai.example") == "李伟 邮箱 li@dinghai.example new@dinghai.example"
    assert kept.done("people", "unreachable", "--json").json != []

    imported = kept.done("import", new, "--json").json
    assert imported["officials"] == 1
    assert imported["directory"] == [
        {
            "name": "李伟",
            "fact": "email",
            "old": "li@dinghai.example",
            "new": "new@dinghai.example",
        }
    ]
    assert kept.done("people", "unreachable", "--json").json == []


def test_a_deputy_without_dates_is_told_beside_what_is_new(ready: Sise, tmp_path: Path) -> None:
    file = directory(
        tmp_path, "区教育局,李伟,责任人,li@x.example,王五", "区教育局,王五,,w@x.example,"
    )

    told = ready.done("import", file).out
    facts = ready.done("import", file, "--json").json

    assert "第2行 代理人：“李伟”写了代理人“王五”而没有起止" in told
    assert row(told, "由王五代理").startswith("李伟 不在岗")
    assert len(facts["undated_deputies"]) == 1


def directory(folder: Path, *rows: str) -> Path:
    file = folder / "通讯录.csv"
    file.write_text(HEADINGS + "\n".join(rows) + "\n", encoding="utf-8")
    return file


def row(printed: str, holds: str) -> str:
    """The cells of the table's row that holds this, a blank between them."""
    line = next(line for line in printed.splitlines() if holds in line)
    return " ".join(line.replace("│", " ").replace("┃", " ").split())
