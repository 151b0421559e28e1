"""What cannot be done is said in words on stderr: nothing on stdout, no traceback, 1 or 2."""

import os
import socket
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from flows import database
from flows.database import open_engine
from flows.ledger.problems import SAID
from flows.night_lock import held
from sise.settings import load_settings
from tests.flows.ledger.conftest import write_sheets
from tests.sise.conftest import HEADINGS, Sise

IMPOSSIBLE, WRONG = 1, 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["task", "没有"], "没有编号为“没有”的事项；可用 sise tasks 查看全部编号"),
        (["explain", "没有"], "没有编号为“没有”的事项；可用 sise tasks 查看全部编号"),
        (["night", "--date", "7月14日"], "“7月14日”不是日期；请写成 2022-07-14"),
        (["night", "--date", ""], "“”不是日期"),
        (["night", "--date", "9999-12-31", "--dry-run"], "“9999-12-31”的年份不在1949年至2100年"),
        (["calendar", "set", "20226-01-01", "holiday", "--why", "x"], "“20226-01-01”不是日期"),
        (["calendar", "set", "2226-01-01", "holiday", "--why", "x"], "“2226-01-01”的年份不在"),
        (["calendar", "set", "2027-02-30", "holiday", "--why", "x"], "“2027-02-30”不是日期"),
        (["calendar", "set", "2027-02-03", "maybe", "--why", "x"], "“maybe”有误"),
        (["calendar", "import", "没有.csv"], "无法读取 没有.csv"),
        (["policy", "show", "没有"], "没有名为“没有”的规则；可用 sise policy list 查看"),
        (["policy", "check", "没有.toml"], "无法读取 没有.toml：没有这个文件或目录"),
        (["import", "没有.xlsx"], "没有.xlsx：无法打开"),
        (["import", "x.xlsx", "--mapping", "没有.toml"], "无法读取 没有.toml"),
        (["import", "/"], "/：无法打开；请检查路径和权限"),
        (["import", "/dev/zero"], "zero：文件超过 64 MB，已拒绝读取"),
        (["policy", "check", "/dev/zero"], "无法读取 /dev/zero：超过 64 MB；请检查路径"),
        (["export", "台账.xls"], "“台账.xls”的扩展名不是 .xlsx"),
        (["export", "没有/台账.xlsx"], "没有文件夹 没有；请先建立"),
        (["login", "no@body.example"], "通讯录中没有邮箱 no@body.example"),
        (["tasks", "--unit", "乌有局"], "没有名为“乌有局”的单位"),
        (["reassign", "没有", "--to", "x@y", "--why", "x"], "没有编号为“没有”的事项"),
        (["milestones", "没有"], "没有编号为“没有”的事项"),
        (["milestones", "没有", "完成招标"], "“完成招标”有误；请写成 2027-03-31=完成招标"),
        (["milestones", "没有", "年底=完成招标"], "“年底”不是日期"),
        (["exclude", "没有", "--why", "x"], "请写 --person 邮箱 或 --unit 单位，二者选一"),
        (["exclude", "没有", "--unit", "乌有局", "--why", "x"], "没有名为“乌有局”的单位"),
        (["readmit", "没有", "--person", "x@y", "--why", "x"], "通讯录中没有邮箱 x@y"),
        (["watch-list", "join", "没有", "seven_lists", "--why", "x"], "没有编号为“没有”的事项"),
        (["duty", "check", "没有.toml"], "无法读取 没有.toml"),
        (["duty", "load", "没有.toml"], "无法读取 没有.toml"),
        (["duty", "next", "--days", "0"], "用法有误：“--days”不得小于 1"),
        (["hand-over", "x@y", "z@y", "--why", "x"], "通讯录中没有邮箱 x@y"),
        (["hand-over", "x@y"], "用法有误：缺少“TO”；用法见 sise hand-over --help"),
        (["forecast", "--days", "0"], "用法有误：“--days”不得小于 1"),
        (["tasks", "--colour", "puce"], "用法有误：“--colour”不能是 'puce'，可用：green (绿)"),
        (["report", "notces", "x", "y"], "用法有误：没有命令“notces”，可能是 'notice'"),
        (["calendar", "show", "99999"], "用法有误：“year”不得大于 2100"),
        (["calendar", "set", "2027-02-03", "holiday", "--why", " "], "请写明理由（--why）"),
        (["restore", "没有.sise"], "没有.sise：无法读取（没有这个文件或目录）"),
        (["nonsense"], "用法有误：没有命令“nonsense”；用法见 sise --help"),
        (["task"], "用法有误：缺少“number”；用法见 sise task --help"),
        (["task", "甲-1", "乙"], "用法有误：多写了“乙”"),
        (["look-back", "nope"], "用法有误：没有命令“nope”；用法见 sise look-back --help"),
        (["tasks", "--overdu"], "用法有误：没有选项 --overdu，可能是 --overdue"),
        (["tasks", "--json=3"], "用法有误：--json 后面不写内容"),
        (["deliver", "--workers"], "用法有误：--workers 后面须写内容"),
        (["deliver", "--workers", "x"], "用法有误：“--workers”须为整数"),
        (["client", "add", "大\x1b[31m屏"], "请写明程序的名称"),
        (["client", "add", "屏" * 81], "请写明程序的名称"),
        (["client", "add", "x", "--scope", "y"], "用法有误：“--scope”不能是 'y'，可用：'read'"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_wrong_input_is_one_clear_line(ready: Sise, words: list[str], said: str) -> None:
    told = ready.refused(*words, code=WRONG)

    assert told.startswith(said)
    assert "\n" not in told


@pytest.mark.parametrize(
    "words",
    [
        ["task", "X"],
        ["tasks", "--unit", "X"],
        ["calendar", "set", "2027-02-04", "holiday", "--why", "X"],
    ],
)
def test_what_is_typed_in_another_encoding_is_one_clear_line(ready: Sise, words: list[str]) -> None:
    typed = os.fsdecode("台账".encode("gbk"))

    told = ready.refused(*(typed if word == "X" else word for word in words), code=WRONG)

    assert told == "写下的文字不是 UTF-8，本次未作任何改动；请把终端的编码改为 UTF-8 再试"


def test_an_export_onto_an_open_file_could_not_be_done(ready: Sise, tmp_path: Path) -> None:
    (tmp_path / "~$台账.xlsx").touch()

    told = ready.refused("export", tmp_path / "台账.xlsx", code=IMPOSSIBLE)

    assert "正被 Excel、WPS 或 LibreOffice 打开" in told
    assert "\n" not in told


@pytest.mark.parametrize(
    "command", [["tasks"], ["night", "--inline"], ["import", "x"], ["export", "x.xlsx"], ["health"]]
)
def test_a_database_that_was_never_set_up_says_where_and_what_to_run(
    sise: Sise, command: list[str]
) -> None:
    told = sise.refused(*command, code=IMPOSSIBLE)

    assert told == (
        f"数据库尚未建立（{sise.home / 'sise.db'}）；新装的请先运行 sise init，"
        "已在使用的请核对 SISE_HOME 和 SISE_DATABASE_URL 是否已设置"
    )
    assert not sise.home.exists()  # a SISE_HOME with a slip in it leaves nothing behind


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 600, "旧版 .xls"),
        (b"%PDF-1.7 ...", "不是 Excel 工作簿"),
        (b"PK\x03\x04 cut", "已损坏"),
    ],
    ids=["empty", "xls", "pdf", "cut"],
)
def test_a_file_that_is_no_ledger_is_named(
    ready: Sise, tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "附件.xlsx"
    file.write_bytes(content)

    told = ready.refused("import", file, code=WRONG)

    assert told.startswith("附件.xlsx：")
    assert said in told


def test_every_problem_of_a_ledger_is_listed_and_nothing_is_kept(
    ready: Sise, tmp_path: Path
) -> None:
    file = tmp_path / "台账.xlsx"
    good = ("好-1", "题", "甲", "李伟", "li@x.example", "", "2026-01-01", "2026-02-01")
    bad = [(n, "题", "甲", "李伟", "li@x.example", "", "2026-01-01", "下周") for n in range(1, 4)]
    units = (("单位", "上级单位"), ("甲", ""))
    write_sheets(file, {"台账": (HEADINGS, good, *bad), "通讯录": units})

    told = ready.refused("import", file, code=WRONG).splitlines()

    assert [line.split("：")[0] for line in told] == [
        f"台账.xlsx 台账 第{n}行 整改时限" for n in (3, 4, 5)
    ]
    assert all("“下周”不是日期" in line for line in told)
    assert ready.done("tasks", "--json").json == []


def test_a_hopeless_ledger_is_cut_off_with_a_count(ready: Sise, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    write_sheets(
        file, {"台账": (HEADINGS, *[(n, "题", "", "", "", "", "", "") for n in range(300)])}
    )

    told = ready.refused("import", file, code=WRONG).splitlines()

    assert len(told) == SAID + 1
    assert told[-1].startswith("……另有 ")


def test_a_bad_policy_file_is_told_fault_by_fault(ready: Sise, tmp_path: Path) -> None:
    file = tmp_path / "规则.toml"
    file.write_text('name = "x"\ntitle = "x"\nversion = "1"\ncolor = "red"\n', "utf-8")

    checked = ready.refused("policy", "check", file, code=WRONG).splitlines()

    assert all(line.startswith("规则.toml：") for line in checked)
    assert "规则.toml：color：没有这个键；请删去，或检查拼写" in checked
    assert ready.refused("policy", "load", file, code=WRONG).splitlines() == checked
    ready.monkeypatch.setenv("SISE_LANGUAGE", "en")
    english = ready.refused("policy", "check", file, code=WRONG).splitlines()
    assert "规则.toml: color: unknown key; take it out, or check its spelling" in english
    assert len(english) == len(checked)


def test_bad_settings_are_all_told_at_once(sise: Sise) -> None:
    wrong = {
        "SISE_TIMEZONE": "Mars",
        "SISE_SMTP_URL": "foo",
        "SISE_MAIL_HOURS": "x",
        "SISE_MAIL_LIMITS": "*=0",
        "SISE_NIGHT_AT": "25:00",
        "SISE_DATABASE_URL": "nonsense",
        "SISE_MAIL_FROM": "督办",
        "SISE_BASE_URL": "sise.unit.example",
    }
    for name, value in wrong.items():
        sise.monkeypatch.setenv(name, value)

    chinese = sise.refused("tasks", code=WRONG).splitlines()
    sise.monkeypatch.setenv("SISE_LANGUAGE", "en")
    english = sise.refused("tasks", code=WRONG).splitlines()

    assert {line.split("：")[0] for line in chinese} == set(wrong)
    assert {line.split(": ")[0] for line in english} == set(wrong)
    assert "SISE_TIMEZONE：“Mars”不是时区；请写成 Asia/Shanghai" in chinese
    assert "SISE_NIGHT_AT: '25:00' is no hour of the day; write it as 02:00, or off" in english


@pytest.mark.parametrize(
    "url", ["mysql://a/b", "postgresql://a/b", "sqlite://", "sqlite:///:memory:"]
)
def test_another_kind_of_database_is_refused(sise: Sise, url: str) -> None:
    sise.monkeypatch.setenv("SISE_DATABASE_URL", url)

    assert "SISE_DATABASE_URL：不是可用的数据库地址" in sise.refused("init", code=WRONG)


def test_a_relay_is_refused_without_repeating_its_password(sise: Sise) -> None:
    sise.monkeypatch.setenv("SISE_SMTP_URL", "http://user:secret@mail.example")

    assert "secret" not in sise.refused("tasks", code=WRONG)


def test_an_unreachable_database_is_told_with_its_reason(sise: Sise) -> None:
    sise.monkeypatch.setenv("SISE_DATABASE_URL", "postgresql+psycopg://sise:secret@127.0.0.1:1/x")

    told = sise.refused("tasks", code=IMPOSSIBLE)

    assert told.startswith("无法连接数据库，请检查 SISE_DATABASE_URL（")
    assert "secret" not in told


def test_a_database_locked_by_another_program_is_told(kept: Sise, tmp_path: Path) -> None:
    kept.monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    other = sqlite3.connect(tmp_path / "home" / "sise.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    told = kept.refused("calendar", "set", "2031-03-03", "holiday", "--why", "x", code=IMPOSSIBLE)
    other.close()

    assert told.startswith("数据库正被其他程序占用")


def test_a_read_only_database_is_told(kept: Sise, tmp_path: Path) -> None:
    file = tmp_path / "home" / "sise.db"
    kept.monkeypatch.setenv("SISE_DATABASE_URL", f"sqlite:///file:{file}?mode=ro&uri=true")

    told = kept.refused("calendar", "set", "2031-03-03", "holiday", "--why", "x", code=IMPOSSIBLE)

    assert told.startswith("数据库只读")


def test_a_home_that_is_no_folder_is_told(sise: Sise, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")

    told = sise.refused("init", code=IMPOSSIBLE)

    assert told.startswith(f"文件或目录无法使用：{tmp_path / 'home'}")


def test_a_file_that_is_no_database_is_told(sise: Sise, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "sise.db").write_bytes(b"no database at all" * 100)

    assert sise.refused("tasks", code=IMPOSSIBLE).startswith("该文件不是数据库或已损坏")


def test_a_database_of_which_a_part_was_overwritten_is_told(kept: Sise) -> None:
    with (kept.home / "sise.db").open("r+b") as file:
        file.truncate(300_000)

    assert kept.refused("tasks", code=IMPOSSIBLE).startswith("该文件不是数据库或已损坏")


def test_a_database_of_another_program_is_told_and_left_alone(sise: Sise) -> None:
    sise.home.mkdir()
    with sqlite3.connect(sise.home / "sise.db") as other:
        other.execute("CREATE TABLE task (theirs)")

    told = sise.refused("init", code=IMPOSSIBLE)

    assert told.startswith("该数据库里已有其他程序的表")
    tables = other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert tables == [("task",)]


def test_a_database_newer_than_the_code_is_refused(ready: Sise) -> None:
    engine = open_engine(load_settings().url)
    with engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    engine.dispose()

    for command in ("tasks", "init"):
        assert "由更新版本的 Sise 建立（结构版本 9999）" in ready.refused(command, code=IMPOSSIBLE)


def test_two_nights_at_once_are_refused(kept: Sise) -> None:
    engine = open_engine(load_settings().url)
    with held(engine):
        told = kept.refused("night", "--inline", code=IMPOSSIBLE)
    engine.dispose()

    assert told == "另一个进程正在执行夜间检查；本次未作任何改动，请稍后再试"


def test_a_night_out_of_order_is_refused(kept: Sise, today: date) -> None:
    ahead = today + timedelta(days=1)
    for way in ([], ["--inline"]):
        told = kept.refused("night", "--date", ahead, *way, code=WRONG)
        assert told == f"{ahead} 还没有到（今天是 {today}）；如需预演请加 --dry-run"

    kept.done("night", "--inline")

    told = kept.refused("night", "--inline", "--date", today - timedelta(days=1), code=WRONG)
    assert "早于最近一次夜间检查" in told


def test_serving_on_a_taken_port_or_without_a_relay_is_refused(ready: Sise) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = ready.refused("serve", "--port", port, code=WRONG)
        demo = ready.refused("demo", "--port", port, code=WRONG)

    assert told == demo
    assert f"无法在 127.0.0.1:{port} 上监听" in told
    assert "SISE_SMTP_URL" in ready.refused("serve", "--host", "0.0.0.0", code=WRONG)


def test_a_mistake_of_ours_is_a_line_and_its_traceback_a_file(kept: Sise, tmp_path: Path) -> None:
    kept.done("night", "--inline")
    with sqlite3.connect(tmp_path / "home" / "sise.db") as forger:
        forger.execute("UPDATE night SET result = 'no json'")
    forger.close()

    told = kept.refused("night", "--inline", code=IMPOSSIBLE)

    file = tmp_path / "home" / "error.txt"
    assert told.startswith("程序出错：JSONDecodeError")
    assert str(file) in told
    assert "Traceback" in file.read_text("utf-8")


def test_the_demo_leaves_an_offices_own_ledger_alone(kept: Sise) -> None:
    assert "SISE_HOME 中已有本单位的台账" in kept.refused("demo", "--prepare-only", code=WRONG)


def test_what_responsibility_refuses_is_one_line_and_changes_nothing(kept: Sise) -> None:
    """Each refusal of the four commands that needs a ledger."""
    li, chen = "li@dinghai.example", "leader@dinghai.example"
    for words, said in (
        (
            ["reassign", "教-1", "--to", li, "--why", "x"],
            "教-1：责任单位、责任人和分管领导",
        ),
        (["reassign", "教-1", "--to", chen, "--why", " "], "教-1：请写明理由"),
        (["exclude", "教-1", "--person", li, "--why", "x"], "教-1：李伟是本事项的责任人"),
        (["exclude", "教-1", "--unit", "区委督查室", "--why", "x"], "教-1：回避后督查办公室"),
        (["exclude", "教-1", "--person", chen, "--why", "x", "--until", "明天"], "“明天”不是日期"),
        (["readmit", "教-1", "--person", chen, "--why", "x"], "教-1：陈刚没有登记回避"),
        (
            ["watch-list", "join", "教-1", "乌有", "--why", "x"],
            "没有名为“乌有”的清单；可用 sise watch-list list 查看",
        ),
        (["watch-list", "join", "教-1", "seven_lists", "--why", ""], "教-1：请写明理由"),
        (
            ["watch-list", "join", "教-1", "seven_lists", "--why", "x", "--leader", "x@y"],
            "通讯录中没有邮箱 x@y",
        ),
        (
            ["watch-list", "leave", "教-1", "seven_lists", "--why", "x"],
            "教-1：不在“七张问题清单”中",
        ),
        (["hand-over", li, li, "--why", "x"], "交出人与接任者是同一人"),
        (["hand-over", li, chen, "--why", "x", "--on", "2100-01-01"], "名下还有 4 件在办事项"),
        (["hand-over", li, chen, "--why", ""], "请写明交接的理由"),
    ):
        told = kept.refused(*words, code=WRONG)
        assert told.startswith(said), told
        assert "\n" not in told
    assert {row["handler"] for row in kept.done("tasks", "--json").json} == {"李伟"}


def test_a_workbook_where_a_csv_is_wanted_is_to_be_saved_as_one(ready: Sise, ledger: Path) -> None:
    told = ready.refused("calendar", "import", ledger, code=2)

    assert told == ("台账.xlsx 是 Excel 工作簿，这里要文本文件；表格请在 Excel 中另存为 CSV 后再试")


def test_a_day_of_the_calendar_is_told_in_the_words_of_the_readme(
    ready: Sise, tmp_path: Path
) -> None:
    file = tmp_path / "days.csv"
    file.write_text("2027-02-05,休,春节\n", encoding="utf-8")

    assert ready.refused("calendar", "import", file, code=2).startswith(
        "days.csv 第 1 行：应写成 2027-02-05,放假,春节（调休上班写 2027-02-20,上班,调休）"
    )
