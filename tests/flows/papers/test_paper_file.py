"""A document's file is whole, or what was there before."""

import resource
import signal
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from flows.papers.paper_file import write_file
from flows.put_in_place import CannotWrite
from notifications.papers.paper import Form, Paper, Title
from tests.papers import text_of

PAPER = Paper("报告", "督查室", "zh-CN", date(2022, 7, 14), [Title("报告")])


@pytest.mark.parametrize("suffix", [".docx", ".html"])
def test_what_was_there_stays_when_the_new_file_cannot_be_whole(
    tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"n{suffix}"
    file.write_bytes(b"old")
    size = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, size[1]))  # as a disk that is full
    try:
        with pytest.raises(CannotWrite, match="too large"):
            write_file(file, PAPER)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, size)
        signal.signal(signal.SIGXFSZ, handler)

    assert file.read_bytes() == b"old"
    assert [left.name for left in tmp_path.iterdir()] == [file.name]


def test_an_existing_file_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "n.docx"
    file.write_bytes(b"old")

    write_file(file, PAPER)

    assert text_of(file.read_bytes()) == "报告"
    (tmp_path / "any").touch()
    assert file.stat().st_mode == (tmp_path / "any").stat().st_mode


def test_what_no_xml_may_hold_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "n.docx"

    write_file(file, replace(PAPER, blocks=[Title("校\x00车"), Form([("编\x0b号", "甲\ud800-1")])]))

    assert text_of(file.read_bytes()).split() == ["校车", "编号", "|", "甲-1"]
