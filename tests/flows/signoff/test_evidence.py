"""Evidence: kept once by its hash, told by its content, never by its name."""

import hashlib
import struct
from datetime import date
from io import BytesIO

import pytest
from sqlmodel import select

from flows.database import reading, transaction
from flows.signoff import evidence as store
from flows.signoff.applications import draft
from flows.signoff.evidence import NotTaken, add_evidence, may_see, open_evidence, remove_evidence
from flows.signoff.evidence_files import path_of
from flows.signoff.file_names import clean_name, download_name
from flows.signoff.file_types import what_is
from models import Application, Evidence, Exclusion, Task
from models.application import EvidenceKind
from models.decision import Verdict
from models.refusal import Refusal
from tests import files
from tests.conftest import instant
from tests.kept import add, rows
from tests.sign_offs import Bench

DUE, ON = date(2022, 7, 13), date(2022, 7, 15)


def upload(bench: Bench, content, name="材料.pdf", kind=EvidenceKind.EVIDENCE):
    actor = bench.actor(bench.cast.alice, ON)
    with transaction(bench.office.engine, actor.now) as session:
        task = session.exec(select(Task)).one()
        application = draft(session, task, actor)
        return add_evidence(
            session, bench.office, application, content, name=name, kind=kind, actor=actor
        )


TAKEN = {
    "application/pdf": [files.PDF],
    "image/jpeg": [files.JPEG],
    "image/png": [files.PNG],
    "image/webp": [files.WEBP],
    "image/heic": [files.HEIC],
    "application/ofd": [files.OFD],
    "application/msword": [
        files.ole("WordDocument"),
        files.ole("1Table", "WordDocument", far=True),
    ],
    "application/vnd.ms-excel": [files.ole("Workbook"), files.ole("Book")],
    "application/vnd.ms-powerpoint": [files.ole("PowerPoint Document")],
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": [files.DOCX],
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": [files.XLSX],
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": [files.PPTX],
    "text/plain; charset=utf-8": [
        "整改台账\r\n第一条,已办".encode(),
        b"\xef\xbb\xbfa,b",
        "字".encode() * 200_000,
    ],
    "text/plain; charset=gb18030": ["整改台账，已经办结".encode("gb18030")],
}


@pytest.mark.parametrize(
    ("media_type", "content"), [(kind, one) for kind, many in TAKEN.items() for one in many]
)
def test_what_is_taken_is_told_by_its_content(media_type, content):
    found = what_is(BytesIO(content))

    assert found.taken
    assert found.media_type == media_type


REFUSED = [
    (files.PROGRAM, "Windows 可执行程序"),
    (b"\x7fELF\x02\x01" + b"\x00" * 60, "可执行程序"),
    (b"#!/bin/sh\nrm -rf /\n", "脚本"),
    (b"@echo off\r\ndel *.*\r\n", "脚本"),
    (b"<!DOCTYPE html><p>1", "网页"),
    (b"\xef\xbb\xbf \r\n<html><script>1</script>", "网页"),
    ("整改说明 <script>alert(1)</script>".encode("gb18030"), "网页"),
    (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "SVG 图片"),
    (files.ZIP, "压缩包"),
    (files.JAR, "压缩包"),
    (files.ZIP[:-8], "压缩包"),
    (files.DOCM, "带宏的 Office 文档"),
    (files.ole("WordDocument", "Macros", "VBA"), "带宏的 Office 文档"),
    (files.ole("Workbook", "_VBA_PROJECT_CUR"), "带宏的 Office 文档"),
    (files.ole("EncryptionInfo", "EncryptedPackage"), "加密的 Office 文档"),
    (files.ole("SummaryInformation"), "无法识别的 Office 文件"),
    (files.ole("WordDocument")[:500], "无法识别的 Office 文件"),
    (b"Rar!\x1a\x07\x00", "RAR 压缩包"),
    (b"GIF89a" + b"\x00" * 20, "GIF 图片"),
    (files.MP4, "视频或音频"),
    (b"{\\rtf1 x}", "RTF 文档"),
    (bytes(range(256)), "无法识别的文件"),
    ("文本".encode() + b"\x00", "无法识别的文件"),
    ("截断".encode()[:-1] + b"\xff\xff", "无法识别的文件"),
]


@pytest.mark.parametrize(("content", "words"), REFUSED)
def test_what_is_refused_is_named_with_what_it_is(content, words):
    found = what_is(BytesIO(content))

    assert not found.taken
    assert words in found.chinese


def test_a_zip_with_an_endless_list_of_names_is_not_read():
    head, end = files.DOCX[:-22], bytearray(files.DOCX[-22:])
    struct.pack_into("<I", end, 12, 2 << 20)

    assert what_is(BytesIO(head + bytes(end))).chinese == "压缩包"
    sixty_four = b"PK\x06\x07" + bytes(16)
    assert what_is(BytesIO(head + sixty_four + files.DOCX[-22:])).chinese == "压缩包"


def test_an_old_office_file_whose_directory_runs_in_a_circle_comes_to_an_end():
    circle = bytearray(files.ole("SummaryInformation"))
    struct.pack_into("<I", circle, 512 + 4, 1)  # sector 1 is followed by itself

    assert not what_is(BytesIO(bytes(circle))).taken


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("整改报告.pdf", "整改报告.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\材料.docx", "材料.docx"),
        ("报告\u202efdp.exe", "报告fdp.exe"),
        ("a\x00b\u200b\r\n c.pdf", "ab c.pdf"),
        ("..", "未命名"),
        ("", "未命名"),
        ("\ud800.pdf", "pdf"),
        ('a"<b>:|?*.pdf', "a__b_____.pdf"),
        ("　全角　空格 .pdf", "全角 空格 .pdf"),
        ("字" * 300 + ".pdf", "字" * 116 + ".pdf"),
        ("x" * 300, "x" * 120),
    ],
)
def test_a_name_is_shown_without_what_deceives(name, clean):
    assert clean_name(name) == clean


def test_a_text_that_is_called_a_script_is_handed_out_as_a_text():
    assert download_name("run.bat", "text/plain; charset=utf-8") == "run.bat.txt"
    assert download_name("报告.PDF", "application/pdf") == "报告.PDF"


def test_a_file_is_on_disk_under_the_hash_of_its_content_and_once(bench: Bench):
    bench.task("甲-1", DUE)

    first, again = upload(bench, files.PDF), upload(bench, BytesIO(files.PDF), "又一份.pdf")

    sha256 = hashlib.sha256(files.PDF).hexdigest()
    assert first.sha256 == again.sha256 == sha256
    assert open_evidence(bench.office, first).read_bytes() == files.PDF
    kept = [path for path in (bench.office.home / "evidence").rglob("*") if path.is_file()]
    assert kept == [path_of(bench.office.home, sha256)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "“材料.pdf”是空文件"),
        (files.PROGRAM, "“材料.pdf”是Windows 可执行程序"),
        (b"%PDF-" + bytes(store.LARGEST), "“材料.pdf”有 20.0 MB，超过每个文件 20 MB 的上限"),
    ],
)
def test_a_refused_file_leaves_nothing(bench: Bench, content, words):
    bench.task("甲-1", DUE)

    with pytest.raises(NotTaken) as refused:
        upload(bench, content)

    assert words in refused.value.chinese
    assert rows(bench.office, Evidence) == []
    assert not (bench.office.home / "evidence").exists()


def test_an_application_takes_twenty_files_and_a_hundred_megabytes(bench: Bench, monkeypatch):
    bench.task("甲-1", DUE)
    upload(bench, files.PDF)

    monkeypatch.setattr(store, "TOGETHER", 2 * len(files.PDF) - 1)
    with pytest.raises(NotTaken, match="20 files"):
        upload(bench, files.PDF)
    monkeypatch.undo()
    for n in range(19):
        upload(bench, b"%d" % n, f"{n}.txt")
    with pytest.raises(NotTaken, match="there are 20"):
        upload(bench, files.PDF)


def test_a_failed_transaction_leaves_no_row(bench: Bench):
    bench.task("甲-1", DUE)
    actor = bench.actor(bench.cast.alice, ON)

    def fails():
        with transaction(bench.office.engine, actor.now) as session:
            application = draft(session, session.exec(select(Task)).one(), actor)
            add_evidence(
                session,
                bench.office,
                application,
                files.PDF,
                name="a.pdf",
                kind=EvidenceKind.EVIDENCE,
                actor=actor,
            )
            raise OSError("the machine stops here")

    with pytest.raises(OSError, match="stops here"):
        fails()
    assert rows(bench.office, Evidence) == rows(bench.office, Application) == []
    assert [p.name for p in (bench.office.home / "evidence").glob("unfinished-*")] == []


def test_what_was_submitted_is_only_marked_as_removed(bench: Bench):
    bench.task("甲-1", DUE)
    drafted = upload(bench, files.PNG)
    with transaction(bench.office.engine, instant(ON)) as session:
        remove_evidence(session, session.get_one(Evidence, drafted.id), instant(ON))
    assert rows(bench.office, Evidence) == []

    submitted = upload(bench, files.PDF)
    bench.apply("甲-1", ON)
    with transaction(bench.office.engine, instant(ON)) as session:
        remove_evidence(session, session.get_one(Evidence, submitted.id), instant(ON))
    [row] = rows(bench.office, Evidence)
    assert row.removed_at == instant(ON)


def test_a_file_that_is_gone_or_cut_off_is_not_handed_out(bench: Bench):
    bench.task("甲-1", DUE)
    row = upload(bench, files.PDF)
    path = open_evidence(bench.office, row)

    path.write_bytes(files.PDF[:-1])
    with pytest.raises(Refusal, match="incomplete"):
        open_evidence(bench.office, row)
    path.unlink()
    with pytest.raises(Refusal, match="missing"):
        open_evidence(bench.office, row)


def seen_by(bench: Bench) -> set[str]:
    people = bench.cast.people | {"leo": bench.leo, "rita": bench.rita}
    with reading(bench.office.engine) as session:
        [row] = session.exec(select(Evidence)).all()
        [task] = session.exec(select(Task)).all()
        return {name for name, who in people.items() if may_see(session, row, task, who, ON)}


def test_evidence_is_seen_by_the_handler_the_office_and_whoever_was_asked(bench: Bench):
    bench.task("甲-1", DUE)
    upload(bench, files.PDF)
    assert seen_by(bench) == {"alice"}, "nobody but its writer is shown a draft"

    bench.apply("甲-1", ON)
    assert seen_by(bench) == {"alice", "olga", "dora"}
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, ON)
    assert seen_by(bench) == {"alice", "olga", "dora", "leo"}

    [task] = rows(bench.office, Task)
    for who in (bench.leo, bench.cast.olga):
        add(
            bench.office,
            Exclusion(
                task_id=task.id,
                official_id=who,
                reason="亲属",
                from_on=ON,
                by_id=bench.cast.hugo,
                at=instant(ON),
            ),
        )
    assert seen_by(bench) == {"alice", "dora"}
