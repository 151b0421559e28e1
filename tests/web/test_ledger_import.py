"""导入 at the desk: what is wrong stands cell by cell, what is confirmed is what was previewed."""

import html
import io
import os
import re
from datetime import date

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from flows.database import reading
from flows.history import faults
from models import OfficeChange, Post, Task, WatchList
from models.office_change import Subject
from models.organisation import PostKind
from tests.kept import add, edit, rows
from tests.responsibility import keep_away
from tests.web.conftest import DAY, DUE, NOON

PAGE = "/import"
HEADINGS = ["问题编号", "反馈问题", "责任单位", "责任人", "整改时限", "所属清单", "限知"]
ROW = ["甲-1", "校车监管不到位", "区教育局", "alice", date(2022, 9, 1), "", ""]
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def desk(cast, sign_in):
    return sign_in("olga")


def book(**sheets):
    """A workbook, sheet by sheet."""
    octets = io.BytesIO()
    with xlsxwriter.Workbook(octets, {"default_date_format": "yyyy-mm-dd"}) as written:
        for name, lines in sheets.items():
            sheet = written.add_worksheet(name)
            for n, line in enumerate(lines):
                sheet.write_row(n, 0, line)
    return octets.getvalue()


def ledger(*lines):
    return book(台账=[HEADINGS, *lines])


def upload(desk, content, name="台账.xlsx"):
    return desk.post(PAGE, files={"file": (name, content)})


def confirm(desk, page, **other):
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    return desk.post(f"{PAGE}/confirm", data=fields | other)


def words(page):
    """The page's main part, without its tags, on one line."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def test_what_was_previewed_is_imported_and_the_history_tells_it(office, cast, desk):
    cast.task("旧-1", date(2022, 9, 1), title="旧问题")
    directory = [["单位", "姓名", "邮箱"], ["区水利局", "李四", "li@dinghai.example"]]
    lines = [HEADINGS, ROW, ["旧-1", "改过的", *ROW[2:4], date(2022, 10, 1), "", "是"]]

    page = upload(desk, book(台账=lines, 通讯录=directory))

    assert page.status_code == 200
    shown = words(page)
    assert "预览：台账.xlsx（尚未导入）" in shown
    assert "甲-1 校车监管不到位 区教育局 alice 2022年9月1日" in shown
    assert "旧-1 限知 反馈问题 旧问题 改过的" in shown
    assert "旧-1 限知 整改时限 2022-09-01 2022-10-01" in shown
    assert "人员 李四 新增 ：邮箱：li@dinghai.example，所在单位：区水利局" in shown
    assert len(rows(office, Task)) == 1, "nothing is written yet"

    done = confirm(desk, page)

    assert done.headers["location"] == f"{PAGE}?done=yes"
    assert {task.number: task.title for task in rows(office, Task)} == {
        "旧-1": "改过的",
        "甲-1": "校车监管不到位",
    }
    [imported] = rows(office, OfficeChange, OfficeChange.subject == Subject.LEDGER)
    assert (imported.name, imported.actor_id) == ("台账.xlsx", cast.olga)
    with reading(office.engine) as session:
        assert list(faults(session)) == []
    assert "已导入，与预览一致" in desk.get(done.headers["location"]).text
    assert "新增事项 1，更新事项 1，单位 1，人员 1" in words(desk.get(PAGE))
    assert list((office.home / "uploads").iterdir()) == [], "the file does not stay"
    assert "预览过的文件已不在" in words(confirm(desk, page)), "nor is it imported twice"


def test_what_moved_since_the_preview_is_previewed_anew(office, cast, desk, digest_of_database):
    task = cast.task("甲-1", date(2022, 9, 1))
    page = upload(desk, ledger(ROW))
    edit(office, Task, task.id, title="别人改过的")
    before = digest_of_database()

    again = confirm(desk, page)

    assert again.status_code == 200
    assert "预览之后台账有了变化，没有导入" in words(again)
    assert "甲-1 反馈问题 别人改过的 校车监管不到位" in words(again)
    assert digest_of_database() == before
    assert confirm(desk, again).status_code == 303
    assert rows(office, Task)[0].title == "校车监管不到位"


@sqlite
def test_only_the_bytes_that_were_previewed_are_imported(office, cast, desk, digest_of_database):
    page = upload(desk, ledger(ROW))
    upload(desk, ledger(["乙-1", *ROW[1:]]))
    before = digest_of_database()

    assert "又上传了别的文件" in words(confirm(desk, page))
    assert "又上传了别的文件" in words(confirm(desk, page, sha256="../../secret"))
    assert digest_of_database() == before


@sqlite
def test_errors_stand_cell_by_cell(office, cast, desk, digest_of_database):
    before = digest_of_database()

    page = upload(desk, ledger([*ROW[:4], "七月底吧", "", ""], ["", *ROW[1:2], "乌有局", *ROW[3:]]))

    assert page.status_code == 422
    shown = words(page)
    assert "台账.xlsx：有 3 处要改，没有导入" in shown
    assert "台账 2 整改时限 “七月底吧”不是日期，请写成 2022-07-14" in shown
    assert "台账 3 问题编号 是空的；请填写编号" in shown
    assert "台账 3 责任单位 没有“乌有局”这个单位" in shown
    assert "确认导入" not in page.text
    assert digest_of_database() == before
    assert list((office.home / "uploads").iterdir()) == []


@sqlite
def test_a_word_that_is_no_list_is_told_with_its_row_and_the_lists(office, cast, desk):
    add(office, WatchList(name="seven", title="七张问题清单", source="", loaded_at=NOON))

    slip = ledger([*ROW[:5], "七张问题清旦、七张问题清单", ""])

    page = upload(desk, slip)

    assert (
        "台账 第2行 所属清单：没有名为“七张问题清旦”的清单，只作文字留存，不按任何清单督办；"
        "现有清单：七张问题清单"
    ) in words(page)
    confirm(desk, page)
    assert "没有名为" not in words(upload(desk, slip)), "it is told once"


@sqlite
@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"import os\nprint(os.name)\n", "台账.xlsx", "文件不是 Excel 工作簿（.xlsx）"),
        (b"", "台账.xlsx", "文件是空的"),
        (b"\x00\x01\x02", "台账.csv", "文件既不是 .xlsx，也不是 UTF-8"),
        (b"PK\x03\x04rubbish", "台账.xlsx", "文件已损坏"),
    ],
    ids=["text", "empty", "octets", "broken"],
)
def test_what_is_no_ledger_is_told_what_it_is(cast, desk, content, name, said):
    page = upload(desk, content, name)

    assert page.status_code == 422
    assert said in words(page)


@sqlite
def test_without_a_file_it_asks_for_one(cast, desk):
    assert "请选择要导入的文件" in words(desk.post(PAGE, files={"other": ("x", b"x")}))
    assert "请选择要导入的文件" in words(desk.post(PAGE, data={"file": "words"}))


@sqlite
def test_what_is_larger_than_may_be_is_refused_before_it_is_read(office, cast, desk, monkeypatch):
    monkeypatch.setattr("flows.ledger.uploaded.MAX_FILE", 1_000_000)

    page = upload(desk, b"x" * 1_000_001)

    assert "文件超过 1 MB，没有读取" in words(page)
    assert list((office.home / "uploads").iterdir()) == []


@sqlite
def test_nobody_imports_into_a_matter_that_he_keeps_away_from(
    office, cast, desk, digest_of_database
):
    cast.task("甲-1", DUE, title="原来的")
    add(office, Post(official_id=cast.bob, unit_id=cast.unit, kind=PostKind.OFFICE))
    keep_away(office, "甲-1", DAY, official_id=cast.olga)
    before = digest_of_database()

    page = upload(desk, ledger(ROW))

    assert page.status_code == 422
    assert "您已登记回避“甲-1”，不能导入对它的改动" in words(page)
    assert "原来的" not in page.text
    assert digest_of_database() == before


@sqlite
def test_a_file_that_changes_nothing_offers_nothing(office, cast, desk):
    upload_and = upload(desk, ledger(ROW))
    confirm(desk, upload_and)

    page = upload(desk, ledger(ROW))

    assert "与台账完全一致，不需要导入" in words(page)
    assert "确认导入" not in page.text


@sqlite
def test_what_waits_can_be_read_by_the_owner_alone(office, cast, desk):
    upload(desk, ledger(ROW))

    [kept] = (office.home / "uploads").iterdir()
    assert kept.stat().st_mode & 0o077 == 0
    assert kept.parent.stat().st_mode & 0o077 == 0


@sqlite
def test_what_nobody_confirmed_for_a_day_does_not_stay(office, cast, desk):
    upload(desk, ledger(ROW))
    [old] = (office.home / "uploads").iterdir()
    old = old.rename(old.with_name("999.xlsx"))
    os.utime(old, (NOON.timestamp() - 90_000,) * 2)

    upload(desk, ledger(ROW))

    assert not old.exists()


def test_of_an_export_nothing_stays_whenever_its_reader_goes(office, cast, desk):
    app, kept = desk.app, []

    async def watched(scope, receive, send):
        async def sent(message):
            kept.extend(office.home.glob(".export-*"))
            await send(message)

        await app(scope, receive, sent)

    desk.app = watched
    answer = desk.get("/export")

    assert (answer.status_code, kept) == (200, [])
    assert len(answer.content) == int(answer.headers["content-length"])
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    assert workbook.sheet_names == ["台账", "通讯录"]


@sqlite
@pytest.mark.parametrize("who", ["alice", "dora", "hugo"])
def test_nobody_else_uploads_or_confirms(office, cast, sign_in, who):
    browser = sign_in(who)

    assert upload(browser, ledger(ROW)).status_code == 404
    assert browser.post(f"{PAGE}/confirm", data={"sha256": "x"}).status_code == 404
    assert not (office.home / "uploads").exists()


@sqlite
def test_a_corrected_address_and_a_deputy_without_dates_stand_in_the_preview(office, cast, desk):
    page = upload(
        desk,
        book(
            通讯录=[
                ["单位", "姓名", "职务类别", "邮箱", "代理人"],
                ["区教育局", "alice", "责任人", "alice@new.example", "bob"],
            ]
        ),
    )

    shown = words(page)
    assert "人员 alice 邮箱 ： alice@dinghai.example → alice@new.example" in shown
    assert "通讯录 第2行 代理人：“alice”写了代理人“bob”而没有起止，按一直不在岗办理" in shown
    assert confirm(desk, page).status_code == 303
