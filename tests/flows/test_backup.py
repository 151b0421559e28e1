"""One file holds the whole office, and the office that is put back from it is the same."""

import json
import stat
import zipfile
from dataclasses import replace
from datetime import date, time

import pytest

from flows.backup.form import CONTENTS, NoBackup
from flows.backup.putting_back import Occupied, restore, whole
from flows.backup.taking import back_up
from flows.database import reading
from flows.history import faults
from flows.keyring import open_ring
from flows.signoff.evidence_files import keep, path_of
from models import Evidence, Official, Unit
from models.application import EvidenceKind
from tests import files
from tests.conftest import instant
from tests.databases import empty_postgres, empty_sqlite
from tests.kept import add, edit, everything, play, rows
from tests.played import as_played
from tests.sign_offs import gather_bench

DAY = date(2022, 7, 14)
NOON = instant(DAY, time(12))


def nobody_looks(so_far, total):
    assert so_far <= total


@pytest.fixture
def full(office, cast, tmp_path):
    """With warnings, mails, an application and its evidence."""

    def live():
        bench = gather_bench(office, cast)
        bench.task("甲-1", date(2022, 7, 13))
        bench.task("甲-2", date(2022, 8, 13))
        play(office, DAY)
        bench.apply("甲-2", DAY)

    as_played(office.engine, "warned and applied for", live)
    add(office, _evidence(office))
    return office


def _evidence(office):
    with open(office.home / "报告.pdf", "wb+") as content:
        content.write(files.PDF)
        sha256 = keep(office.home, content)
    return Evidence(
        application_id=1,
        name="报告.pdf",
        kind=EvidenceKind.EVIDENCE,
        media_type="application/pdf",
        size=len(files.PDF),
        sha256=sha256,
        added_by_id=1,
        added_at=NOON,
    )


@pytest.fixture
def elsewhere(request, office, tmp_path):
    """An office with nothing in it, on the other kind of database."""
    if office.engine.dialect.name == "sqlite":
        engine = request.getfixturevalue("postgres_engine")
        empty_postgres(engine)
    else:
        engine = request.getfixturevalue("sqlite_engine")
        empty_sqlite(engine, request.getfixturevalue("blank_sqlite"))
    home = tmp_path / "elsewhere"
    home.mkdir()
    return replace(office, engine=engine, home=home, ring=open_ring(home / "secret"))


def test_what_is_put_back_is_what_was_there(full, elsewhere, tmp_path):
    file = tmp_path / "sise.backup"
    taken = back_up(full, file, now=NOON, done=nobody_looks)
    restored = whole(file)
    restore(elsewhere, file, restored, now=NOON, done=nobody_looks)

    assert restored == taken
    assert everything(elsewhere.engine) == everything(full.engine)
    assert elsewhere.secret == full.secret
    [evidence] = rows(elsewhere, Evidence)
    assert path_of(elsewhere.home, evidence.sha256).read_bytes() == files.PDF
    with reading(elsewhere.engine) as session:
        assert list(faults(session)) == []


def test_work_goes_on_in_what_was_put_back(full, elsewhere, tmp_path):
    """Numbers of rows go on where they were; the next night is the one after the last."""
    file = tmp_path / "sise.backup"
    back_up(full, file, now=NOON, done=nobody_looks)
    restore(elsewhere, file, whole(file), now=NOON, done=nobody_looks)

    add(elsewhere, Official(name="新人", unit_id=1))
    here, there = (play(one, date(2022, 7, 26)) for one in (full, elsewhere))

    counted = ("scanned", "escalated", "notices", "recipients", "unresolved")
    assert [there[name] for name in counted] == [here[name] for name in counted]
    assert there["escalated"]["yellow"] == 1


def test_a_unit_may_be_older_than_the_one_above_it(full, elsewhere, tmp_path):
    add(full, above := Unit(name="后设的上级"))
    edit(full, Unit, 1, parent_id=above.id)
    back_up(full, tmp_path / "b", now=NOON, done=nobody_looks)
    restore(elsewhere, tmp_path / "b", whole(tmp_path / "b"), now=NOON, done=nobody_looks)

    assert [u.parent_id for u in rows(elsewhere, Unit)] == [u.parent_id for u in rows(full, Unit)]


def test_where_an_office_is_nothing_is_put_back(full, tmp_path):
    back_up(full, tmp_path / "b", now=NOON, done=nobody_looks)
    before = everything(full.engine)

    with pytest.raises(Occupied):
        restore(full, tmp_path / "b", whole(tmp_path / "b"), now=NOON, done=nobody_looks)

    assert everything(full.engine) == before


def _without_a_row(file):
    """As if a line of a table had been lost."""
    lost = file.with_name("lost")
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(lost, "w") as less:
        for name in whole.namelist():
            content = whole.read(name)
            if name == "tables/task.jsonl":
                content = b"".join(content.splitlines(keepends=True)[:-1])
            less.writestr(name, content)
    return lost


def _cut_short(file):
    cut = file.with_name("cut")
    cut.write_bytes(file.read_bytes()[:-100])
    return cut


def _of_another_version(file):
    other = file.with_name("other")
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(other, "w") as changed:
        for name in whole.namelist():
            content = whole.read(name)
            if name == CONTENTS:
                content = json.dumps(json.loads(content) | {"schema": "9999"}).encode()
            changed.writestr(name, content)
    return other


def _something_else(file):
    other = file.with_name("台账.xlsx")
    with zipfile.ZipFile(other, "w") as workbook:
        workbook.writestr("xl/workbook.xml", "<workbook/>")
    return other


@pytest.mark.parametrize(
    "spoil", [_without_a_row, _cut_short, _of_another_version, _something_else]
)
def test_of_a_file_that_is_no_whole_backup_nothing_is_put_back(full, elsewhere, tmp_path, spoil):
    back_up(full, tmp_path / "b", now=NOON, done=nobody_looks)

    with pytest.raises(NoBackup):
        whole(spoil(tmp_path / "b"))

    assert not any(everything(elsewhere.engine).values())
    restore(elsewhere, tmp_path / "b", whole(tmp_path / "b"), now=NOON, done=nobody_looks)


def test_a_backup_takes_the_place_of_a_backup_and_of_nothing_else(full, tmp_path):
    file, ledger = tmp_path / "b", tmp_path / "台账.xlsx"
    ledger.write_bytes(b"somebody's work")
    back_up(full, file, now=NOON, done=nobody_looks)
    back_up(full, file, now=NOON, done=nobody_looks)

    with pytest.raises(NoBackup):
        back_up(full, ledger, now=NOON, done=nobody_looks)

    assert ledger.read_bytes() == b"somebody's work"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_evidence_whose_file_is_gone_is_named(full, tmp_path):
    [evidence] = rows(full, Evidence)
    path_of(full.home, evidence.sha256).unlink()

    taken = back_up(full, tmp_path / "b", now=NOON, done=nobody_looks)

    assert taken.missing == [evidence.sha256]
