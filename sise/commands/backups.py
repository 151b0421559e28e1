"""`sise backup` and `sise restore`: the whole office in one file, and back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

from flows.backup.putting_back import restore, whole
from flows.backup.taking import back_up
from sise.commands.edge import Edge, Json, as_json, open_edge, progress


def backup(file: Path, json: Json = False) -> None:
    """Copy the whole office into one file, while all goes on; keep it as safe as the keys."""
    edge = open_edge()
    with _bar(edge, "正在备份", "copying") as done:
        contents = back_up(edge.office, file, now=edge.now, done=done)
    if json:
        as_json(asdict(contents))
        return
    edge.say(
        f"已备份到 {file}：{sum(contents.rows.values())} 条记录，{contents.evidence} 份佐证材料，"
        "以及链接和登录所用的密钥；请妥善保管",
        f"Copied to {file}: {sum(contents.rows.values())} rows, {contents.evidence} files of "
        "evidence, and the keys of links and sessions; keep it safe",
    )
    if contents.missing:
        edge.say(
            f"其中 {len(contents.missing)} 份佐证材料的文件已不在 SISE_HOME/evidence 中",
            f"Of the evidence {len(contents.missing)} files are not in SISE_HOME/evidence any more",
            style="red",
        )


def restore_command(file: Path, json: Json = False) -> None:
    """Put a backup back, where there is no office yet: an empty SISE_HOME or database."""
    contents = whole(file)  # first: opening an office makes a home and a key
    edge = open_edge(check_schema=False)
    with _bar(edge, "正在恢复", "restoring") as done:
        restore(edge.office, file, contents, now=edge.now, done=done)
    if json:
        as_json(asdict(contents))
        return
    made_at = edge.office.local(datetime.fromisoformat(contents.made_at))
    edge.say(
        f"已恢复 {made_at:%Y-%m-%d %H:%M} 的备份：{sum(contents.rows.values())} 条记录，"
        f"{contents.evidence - len(contents.missing)} 份佐证材料。"
        "可用 sise audit verify 核验历史记录",
        f"The copy of {made_at:%Y-%m-%d %H:%M} is back: {sum(contents.rows.values())} rows, "
        f"{contents.evidence - len(contents.missing)} files of evidence. "
        "'sise audit verify' checks the history",
    )


@contextmanager
def _bar(edge: Edge, chinese: str, english: str) -> Iterator[Callable[[int, int], None]]:
    with progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()) as bar:
        doing = bar.add_task(edge.both(chinese, english), total=None)
        yield lambda so_far, total: bar.update(doing, completed=so_far, total=total)
