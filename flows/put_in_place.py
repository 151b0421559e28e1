"""A file is written beside its place and moved there whole: nothing half-written is ever left."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from models.refusal import Refusal
from notifications.system_words import system_words

ONLY_THE_OWNER = 0o600  # what it holds is not for everybody on the machine


class CannotWrite(Refusal):
    """The place is right, but it cannot be written to just now."""

    exit_code = 1


@contextmanager
def put_in_place(
    target: Path, suffixes: Collection[str] = (), *, private: bool = True
) -> Iterator[Path]:
    """Gives the path to write to; what stands there at the end replaces the target, whose rights
    it keeps. `private`: a new file is for its owner alone. Raises what `require_place` raises, and
    CannotWrite; then the target is as it was."""
    require_place(target, suffixes)
    try:
        with TemporaryDirectory(prefix=".sise-", dir=target.parent) as folder:
            written = Path(folder) / target.name
            yield written
            if private or target.exists():
                written.chmod(target.stat().st_mode if target.exists() else ONLY_THE_OWNER)
            with written.open("rb") as whole:
                os.fsync(whole.fileno())
            os.replace(written, target)
    except OSError as error:
        raise CannotWrite(
            f"无法写入 {target}：{system_words(error)}；请检查权限和磁盘空间，原有文件未改动",
            f"{target} cannot be written: {error.strerror}; check the rights and the disk. "
            "What was there is unchanged",
        ) from error


def require_place(target: Path, suffixes: Collection[str] = ()) -> None:
    """For whoever does something before the file is written. Raises Refusal if the name is wrong,
    CannotWrite if the file is open or read-only."""
    if suffixes and target.suffix.lower() not in suffixes:
        raise Refusal(
            f"“{target.name}”的扩展名不是 {' 或 '.join(suffixes)}；请改文件名",
            f"'{target.name}' does not end in {' or '.join(suffixes)}; change the name",
        )
    if not target.parent.is_dir():
        raise Refusal(
            f"没有文件夹 {target.parent}；请先建立，或另写位置",
            f"there is no folder {target.parent}; make it first, or name another",
        )
    if target.is_dir():
        raise Refusal(
            f"{target} 是文件夹，不是文件；请另写文件名",
            f"{target} is a folder and no file; give another name",
        )
    _require_free(target)


def _require_free(target: Path) -> None:
    """Office programs leave a file beside what they have open."""
    if target.exists() and not os.access(target, os.W_OK):
        raise CannotWrite(
            f"{target} 只读，不能替换；请检查权限，或另写文件名",
            f"{target} is read-only and cannot be replaced; check its rights, or give another name",
        )
    for beside in (f"~${target.name}", f".~lock.{target.name}#"):
        if (target.parent / beside).exists():
            raise CannotWrite(
                f"{target} 正被 Excel、WPS 或 LibreOffice 打开；请关闭后再试"
                f"（确已关闭的，删去 {beside}）",
                f"{target} is open in Excel, WPS or LibreOffice; close it and try again "
                f"(if it is closed, delete {beside})",
            )
