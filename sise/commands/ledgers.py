"""The office's ledger on its way in, and out again."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from sqlmodel import Session

from flows.database import reading, transaction, trial
from flows.ledger.apply import Applied, apply_ledger
from flows.ledger.export import Exported, count_tasks, export_ledger
from flows.ledger.imported import record_import
from flows.ledger.mapping import OURS, HeadingMap, parse_mapping
from flows.ledger.problems import LedgerRefused, UnreadableLedger
from flows.ledger.reading import read_ledger
from flows.ledger.rows import Ledger
from flows.working_days import load_calendar
from models.refusal import Refusal
from notifications.change_words import fact_word, value_words
from sise.commands.edge import Edge, Json, as_json, name_of, open_edge, out, progress, text_of
from sise.commands.nights import WAITING

PREVIEW = 30  # changes shown before the rest is only counted


def import_(
    file: Path,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would change; write nothing.")
    ] = False,
    mapping: Annotated[
        Path | None,
        typer.Option(metavar="MAP.toml", help="Your own headings: which of them is which of ours."),
    ] = None,
    json: Json = False,
) -> None:
    """Take in a ledger (台账) and directory (通讯录): all or nothing, every error listed."""
    edge = open_edge()
    named = parse_mapping(text_of(mapping), file=mapping.name) if mapping else OURS
    name = name_of(file)
    with progress(*WAITING) as bar:
        doing = bar.add_task(edge.both(f"正在读取 {name}", f"reading {name}"))
        ledger = _read(edge, file, named)
        n = len(ledger.rows)
        bar.update(doing, description=edge.both(f"正在核对 {n} 件事项", f"checking {n} tasks"))
        engine = edge.office.engine
        with trial(engine) if dry_run else transaction(engine, edge.now) as session:
            applied = _apply(edge, session, ledger, named, name)
            with file.open("rb") as content:
                sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            record_import(session, edge.actor, applied, file=name, sha256=sha256)
    if json:
        as_json(_facts(ledger, applied, dry_run))
    else:
        _show(edge, ledger, applied, dry_run)


def _apply(edge: Edge, session: Session, ledger: Ledger, mapping: HeadingMap, file: str) -> Applied:
    try:
        return apply_ledger(
            session,
            ledger,
            today=edge.today,
            now=edge.now,
            calendar=load_calendar(session),
            author=edge.actor,
        )
    except LedgerRefused as refused:
        raise mapping.told(refused, file) from refused


def _read(edge: Edge, file: Path, mapping: HeadingMap) -> Ledger:
    try:
        return read_ledger(file, today=edge.today, mapping=mapping)
    except UnreadableLedger as error:
        name = name_of(file) or file
        raise Refusal(f"{name}：{error.chinese}", f"{name}: {error.english}") from error


def _facts(ledger: Ledger, applied: Applied, dry_run: bool) -> dict[str, Any]:
    return {
        "dry_run": dry_run,
        "opened": applied.opened,
        "updated": applied.updated,
        "unchanged": applied.unchanged,
        "units": applied.units,
        "officials": applied.officials,
        "posts": applied.posts,
        "absences": applied.absences,
        "ignored_columns": ledger.ignored_columns,
        "undated_deputies": [problem.message() for problem in applied.undated],
        "unkept_lists": [problem.message() for problem in applied.unkept],
        "changes": [
            {"number": c.number, "column": c.column, "old": c.before, "new": c.after}
            for c in applied.changes
        ],
        "directory": [
            {"name": one.name, "fact": one.fact, "old": one.before, "new": one.after}
            for one in applied.directory
        ],
    }


def _show(edge: Edge, ledger: Ledger, applied: Applied, dry_run: bool) -> None:
    late = sum(1 for row in ledger.rows if row.due_on and row.due_on < edge.today)
    if applied.opened and late:
        edge.say(
            f"表中有 {late} 件已过整改时限，下一次夜间检查（sise night）后变色",
            f"{late} of them are past their deadline: the next night (sise night) colours them",
        )
    if dry_run:
        edge.say("预览：以下内容尚未写入", "Preview: nothing was written", style="bold")
    edge.say(
        f"事项：新增 {applied.opened}，更新 {applied.updated}，未变 {applied.unchanged}",
        f"Tasks: new {applied.opened}, updated {applied.updated}, unchanged {applied.unchanged}",
    )
    edge.say(
        f"通讯录（新增或变更）：单位 {applied.units}，人员 {applied.officials}，"
        f"职务 {applied.posts}，代理 {applied.absences}",
        f"Directory, new or changed: units {applied.units}, people {applied.officials}, "
        f"posts {applied.posts}, absences {applied.absences}",
    )
    for kind, chinese, english in (
        (ledger.ignored_columns, "未使用的列", "columns not used"),
        (ledger.ignored_sheets, "未使用的工作表", "sheets not used"),
        (ledger.ignored_rows, "未使用的行", "rows not used"),
    ):
        if kind:
            edge.say(f"· {chinese}：{'、'.join(kind)}", f"· {english}: {', '.join(kind)}")
    told = (*applied.undated, *applied.unkept)
    for problem in told[:PREVIEW]:
        out.print(f"· {problem.message(edge.language)}")
    if (more := len(told) - PREVIEW) > 0:
        edge.say(f"……另有 {more} 处", f"… and {more} more")
    _show_directory(edge, applied)
    _show_changes(edge, applied)
    if dry_run:
        edge.say("确认无误后去掉 --dry-run 正式导入", "Run it again without --dry-run to import")


def _show_directory(edge: Edge, applied: Applied) -> None:
    """What is corrected before what is new."""
    if not applied.directory:
        return
    rows = edge.table("通讯录|栏目|原来|现在", "directory|column|was|is")
    for one in sorted(applied.directory, key=lambda one: one.before is None)[:PREVIEW]:
        was, now = (value_words(one.fact, said, edge.language) for said in (one.before, one.after))
        rows.add_row(one.name, fact_word(one.fact, edge.language), was, now)
    rows.columns[0].no_wrap = rows.columns[1].no_wrap = True
    out.print(rows)
    if (more := len(applied.directory) - PREVIEW) > 0:
        edge.say(f"……通讯录另有 {more} 处", f"… and {more} more in the directory")


def _show_changes(edge: Edge, applied: Applied) -> None:
    if not applied.changes:
        return
    rows = edge.table("编号|栏目|原来|现在", "number|column|was|is")
    for change in applied.changes[:PREVIEW]:
        rows.add_row(change.number, change.column, change.before, change.after)
    rows.columns[0].no_wrap = rows.columns[1].no_wrap = True
    out.print(rows)
    if (more := len(applied.changes) - PREVIEW) > 0:
        edge.say(f"……另有 {more} 处更改", f"… and {more} more")


def export(
    file: Path,
    json: Json = False,
) -> None:
    """Write the ledger (台账) and directory (通讯录) as the office keeps them, into one .xlsx that
    can be imported again. It holds the titles of restricted matters too: for the administrator on
    this machine. Only an earlier export is replaced."""
    edge = open_edge()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with progress(*columns) as bar, reading(edge.office.engine) as session:
        doing = bar.add_task(
            edge.both(f"正在导出 {file.name}", f"writing {file.name}"), total=count_tasks(session)
        )
        exported = export_ledger(
            session,
            file,
            now=edge.now,
            timezone=edge.office.timezone,
            language=edge.language,
            advance=lambda tasks: bar.advance(doing, tasks),
        )
    unclear = [problem.message(edge.language) for problem in exported.unclear]
    if json:
        as_json(asdict(exported) | {"file": str(file), "unclear": unclear})
    else:
        _show_exported(edge, file, exported, unclear)


def _show_exported(edge: Edge, file: Path, exported: Exported, unclear: list[str]) -> None:
    done = exported
    edge.say(
        f"已导出 {file}：事项 {done.tasks} 件，共 {done.rows} 行；"
        f"单位 {done.units}，人员 {done.officials}，职务 {done.posts}，代理 {done.absences}",
        f"{file} is written: {done.tasks} tasks in {done.rows} rows; {done.units} units, "
        f"{done.officials} people, {done.posts} posts, {done.absences} absences",
    )
    if not done.tasks:
        edge.say("台账还是空的，表中只有表头", "The ledger is empty: there are only its headings")
    if unclear:
        edge.say(
            "导入到别的单位会被退回，请先处理以下各处（多为没有邮箱、只凭姓名分不清的人员）：",
            "Another office's import would object to these, so put them right first (mostly people "
            "without a mail address, whose name is not enough):",
        )
    for sentence in unclear[:PREVIEW]:
        out.print(f"· {sentence}")
    if (more := len(unclear) - PREVIEW) > 0:
        edge.say(f"……另有 {more} 处", f"… and {more} more")
