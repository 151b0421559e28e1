"""The house rules that neither ruff nor import-linter can hold, read from the code itself."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from setuptools import find_packages

ROOT = Path(__file__).parent.parent
FOLDERS = ("models", "notifications", "flows", "seeds", "web", "sise")
MIGRATIONS = ROOT / "models/migrations/versions"
SOURCES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.py")
    if MIGRATIONS not in path.parents
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))

CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "func.now",
    "func.current_timestamp", "func.current_date",
}  # fmt: skip
VAGUE = re.compile(r"utils?|helpers?|common|misc|core|base|managers?|services?|engine")
LONGEST_FUNCTION, NEARLY_ALL, LONGEST_FILE = 50, 35, 300  # lines
SUPPRESSED = re.compile(r"#\s*(type: ignore|noqa)")
WITH_REASON = re.compile(r"#\s*(type: ignore\[[\w,-]+\]|noqa: [A-Z0-9, ]+?)\s+#\s*\S")


def test_only_the_transaction_and_the_migrations_commit() -> None:
    assert _files_calling(lambda called: called.endswith(".commit")) == {
        "flows/database.py",
        "flows/schema.py",
    }


def test_only_the_clock_reads_the_clock() -> None:
    assert _files_calling(lambda called: called in CLOCKS) == {"sise/clock.py"}


@pytest.mark.parametrize(
    ("library", "only"),
    [
        ("aiosmtplib", {"notifications/mailer.py"}),
        ("prefect", {"flows/prefect_night.py"}),
        ("apscheduler", {"flows/schedule.py"}),
        ("imapclient", {"notifications/inbox.py"}),
        ("httpx", {"notifications/receivers.py"}),
        (
            "docx",
            {f"notifications/papers/{name}.py" for name in ("word", "word_fonts", "word_tables")},
        ),
        ("resvg_py", {"notifications/charts/picture.py"}),
        ("smtplib", set()),
    ],
)
def test_a_library_is_imported_in_one_place(library: str, only: set[str]) -> None:
    assert {_name(path) for path in SOURCES if library in _imported(path)} == only


def test_no_file_has_a_name_without_a_limit() -> None:
    named = [
        (_name(path), path.relative_to(ROOT).with_suffix("").parts) for path in SOURCES + TESTS
    ]

    assert [name for name, parts in named if any(map(VAGUE.fullmatch, parts))] == []


def test_functions_are_short() -> None:
    sizes = sorted(
        ((node.end_lineno or 0) - node.lineno + 1, where) for where, node in _functions()
    )

    assert [found for found in sizes if found[0] > LONGEST_FUNCTION] == []
    assert sizes[len(sizes) * 95 // 100][0] <= NEARLY_ALL


def test_files_are_short() -> None:
    sizes = {_name(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}

    assert {name: lines for name, lines in sizes.items() if lines > LONGEST_FILE} == {}


def test_every_module_says_what_it_is_for() -> None:
    empty = [p for p in SOURCES if p.read_text("utf-8").strip() and not ast.get_docstring(_tree(p))]

    assert [_name(path) for path in empty] == []


def test_whatever_silences_a_check_gives_its_reason() -> None:
    silent = [
        f"{_name(path)}:{number}: {line.strip()}"
        for path in (*SOURCES, *TESTS)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if path != Path(__file__) and SUPPRESSED.search(line) and not WITH_REASON.search(line)
    ]

    assert silent == []


def test_an_installation_holds_every_package() -> None:
    said = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    include = said["tool"]["setuptools"]["packages"]["find"]["include"]
    here = {_name(path.parent).replace("/", ".") for path in (*SOURCES, *MIGRATIONS.glob("*.py"))}

    assert set(find_packages(str(ROOT), include=include)) == here


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes_and_no_index_is_named(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    pinned = re.split(r"\n(?=\S)", text.strip())

    assert all(re.match(r"[\w.\[\],-]+==\S+( ; [^\n]+)? \\\n\s+--hash=sha256:", p) for p in pinned)
    assert not re.search(r"https?://|--index|--extra-index|--find-links|--trusted", text)


@pytest.mark.parametrize("version", ["3.11.0", "3.12.0", "3.13.0", "3.14.0"])
def test_what_is_pinned_is_all_that_an_installation_needs_on_any_python(version: str) -> None:
    """Packages ask for others by the version of Python, and pip with hashes fetches none of them
    by itself."""
    python = {"python_version": version.rpartition(".")[0], "python_full_version": version}
    there = {**default_environment(), **python, "extra": ""}

    def name(one: Requirement | Distribution) -> str:
        return canonicalize_name(one.name)

    def asked(written: Iterable[str]) -> set[str]:
        found = map(Requirement, written)
        return {name(one) for one in found if one.marker is None or one.marker.evaluate(there)}

    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    pinned = asked(line.rstrip(" \\") for line in lines if "==" in line)
    needed = [asked(one.requires or ()) for one in distributions() if name(one) in pinned]

    assert set().union(*needed) - pinned == set()


def _files_calling(wanted: Callable[[str], bool]) -> set[str]:
    return {
        _name(path)
        for path in SOURCES
        for node in _nodes(path)
        if isinstance(node, ast.Call) and wanted(_called(node.func))
    }


def _called(function: ast.expr) -> str:
    """The last two names of what is called: `datetime.now` for dt.datetime.now()."""
    match function:
        case ast.Attribute(ast.Attribute(_, before) | ast.Name(before), name):
            return f"{before}.{name}"
        case ast.Attribute(_, name):
            return f"….{name}"
        case ast.Name(name):
            return name
    return "…"


@cache
def _imported(path: Path) -> set[str]:
    """The top-level packages that a file imports, inside functions too."""
    found = set()
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def _functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in SOURCES:
        for node in _nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{_name(path)}:{node.name}", node


@cache
def _nodes(path: Path) -> list[ast.AST]:
    return list(ast.walk(_tree(path)))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
