"""Where a result goes: a narrow window, a pipe that speaks GBK, nowhere at all."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from notifications.wording import ENGLISH
from sise.commands import edge
from sise.parts import whole
from tests.sise.conftest import Sise

ROOT = Path(__file__).parents[2]


def started(
    words: str, home: Path, *, into: int = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """`sise` as a shell starts it; `words` may redirect."""
    command = f"{sys.executable} -m sise {words}"
    told = os.environ | {"SISE_HOME": str(home), "PYTHONPATH": str(ROOT)} | environment
    told.pop("PYTHONUNBUFFERED", None)  # as an office starts it
    return subprocess.run(
        command, shell=True, env=told, stdout=into, stderr=subprocess.PIPE, check=False
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_job_that_closed_what_it_does_not_read_is_done(kept: Sise, closed: str) -> None:
    said = started(f"tasks --json {closed}", kept.home)

    assert (said.returncode, said.stderr) == (0, b"")


@pytest.mark.parametrize("words", ["deliver", "night --inline"])
def test_a_job_that_closed_what_it_does_not_ask_is_done(kept: Sise, words: str) -> None:
    said = started(f"{words} <&-", kept.home)

    assert (said.returncode, said.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("words", "code"),
    [("night --inline", 0), ("tasks --json", 0), ("tasks --help", 0), ("task nope 2>&1", 2)],
)
def test_whoever_reads_no_further_changes_no_exit_code(kept: Sise, words: str, code: int) -> None:
    read, write = os.pipe()
    os.close(read)

    said = started(words, kept.home, into=write)
    os.close(write)

    assert (said.returncode, said.stderr) == (code, b"")


@pytest.mark.parametrize("words", ["tasks", "tasks --json", "tasks --help"])
def test_a_result_that_a_full_disk_does_not_take_is_one_sentence(kept: Sise, words: str) -> None:
    said = started(f"{words} >/dev/full", kept.home)

    assert said.returncode == 1
    [line] = said.stderr.decode().splitlines()
    assert line.startswith("文件或目录无法使用：磁盘已满")


def test_an_error_that_nobody_reads_is_not_taken_for_the_result(kept: Sise) -> None:
    said = started("task nope 2>&-", kept.home)

    assert (said.returncode, said.stdout) == (2, b"")


def test_an_old_machine_that_speaks_gbk_is_answered(kept: Sise) -> None:
    policy = ROOT / "seeds/policies/default.toml"
    said = started(f"policy check {policy}", kept.home, PYTHONIOENCODING="gbk")

    assert said.returncode == 0
    assert said.stdout.decode("gbk").startswith("? default.toml: 四色督办")


def test_a_result_as_json_loses_no_sign_in_gbk(kept: Sise) -> None:
    kept.done("reassign", "教-1", "--to", "HEAD@dinghai.example", "--why", "✓")
    octets = BytesIO()
    kept.monkeypatch.setattr(sys, "stdout", TextIOWrapper(octets, "gbk", write_through=True))

    kept("task", "教-1", "--json")

    [move] = json.loads(octets.getvalue())["history"]
    assert (move["reason"], octets.getvalue().isascii()) == ("✓", True)


@pytest.mark.parametrize("columns", [40, 80])
def test_in_a_narrow_window_an_explanation_still_names_each_colour_and_day(
    kept: Sise, columns: int
) -> None:
    wide = kept.done("explain", "教-3", "--json").json
    kept.monkeypatch.setattr(edge.out, "_width", columns)

    lines = kept.done("explain", "教-3").out.splitlines()

    assert f"● 蓝色 截止日后 1 天：{_day(wide['rungs'][0]['strike_on'])}" in lines[2]


def test_what_somebody_wrote_in_several_lines_stays_within_its_entry(kept: Sise) -> None:
    why = "按会议意见。\n· 当前为绿色。"
    kept.done("reassign", "教-1", "--to", "HEAD@dinghai.example", "--why", why)

    lines = kept.done("task", "教-1").out.splitlines()

    assert "    · 当前为绿色。" in lines


def _day(written: str) -> str:
    on = datetime.fromisoformat(written)
    return f"{on.year}年{on.month}月{on.day}日"


def test_instants_are_iso_8601(kept: Sise) -> None:
    kept.done("night", "--inline")

    history = kept.done("task", "教-1", "--json").json["history"]

    assert history
    for move in history:
        assert datetime.fromisoformat(move["at"]).isoformat() == move["at"]


def test_a_colour_may_be_written_in_capitals(kept: Sise) -> None:
    kept.done("night", "--inline")

    blue = kept.done("tasks", "--colour", "BLUE", "--json").json

    assert blue == kept.done("tasks", "--colour", "蓝", "--json").json != []


def test_every_command_has_help_and_prints_its_result_as_json() -> None:
    def each(part: Any, *words: str) -> Iterator[tuple[str, set[str]]]:
        with part.make_context(part.name, [], resilient_parsing=True) as context:
            if names := part.list_commands(context) if hasattr(part, "list_commands") else []:
                for name in names:
                    yield from each(part.get_command(context, name), *words, name)
            else:
                yield " ".join(words), {o for p in part.get_params(context) for o in p.opts}

    lacking = {
        name for name, options in each(whole(ENGLISH)) if not {"--help", "--json"} <= options
    }

    assert lacking == set()
