"""The documents say what the code does. `python -m tests.test_docs` writes the generated tables."""

import re
from pathlib import Path
from typing import Any

import pytest

from models.notice_machine import NOTICE
from models.posting import POSTING
from models.request_machine import REQUEST
from models.score import SCORE
from models.signoff import SIGNOFF
from models.warning import WARNING
from sise.parts import whole
from sise.settings import Settings

ROOT = Path(__file__).parent.parent
ARCHITECTURE = ROOT / "ARCHITECTURE.md"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
DECISIONS = sorted((ROOT / "docs/decisions").glob("*.md"))
PARTS = ["Context", "Decision", "Consequences", "Alternatives", "Where"]


def test_architecture_shows_the_machines_as_they_are() -> None:
    text = ARCHITECTURE.read_text("utf-8")

    assert text == generated(text), "run: python -m tests.test_docs"


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readme_names_every_command_and_setting(readme: Path) -> None:
    text = readme.read_text("utf-8")
    wanted = [f"sise {name}" for name in command_names(whole("en"))]
    wanted += [f"SISE_{name.upper()}" for name in Settings.model_fields]

    assert [name for name in wanted if f"`{name}" not in text] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_readme_names_no_command_or_setting_that_is_not_there(readme: Path) -> None:
    text = readme.read_text("utf-8")
    commands = {name.split()[0] for name in command_names(whole("en"))}
    settings = {f"SISE_{name.upper()}" for name in Settings.model_fields}

    assert set(re.findall(r"`sise ([a-z-]+)", text)) <= commands
    assert set(re.findall(r"SISE_[A-Z_]+", text)) == settings


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_points_at_exists(document: Path) -> None:
    text = document.read_text("utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    missing = [link for link in links if not (document.parent / link).exists()]
    files = re.findall(r"`((?:models|notifications|flows|seeds|web|sise|tests)/[\w/.-]+)", text)
    missing += [file for file in files if not (ROOT / file).exists()]

    assert missing == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_tests_that_a_document_names_are_there(document: Path) -> None:
    named = re.findall(r"`(test_\w+)`", document.read_text("utf-8"))
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))

    assert [name for name in named if f"def {name}(" not in code] == []


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.name)
def test_a_decision_is_short_and_has_its_parts(decision: Path) -> None:
    text = decision.read_text("utf-8")

    assert re.match(r"\d{4}-[a-z0-9-]+\.md", decision.name)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == PARTS
    assert len(text.splitlines()) <= 40


def generated(text: str) -> str:
    """The document with each table between its markers written anew."""
    for machine in (WARNING, NOTICE, SIGNOFF, REQUEST, POSTING, SCORE):
        start, end = f"<!-- {machine.name} machine -->", "<!-- end -->"
        before, found, rest = text.partition(start)
        assert found, f"ARCHITECTURE.md lacks {start}"
        text = f"{before}{start}\n{machine.markdown()}\n{end}{rest.partition(end)[2]}"
    return text


def command_names(group: Any) -> list[str]:
    names = []
    for name, part in group.commands.items():
        below = command_names(part) if hasattr(part, "commands") else [""]
        names += [f"{name} {rest}".strip() for rest in below]
    return names


if __name__ == "__main__":
    ARCHITECTURE.write_text(generated(ARCHITECTURE.read_text("utf-8")), "utf-8")
