"""English is complete: beside the office's own data no Chinese is left in what a command says."""

import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows.ledger.headings import DIRECTORY, LEDGER
from sise.commands.chinese_help import HELP
from sise.parts import whole
from tests.flows.ledger.conftest import write_sheets
from tests.sise.conftest import Sise
from tests.test_docs import command_names

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+")
DATA = re.compile(r"四色督办|定督〔\d+〕\d+号|《问题线索四色预警督办制度》|（default 2022.1）")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the English office is kept, for each test to begin with a copy."""
    return tmp_path_factory.mktemp("english") / "home"


@pytest.fixture
def english(sise: Sise, tmp_path: Path, played: Path, today: date) -> Sise:
    """An office whose ledger is English, after a night of last month and one of today."""
    file = tmp_path / "ledger.xlsx"
    headings = ("number", "title", "unit", "handler", "handler_email", "opened_on", "due_on")
    opened = today - timedelta(days=90)
    row = ("E-1", "School bus", "Schools", "Li", "li@x.example", opened, opened + timedelta(30))
    units = (("unit", "name", "post", "email"), ("Schools", "Wang", "unit_head", "w@x.example"))
    write_sheets(file, {"ledger": (headings, row), "directory": units})
    sise.monkeypatch.setenv("SISE_LANGUAGE", "en")
    if not played.exists():
        sise.done("init")
        sise.done("import", file)
        sise.done("night", "--inline", "--date", today.replace(day=1) - timedelta(days=1))
        sise.done("night", "--inline")
        shutil.copytree(sise.home, played)
    else:
        shutil.copytree(played, sise.home)
    return sise


@pytest.mark.parametrize(
    "words",
    [
        "init",
        "import ledger.xlsx --dry-run",
        "export out.xlsx",
        "night --inline",
        "night --dry-run",
        "deliver",
        "tasks",
        "tasks --colour blue",
        "task E-1",
        "explain E-1",
        "forecast",
        "policy show default",
        "calendar show 2027",
        "calendar set 2027-03-03 holiday --why x",
        "report notice E-1 n.docx",
        "report bulletin b.docx",
        "report monthly m.docx",
        "health",
        "audit head",
        "audit verify",
        "secret rotate",
        "secret drop",
        "login w@x.example",
    ],
)
def test_no_chinese_is_left_in_english_output(english: Sise, words: str) -> None:
    said = english.done(*words.split()).out

    assert said
    assert CHINESE.findall(DATA.sub("", said)) == []


def test_every_part_has_help_and_it_is_in_the_offices_language(sise: Sise) -> None:
    sise_itself = whole("en")
    for words in ["", *{*sise_itself.commands, *command_names(sise_itself)}]:
        chinese = sise.done(*words.split(), "--help").out
        sise.monkeypatch.setenv("SISE_LANGUAGE", "en")
        english = sise.done(*words.split(), "--help").out
        sise.monkeypatch.delenv("SISE_LANGUAGE")

        assert {told.strip()[:11] for told in (chinese, english)} == {"Usage: sise"}
        assert CHINESE.search(chinese.splitlines()[3]), words
        assert {*CHINESE.findall(english)} <= {"四色", "台账", "通讯录"}


def test_every_sentence_of_the_help_is_translated(sise: Sise) -> None:
    assert set(_helps(whole("en"))) == set(HELP)


def _helps(command: Any) -> Iterator[str]:
    yield " ".join(command.help.split())
    yield from (part.help for part in command.params if getattr(part, "help", None))
    for below in getattr(command, "commands", {}).values():
        yield from _helps(below)


@pytest.mark.parametrize(
    "words",
    [
        "task X",
        "night --date x",
        "night --date 2999-01-01",
        "import none.xlsx",
        "export out.xls",
        "export none/out.xlsx",
        "policy show none",
        "calendar import none.csv",
        "login none@x.example",
        "nonsense",
        "serve --host 0.0.0.0",
    ],
)
def test_no_chinese_is_left_in_english_errors(english: Sise, words: str) -> None:
    assert CHINESE.findall(english.refused(*words.split(), code=2)) == []


def test_problems_of_a_ledger_are_told_in_english(english: Sise, tmp_path: Path) -> None:
    file = tmp_path / "bad.xlsx"
    write_sheets(file, {"ledger": (("number", "title", "unit", "due_on"), ("1", "x", "?", "soon"))})

    told = english.refused("import", file, code=2)

    names = {heading.chinese for heading in (*LEDGER, *DIRECTORY)} | {
        "台账",
        "年",
        "月",
        "日",
        "月底",
    }
    assert set(CHINESE.findall(told)) <= names
    assert "is not a date" in told
