"""What goes out comes in again: an export loses nothing, and never runs what a cell says."""

import gc
import random
import re
import resource
import sys
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from flows.database import reading, transaction, trial
from flows.ledger import export
from flows.ledger.apply import Applied, apply_ledger
from flows.ledger.book_on_disk import book_on_disk
from flows.ledger.export import Exported, export_ledger
from flows.ledger.reading import read_ledger
from flows.ledger.rows import DirectoryRow, Ledger, LedgerRow
from flows.put_in_place import CannotWrite
from flows.rulebook import load_procedure
from models import Procedure, Task
from models.organisation import PostKind
from models.refusal import Refusal
from models.signoff import TaskState
from models.task import Track
from models.warning import Colour
from models.workdays import Calendar
from notifications.wording import LANGUAGES
from seeds.load import load_rulebook
from tests.conftest import SHANGHAI, instant, sample
from tests.flows.ledger.conftest import TODAY
from tests.flows.ledger.offices import dump, offices
from tests.played import as_played

CALENDAR = Calendar()
ROW = LedgerRow(
    number="甲-1",
    title="校车监管不到位",
    unit="区教育局",
    handler="",
    opened_on=date(2022, 5, 1),
    due_on=date(2022, 7, 14),
    measures=("排查", "整改", "验收"),
)
LONG = replace(ROW, number="甲-2", title="=1+1", due_on=None, track=Track.LONG_TERM, measures=())
HEAD = DirectoryRow(unit="区教育局", name="王芳", post=PostKind.UNIT_HEAD)
OFFICE = Ledger(rows=(ROW, LONG), directory=(HEAD,))


@pytest.fixture
def empty(engine: Engine) -> Engine:
    """An office with all its rules, and nobody in it."""

    def load() -> None:
        with transaction(engine, instant(TODAY)) as session:
            load_rulebook(session, now=instant(TODAY))

    as_played(engine, "the rules are loaded", load)
    return engine


def take_in(session: Session, ledger: Ledger) -> Applied:
    return apply_ledger(session, ledger, today=TODAY, now=instant(TODAY), calendar=CALENDAR)


def write(session: Session, path: Path, language: str = "zh-CN") -> Exported:
    return export_ledger(session, path, now=instant(TODAY), timezone=SHANGHAI, language=language)


@pytest.mark.storm
@given(
    drawn=offices(),
    states=st.lists(st.sampled_from(TaskState), min_size=5, max_size=5),
    language=st.sampled_from(LANGUAGES),
)
@settings(
    max_examples=sample(30, 500),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_round_trip_loses_nothing(
    empty: Engine, tmp_path: Path, drawn: Ledger, states: list[TaskState], language: str
) -> None:
    path = tmp_path / "导出.xlsx"
    with trial(empty) as session:
        take_in(session, drawn)
        _put_into(session, states)
        before = dump(session)
        exported = write(session, path, language)
        again = read_ledger(path, today=TODAY)
        applied = take_in(session, again)
        after = dump(session)
    with trial(empty) as session:
        take_in(session, again)
        elsewhere = dump(session)

    assert (exported.unclear, again.problems) == ((), ())
    assert applied == Applied(0, 0, len(drawn.rows), 0, 0, 0, 0, ())
    assert before == after == elsewhere
    event(f"rows {exported.rows}")


def _put_into(session: Session, states: list[TaskState]) -> None:
    for task, state in zip(session.exec(select(Task)).all(), states, strict=False):
        task.state, task.level = state, 1 if state == TaskState.UNDER_REVIEW else None
    session.flush()


@pytest.fixture
def kept(empty: Engine) -> Engine:
    """A small office: a matter of three measures that is overdue, and a long-term one."""
    with transaction(empty, instant(TODAY)) as session:
        take_in(session, OFFICE)
    return empty


def exported(engine: Engine, path: Path, language: str = "zh-CN") -> Exported:
    with reading(engine) as session:
        return write(session, path, language)


def cells(path: Path, sheet: str) -> list[list[Any]]:
    with CalamineWorkbook.from_path(path) as book:
        return book.get_sheet_by_name(sheet).to_python()


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as package:
        return package.read(f"xl/{name}").decode()


def column(path: Path, heading: str, sheet: str = "台账") -> list[Any]:
    _, headings, *rows = cells(path, sheet)
    return [row[headings.index(heading)] for row in rows]


def test_the_sheet_is_laid_out_as_offices_print_it(kept: Engine, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    done = exported(kept, path)
    xml = part(path, "worksheets/sheet1.xml")
    width = len(cells(path, "台账")[1])

    assert (done.tasks, done.rows, done.units, done.officials, done.posts) == (2, 4, 1, 1, 1)
    assert len(re.findall("<mergeCell ", xml)) == width - 1  # all but the measures
    assert '<mergeCell ref="B3:B5"/>' in xml
    assert f'<autoFilter ref="A2:{chr(64 + width)}6"/>' in xml
    assert 'ySplit="2" topLeftCell="D3"' in xml
    assert (
        '<pageSetup paperSize="8" scale="70" pageOrder="overThenDown" orientation="landscape"/>'
        in xml
    )
    assert "第 &amp;P 页，共 &amp;N 页" in xml
    assert "_xlnm.Print_Titles" in part(path, "workbook.xml")
    assert column(path, "整改措施") == ["排查", "整改", "验收", ""]
    assert column(path, "责任单位") == ["区教育局"] * 4  # under the merged cell too: filters see it
    assert cells(path, "台账")[0][0] == "台账（截至2022年8月1日）"


def test_two_sheets_side_by_side_have_room_for_all_columns(kept: Engine, tmp_path: Path) -> None:
    """The number and the title stand on either; ten points are seven in print."""
    path = tmp_path / "台账.xlsx"
    exported(kept, path)
    xml = part(path, "worksheets/sheet1.xml")
    found = re.findall(r'<col min="(\d+)" max="(\d+)" width="([\d.]+)"', xml)
    widths = [float(w) for first, last, w in found for _ in range(int(first), int(last) + 1)]
    [second] = map(int, re.findall(r'<colBreaks [^>]*><brk id="(\d+)"', xml))
    a3 = 420 - 2 * 0.4 * 25.4  # mm between the margins

    assert len(widths) == len(cells(path, "台账")[1])
    assert cells(path, "台账")[1][second] == "交办日期"
    for shown in (widths[:second], widths[:3] + widths[second:]):
        in_print = sum(shown) * 7 / 96 * 25.4 * 0.7
        assert in_print * 1.35 < a3  # as wide as columns are without Excel's own font
    assert "'台账'!$A:$C,'台账'!$1:$2" in part(path, "workbook.xml").replace("台账!", "'台账'!")


def test_what_several_rows_show_has_room_in_all_of_them(empty: Engine, tmp_path: Path) -> None:
    """Excel has no row that is taller than 409 points; a remark may take more."""
    path = tmp_path / "台账.xlsx"
    with transaction(empty, instant(TODAY)) as session:
        take_in(session, Ledger((replace(ROW, remarks="备注" * 200),), (HEAD,)))

    exported(empty, path)

    xml = part(path, "worksheets/sheet1.xml")
    heights = [float(ht) for ht in re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', xml)][2:]
    assert max(heights) <= 409
    assert sum(heights) >= 400 / 9 * 14  # nine characters to a line, at most


def test_of_a_very_large_ledger_the_number_alone_is_merged(
    kept: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MERGES", 1)  # as if it were one
    path = tmp_path / "台账.xlsx"
    exported(kept, path)
    with trial(kept) as session:
        again = take_in(session, read_ledger(path, today=TODAY))

    merged = re.findall('<mergeCell ref="([^"]+)"', part(path, "worksheets/sheet1.xml"))
    assert merged == ["A3:A5", "B3:B5"]
    assert column(path, "反馈问题") == ["校车监管不到位"] * 3 + ["=1+1"]
    assert again.unchanged == 2


def test_dates_are_dates_and_no_text_is_a_formula(kept: Engine, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    exported(kept, path)

    assert column(path, "整改时限") == [date(2022, 7, 14)] * 3 + ["长期坚持"]
    assert column(path, "反馈问题")[3] == "=1+1"
    assert "<f>" not in part(path, "worksheets/sheet1.xml")
    assert 'quotePrefix="1"' in part(path, "styles.xml")  # nor becomes one when it is entered anew


def test_colours_are_words_and_fills(kept: Engine, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    with transaction(kept, instant(TODAY)) as session:
        session.exec(select(Task).order_by(col(Task.id))).first().colour = Colour.RED

    exported(kept, path)

    assert column(path, "预警颜色") == ["红色"] * 3 + ["绿色"]
    assert "FFCF2E26" in part(path, "styles.xml")


def test_english_headings_where_the_office_speaks_english(kept: Engine, tmp_path: Path) -> None:
    path = tmp_path / "ledger.xlsx"
    exported(kept, path, "en")

    assert column(path, "Due on", "Ledger")[3] == "long-term"
    assert column(path, "Track", "Ledger") == ["by a deadline"] * 3 + ["long-term"]
    assert column(path, "Post", "Directory") == ["head of the unit"]
    assert cells(path, "Ledger")[0][0] == "Ledger as of 1 August 2022"


def test_a_ledger_with_restricted_matters_says_so(kept: Engine, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    with transaction(kept, instant(TODAY)) as session:
        take_in(session, Ledger(rows=(replace(LONG, restricted=True),)))

    exported(kept, path)

    title = cells(path, "台账")[0]
    said = "含限知事项 1 件，仅限督查室内部使用"
    assert {n: words for n, words in enumerate(title) if words} == {
        0: "台账（截至2022年8月1日）",
        3: said,
        13: said,  # on the second sheet, in print
    }
    assert path.stat().st_mode & 0o077 == 0


def test_a_name_that_is_not_enough_is_told_before_somebody_imports_it(
    empty: Engine, tmp_path: Path
) -> None:
    """A unit was changed by hand, and its handler has no address."""
    path = tmp_path / "台账.xlsx"
    other = DirectoryRow(unit="区民政局")
    lee = DirectoryRow(unit="区教育局", name="李伟")
    with transaction(empty, instant(TODAY)) as session:
        take_in(session, Ledger((replace(ROW, handler="李伟"),), (HEAD, lee, other)))
        take_in(session, Ledger((replace(ROW, unit="区民政局", handler=None),)))

    done = exported(empty, path)
    with trial(empty) as session:
        again = take_in(session, read_ledger(path, today=TODAY))

    assert [problem.message() for problem in done.unclear] == [
        "台账 第3行 责任人：找不到“李伟”（区民政局），请填写邮箱，或先在通讯录里登记"
    ]
    assert again.unchanged == 1  # in the office itself the name can mean no other


def test_a_leader_whose_name_another_unit_s_handler_shares_is_written_by_address(
    empty: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "台账.xlsx"
    leader = DirectoryRow(unit="区教育局", name="李伟", email="lead@x.example")
    handler = DirectoryRow(unit="区民政局", name="李伟", email="hand@x.example")
    said = {"handler": "李伟", "handler_email": "hand@x.example"}
    row = replace(ROW, supervising_leader="lead@x.example", **said)
    with transaction(empty, instant(TODAY)) as session:
        take_in(session, Ledger((row,), (leader, handler)))

    exported(empty, path)

    assert column(path, "分管领导") == ["lead@x.example"] * 3


def test_a_task_that_has_lost_its_head_goes_round_too(kept: Engine, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"
    with transaction(kept, instant(TODAY)) as session:
        take_in(session, Ledger(directory=(replace(HEAD, until_on=date(2022, 7, 1)),)))

    exported(kept, path)
    with trial(kept) as session:
        again = take_in(session, read_ledger(path, today=TODAY))

    assert (again.unchanged, again.posts) == (2, 0)


def test_a_closed_task_goes_round_although_its_procedure_became_restricted(
    kept: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "台账.xlsx"
    with transaction(kept, instant(TODAY)) as session:
        for task in session.exec(select(Task)):
            task.state = TaskState.SIGNED_OFF
        procedure = session.exec(select(Procedure).where(Procedure.name == "rectification")).one()
        source = f"restricted = true\n{procedure.source}".replace("restricted = false\n", "")
        load_procedure(session, source, file="rectification.toml", now=instant(TODAY))

    exported(kept, path)
    with trial(kept) as session:
        again = take_in(session, read_ledger(path, today=TODAY))

    assert (again.updated, again.unchanged) == (0, 2)


def test_what_no_cell_can_hold_is_refused_and_the_old_file_stays(
    kept: Engine, tmp_path: Path
) -> None:
    path = tmp_path / "台账.xlsx"
    exported(kept, path)
    before = path.read_bytes()
    with transaction(kept, instant(TODAY)) as session:
        take_in(session, Ledger(rows=(replace(LONG, remarks="长" * 40_000),)))

    with pytest.raises(Refusal, match="longer than the 32767 characters"):
        exported(kept, path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# XlsxWriter leaves its files open when it fails; here they are closed before the next test.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("room", [100, 4_000], ids=["rows", "package"])
def test_a_disk_that_is_full_is_one_sentence(kept: Engine, tmp_path: Path, room: int) -> None:
    """As good as full: no file may grow beyond so many octets."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        with pytest.raises(CannotWrite) as refused:
            exported(kept, tmp_path / "台账.xlsx")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    said = refused.value.chinese
    del refused
    gc.collect()
    assert "请检查权限和磁盘空间，原有文件未改动" in said
    assert list(tmp_path.iterdir()) == []


# The same, and no more than that.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("lacks", [10, 400, 2_000])
def test_a_disk_that_is_full_at_the_end_is_one_sentence_and_no_traceback(
    tmp_path: Path, lacks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many octets are lacking for the archive, when all of its parts have found room."""
    whole, left = tmp_path / "whole", list[object]()
    _two_sheets(whole)
    monkeypatch.setattr(sys, "unraisablehook", lambda what: left.append(what.exc_value))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (whole.stat().st_size - lacks, limits[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            _two_sheets(tmp_path / "cut")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    gc.collect()
    assert [one for one in left if not isinstance(one, ResourceWarning)] == []


def _two_sheets(path: Path) -> None:
    """Of words that no archive makes much smaller."""
    drawn = random.Random(1)
    with book_on_disk(path, {"constant_memory": True, "tmpdir": str(path.parent)}) as book:
        for sheet in (book.add_worksheet(), book.add_worksheet()):
            for row in range(100):
                said = "".join(chr(drawn.randint(0x4E00, 0x9FFF)) for _ in range(100))
                sheet.write_string(row, 0, said)


def test_an_office_without_a_ledger_gets_its_headings(empty: Engine, tmp_path: Path) -> None:
    path = tmp_path / "台账.xlsx"

    assert exported(empty, path).rows == 0
    assert cells(path, "台账")[1][:3] == ["序号", "问题编号", "反馈问题"]
    assert cells(path, "通讯录")[1][0] == "单位"
