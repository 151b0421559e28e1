"""A file is there whole, or it is not there."""

from pathlib import Path

import pytest

from flows.put_in_place import CannotWrite, put_in_place
from models.refusal import Refusal


def put(target: Path, content: bytes = b"new") -> None:
    with put_in_place(target, (".xlsx",)) as path:
        path.write_bytes(content)


def test_a_file_of_that_name_is_replaced_and_keeps_its_rights(tmp_path: Path) -> None:
    target = tmp_path / "台账.xlsx"
    target.write_bytes(b"old")
    target.chmod(0o640)

    put(target)

    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"new", 0o640)
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    put(tmp_path / "台账.XLSX")

    assert (tmp_path / "台账.XLSX").stat().st_mode & 0o777 == 0o600


def test_whatever_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "台账.xlsx"
    target.write_bytes(b"old")

    def stopped() -> None:
        with put_in_place(target) as path:
            path.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()

    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("beside", ["~$台账.xlsx", ".~lock.台账.xlsx#"])
def test_a_file_that_is_open_is_left_alone(tmp_path: Path, beside: str) -> None:
    (tmp_path / beside).touch()

    with pytest.raises(CannotWrite) as refused:
        put(tmp_path / "台账.xlsx")

    assert f"确已关闭的，删去 {beside}" in refused.value.chinese
    assert f"if it is closed, delete {beside}" in refused.value.english


@pytest.mark.parametrize("name", ["台账.xls", "台账.csv", "台账"])
def test_the_name_says_what_it_is(tmp_path: Path, name: str) -> None:
    with pytest.raises(Refusal, match=r"does not end in \.xlsx") as refused:
        put(tmp_path / name)

    assert refused.value.exit_code == 2


def test_a_folder_takes_no_part(tmp_path: Path) -> None:
    (tmp_path / "夹.xlsx").mkdir()

    with pytest.raises(Refusal, match="is a folder and no file"):
        put(tmp_path / "夹.xlsx")
    with pytest.raises(Refusal, match="there is no folder"):
        put(tmp_path / "没有" / "台账.xlsx")


def test_where_nobody_may_write_it_is_said() -> None:
    with pytest.raises(CannotWrite) as refused:
        put(Path("/proc/台账.xlsx"))

    assert refused.value.exit_code == 1
    assert refused.value.chinese.startswith("无法写入 /proc/台账.xlsx：")
