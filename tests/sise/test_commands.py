"""Each command as the contract has it: what it prints, its JSON, and that it ends with 0."""

import json
import os
import sqlite3
import subprocess
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from notifications.mailbox import Mailbox
from sise.commands import edge
from sise.main import WRONG
from tests.flows.duties.files import duty
from tests.flows.ledger.conftest import write_sheets
from tests.flows.measures.files import GROWTH
from tests.sise.conftest import HEADINGS, Sise

NIGHT = (
    "date run_id orchestrator scanned escalated relieved notices recipients messages unresolved "
    "seconds audit_head"
).split()
MESSAGES = ["queued", "sent", "deferred", "failed", "unknown"]
TASK = (
    "number title procedure unit handler due_on original_due_on colour state level notice"
).split()
ROOT = Path(__file__).parents[2]


@pytest.fixture
def anywhere(sise: Sise, database_url: str) -> Sise:
    """An office on SQLite, and another one on PostgreSQL."""
    sise.monkeypatch.setenv("SISE_DATABASE_URL", database_url)
    sise.done("init")
    return sise


def test_from_the_ledger_to_the_mails_on_either_database(
    anywhere: Sise, ledger: Path, relay: Mailbox
) -> None:
    imported = anywhere.done("import", ledger, "--json").json
    night = anywhere.done("night", "--inline", "--json").json
    tasks = anywhere.done("tasks", "--json").json

    assert (imported["opened"], imported["units"]) == (4, 2)
    assert list(night) == NIGHT
    assert list(night["messages"]) == MESSAGES
    assert night["escalated"] == {"blue": 1, "yellow": 1, "orange": 0, "red": 1}
    assert (night["scanned"], night["notices"], night["orchestrator"]) == (4, 3, "inline")
    assert night["messages"]["sent"] == night["messages"]["queued"] == len(relay.messages()) == 5
    assert [list(task) for task in tasks] == [TASK] * 4
    assert [task["colour"] for task in tasks] == ["red", "yellow", "blue", "green"]
    assert anywhere.done("health").code == 0


def test_init_says_what_it_did_and_a_second_one_changes_nothing(sise: Sise) -> None:
    first, second = sise.done("init"), sise.done("init", "--json").json

    assert "数据库已建立" in first.out
    assert "10 套预警规则、12 类事项、6 张清单" in first.out
    assert not second["upgraded"]
    assert "default" in second["policies"]
    assert {"rectification", "recurring"} <= set(second["procedures"])


def test_a_dry_import_shows_everything_and_keeps_nothing(ready: Sise, ledger: Path) -> None:
    preview = ready.done("import", ledger, "--dry-run").out
    facts = ready.done("import", ledger, "--dry-run", "--json").json

    assert "预览：以下内容尚未写入" in preview
    assert "事项：新增 4，更新 0，未变 0" in preview
    assert (facts["dry_run"], facts["opened"]) == (True, 4)
    assert ready.done("tasks", "--json").json == []


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_ledger_out_of_a_windows_archive_keeps_its_name(
    ready: Sise, ledger: Path, encoding: str
) -> None:
    unpacked = Path(os.fsdecode("七月台账.xlsx".encode(encoding)))
    ledger.rename(unpacked)

    ready.done("import", unpacked)

    with sqlite3.connect(ready.home / "sise.db") as kept:
        [(name,)] = kept.execute("SELECT name FROM office_change WHERE subject = 'ledger'")
    assert name == "七月台账.xlsx"


def test_a_second_import_of_the_same_file_changes_nothing(kept: Sise, ledger: Path) -> None:
    facts = kept.done("import", ledger, "--json").json

    assert (facts["opened"], facts["updated"], facts["unchanged"]) == (0, 0, 4)
    assert facts["changes"] == []


def test_an_export_goes_out_and_comes_in_again_on_either_database(
    anywhere: Sise, ledger: Path, tmp_path: Path
) -> None:
    anywhere.done("import", ledger)
    anywhere.done("night", "--inline")
    file = tmp_path / "导出.xlsx"

    done = anywhere.done("export", file, "--json").json
    again = anywhere.done("import", file, "--json").json

    assert done == {
        "tasks": 4,
        "rows": 4,
        "units": 2,
        "officials": 4,
        "posts": 3,
        "absences": 0,
        "unclear": [],
        "file": str(file),
    }
    assert (again["opened"], again["updated"], again["unchanged"]) == (0, 0, 4)
    assert again["changes"] == []
    assert "事项 4 件，共 4 行" in anywhere.done("export", file).out


def test_a_ledger_with_its_own_headings_is_imported_by_a_mapping(
    ready: Sise, tmp_path: Path
) -> None:
    file, mapping = tmp_path / "台账.xlsx", tmp_path / "对照.toml"
    mapping.write_text('[台账]\n问题编号 = "编号"\n整改时限 = "完成时限"\n', "utf-8")
    headings = ("编号", "反馈问题", "责任单位", "完成时限", "责任人邮箱", "责任人")
    row = ("甲-1", "校车", "区教育局", "2022-07-14", "li@x.example", "李伟")
    units = (("单位", "上级单位"), ("区教育局", ""))
    write_sheets(file, {"台账": (headings, row), "通讯录": units})

    assert ready.done("import", file, "--mapping", mapping, "--json").json["opened"] == 1
    write_sheets(file, {"台账": (headings, (*row[:3], "下周", *row[4:])), "通讯录": units})
    told = ready.refused("import", file, "--mapping", mapping, code=2)
    assert told.startswith("台账.xlsx 台账 第2行 完成时限：“下周”不是日期")


def test_a_repeated_night_prints_the_stored_result(kept: Sise, today: date) -> None:
    first = kept.done("night", "--inline", "--json").json

    assert kept.done("night", "--inline", "--date", today, "--json").json == first
    assert kept.done("night", "--json").json == first


def test_a_night_without_a_relay_leaves_the_mail_queued_and_says_so(kept: Sise) -> None:
    said = kept.done("night", "--inline").out

    assert "升级：蓝色 1，黄色 1，红色 1" in said
    assert "未设置 SISE_SMTP_URL" in said


def test_a_rehearsed_night_may_lie_ahead_and_keeps_nothing(kept: Sise, today: date) -> None:
    ahead = today + timedelta(days=60)

    said = kept.done("night", "--date", ahead, "--dry-run", "--json").json

    assert (said["date"], said["orchestrator"]) == (ahead.isoformat(), "dry-run")
    assert said["escalated"]["red"] == 3
    assert {task["colour"] for task in kept.done("tasks", "--json").json} == {"green"}
    assert "预演：以下内容均未写入" in kept.done("night", "--dry-run").out


def test_deliver_sends_what_the_night_left(kept: Sise) -> None:
    kept.done("night", "--inline")
    waiting = kept.done("deliver", "--json").json
    with Mailbox() as mailbox:
        kept.monkeypatch.setenv("SISE_SMTP_URL", mailbox.url)
        kept.monkeypatch.setenv("SISE_MAIL_HOURS", "always")
        sent = kept.done("deliver", "--workers", 2, "--json").json
        again = kept.done("deliver").out

    assert list(waiting) == ["sent", "failed", "unknown", "skipped", "deferred", "why", "webhooks"]
    assert (waiting["sent"], waiting["deferred"]) == (0, 5)
    assert "SISE_SMTP_URL" in waiting["why"]
    assert (sent["sent"], sent["deferred"], len(mailbox.messages())) == (5, 0, 5)
    assert again.startswith("已发 0，")


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        (["--colour", "red"], ["教-1"]),
        (["--unit", "区教育局"], ["教-1", "教-2", "教-3", "教-4"]),
        (["--unit", "区民政局"], []),
        (["--overdue"], ["教-1", "教-2", "教-3"]),
        (["--state", "assigned", "--colour", "green"], ["教-4"]),
        (["--state", "signed_off"], []),
    ],
    ids=["colour", "unit", "no such unit", "overdue", "state and colour", "state"],
)
def test_tasks_can_be_filtered(kept: Sise, filters: list[str], numbers: list[str]) -> None:
    kept.done("night", "--inline")

    assert [t["number"] for t in kept.done("tasks", *filters, "--json").json] == numbers


def test_titles_with_brackets_are_shown_as_they_are(kept: Sise) -> None:
    assert "校车[/red]监管[bold]不到位" in kept.done("tasks").out
    assert "校车[/red]监管[bold]不到位" in kept.done("task", "教-1").out


@pytest.mark.parametrize("width", [80, 120])
def test_only_titles_are_shortened_on_a_narrow_screen(kept: Sise, today: date, width: int) -> None:
    kept.done("night", "--inline")
    kept.monkeypatch.setattr(edge.out, "_width", width)

    lines = kept.done("tasks").out.splitlines()

    assert len(lines) == 6
    assert "教-3" in lines[3]
    assert str(today - timedelta(days=9)) in lines[3]
    assert f"定督〔{today.year}〕3号" in lines[3]


def test_a_task_is_shown_with_its_history(kept: Sise) -> None:
    kept.done("night", "--inline")

    facts = kept.done("task", "教-1", "--json").json
    shown = kept.done("task", "教-1").out

    assert list(facts)[: len(TASK)] == TASK
    (escalated,) = [move for move in facts["history"] if move["event"] == "escalate"]
    assert (escalated["from"], escalated["to"]) == ("green", "red")
    assert escalated["passed"] == ["blue", "yellow"]
    assert len(facts["told"]) == 4
    assert "预警升级  绿色 → 红色" in shown


def test_explain_counts_for_any_day(kept: Sise, today: date) -> None:
    facts = kept.done("explain", "教-4", "--json").json
    then = kept.done("explain", "教-4", "--date", today + timedelta(days=90), "--json").json

    assert not any(rung["struck"] for rung in facts["rungs"])
    assert facts["next"]["colour"] == "blue"
    assert any(rung["struck"] for rung in then["rungs"])
    assert "规则：四色督办（default 2022.1）" in kept.done("explain", "教-4").out


def test_explain_says_what_raised_it_though_a_list_has_other_rules(kept: Sise, today: date) -> None:
    kept.done("night", "--inline")
    before = kept.done("explain", "教-3", "--json").json
    kept.done("watch-list", "join", "教-3", "挂牌督办", "--why", "区委决定挂牌")

    listed = kept.done("explain", "教-3", "--json").json
    assert "（listed 2022.1）" in listed["policy"]
    assert (listed["cause"], listed["caused_on"]) == ("due +1d", str(today))
    [raised] = [line for line in before["sentences"] if line.startswith("当前为蓝色：")]
    assert raised in listed["sentences"]
    assert raised in kept.done("explain", "教-3").out
    kept.monkeypatch.setenv("SISE_LANGUAGE", "en")
    assert "because '1 day after the deadline' had come." in kept.done("explain", "教-3").out
    kept.done("watch-list", "leave", "教-3", "挂牌督办", "--why", "已取得实效")
    assert kept.done("explain", "教-3", "--json").json["cause"] == before["cause"]


def test_the_forecast_is_told_by_day(kept: Sise, today: date) -> None:
    """Before the first night of the day it begins with that, after it with the next one."""
    before = kept.done("forecast", "--json").json
    kept.done("night", "--inline")
    after = kept.done("forecast", "--days", 20, "--json").json
    shown = kept.done("forecast").out

    assert before["from"] == today.isoformat()
    assert [turn["to"] for turn in before["days"][0]["turns"]] == ["red", "yellow", "blue"]
    assert after["from"] == (today + timedelta(days=1)).isoformat()
    assert after["until"] == (today + timedelta(days=20)).isoformat()
    turns = [turn for day in after["days"] for turn in day["turns"] if turn["if_unanswered"]]
    assert list(turns[0]) == [
        "number", "title", "unit", "handler", "from", "to", "clock", "if_unanswered", "provisional",
    ]  # fmt: skip
    assert "（如无人答复）" in shown
    assert "校车[/red]监管" not in shown  # it is red already


def test_a_forecast_of_nothing_says_so(ready: Sise) -> None:
    assert "没有事项会变色" in ready.done("forecast").out
    assert ready.done("forecast", "--json").json["days"] == []


def test_policies_are_listed_shown_checked_and_loaded(ready: Sise, tmp_path: Path) -> None:
    shipped = (ROOT / "seeds/policies/default.toml").read_text("utf-8")
    file = tmp_path / "新规则.toml"
    file.write_text(shipped.replace('version = "2022.1"', 'version = "2026.1"'), "utf-8")

    assert ready.done("policy", "check", file, "--json").json["version"] == "2026.1"
    assert ready.done("policy", "load", file, "--json").json == {
        "name": "default",
        "version": "2026.1",
    }
    listed = ready.done("policy", "list", "--json").json
    assert [p["version"] for p in listed if p["name"] == "default"] == ["2022.1", "2026.1"]
    assert ready.done("policy", "show", "default", "--json").json["version"] == "2026.1"
    assert "蓝色预警单答复期限后 1 天" in ready.done("policy", "show", "default").out
    assert "四色督办" in ready.done("policy", "list").out


def test_a_version_that_another_has_followed_does_not_come_back(
    ready: Sise, tmp_path: Path
) -> None:
    """As a person would try it who goes back to the old rules, and would be told that tasks now
    open under them."""
    shipped = ROOT / "seeds/policies/default.toml"
    newer = tmp_path / "新规则.toml"
    newer.write_text(shipped.read_text("utf-8").replace('"2022.1"', '"2026.1"'), "utf-8")
    ready.done("policy", "load", shipped)
    ready.done("policy", "load", newer)

    assert ready.refused("policy", "load", shipped, code=WRONG) == (
        "default.toml：version：default 的“2022.1”此前已装入，之后又装入了“2026.1”，"
        "新交办的事项仍按后者；要改回，请给这份内容写一个新的 version"
    )
    assert ready.done("policy", "show", "default", "--json").json["version"] == "2026.1"
    ready.done("init")  # which brings the shipped one again, and leaves the newer in its place
    assert ready.done("policy", "show", "default", "--json").json["version"] == "2026.1"


def test_matters_that_are_open_keep_their_version_and_the_numbers_go_on(
    kept: Sise, tmp_path: Path, today: date
) -> None:
    shipped = (ROOT / "seeds/policies/default.toml").read_text("utf-8")
    newer = shipped.replace('version = "2022.1"', 'version = "2026.1"').replace("定督", "区督")
    (tmp_path / "新规则.toml").write_text(newer, "utf-8")
    row = ("新-1", "新交办", "区教育局", "李伟", "li@dinghai.example", "陈刚")
    dates = (today - timedelta(days=90), today - timedelta(days=60))
    write_sheets(tmp_path / "新.xlsx", {"台账": (HEADINGS, (*row, *dates))})

    kept.done("policy", "load", tmp_path / "新规则.toml")
    kept.done("import", tmp_path / "新.xlsx")
    kept.done("night", "--inline")

    numbers = {t["number"]: t["notice"] for t in kept.done("tasks", "--json").json}
    assert numbers["教-1"] == f"定督〔{today.year}〕1号"
    assert numbers["新-1"] == f"区督〔{today.year}〕4号"
    assert "default 2022.1" in kept.done("explain", "教-4").out  # green
    assert "default 2026.1" in kept.done("explain", "新-1").out


def test_a_policy_can_be_checked_without_a_database(sise: Sise, tmp_path: Path) -> None:
    said = sise.done("policy", "check", ROOT / "seeds/policies/national.toml").out

    assert said.startswith("✓ national.toml")
    assert not (tmp_path / "home").exists()


def test_the_calendar_is_shown_set_and_imported(ready: Sise, tmp_path: Path) -> None:
    some, whole = tmp_path / "some.csv", tmp_path / "2031.csv"
    some.write_text("日期,安排,说明\n2031-01-01,放假,元旦\n2031-01-04,上班,调休\n", "utf-8")
    whole.write_text("".join(f"2031-10-{d:02},放假,国庆\n" for d in range(1, 14)), "utf-8")

    before = ready.done("calendar", "show", 2031, "--json").json
    imported = ready.done("calendar", "import", some, "--json").json
    ready.done("calendar", "set", "2031-03-03", "holiday", "--why", "停电检修")
    after = ready.done("calendar", "show", 2031, "--json").json

    assert (before["known"], after["known"]) == (False, False)
    assert imported == {"days": 2, "years": []}
    edited = {day["date"]: day["working"] for day in after["days"] if day["edited"]}
    assert edited == {"2031-01-01": False, "2031-01-04": True, "2031-03-03": False}
    assert "2031年1月4日（周六） 上班 *" in ready.done("calendar", "show", 2031).out
    assert ready.done("calendar", "import", whole, "--json").json == {"days": 13, "years": [2031]}
    assert ready.done("calendar", "show", 2031, "--json").json["known"]


def test_a_calendar_that_excel_saved_is_read(ready: Sise, tmp_path: Path) -> None:
    saved = tmp_path / "2031.csv"
    saved.write_bytes("date,kind,why\r\n2031/2/3,Holiday,春节\r\n2031/1/4,上班,\r\n".encode("gbk"))

    ready.done("calendar", "import", saved)

    days = ready.done("calendar", "show", 2031, "--json").json["days"]
    edited = {day["date"]: day["working"] for day in days if day["edited"]}
    assert edited == {"2031-02-03": False, "2031-01-04": True}


def test_a_policy_is_shown_as_its_file_says_it(ready: Sise) -> None:
    shown = ready.done("policy", "show", "default", "--json").json

    said = tomllib.loads((ROOT / "seeds/policies/default.toml").read_text("utf-8"))
    red, written = shown["rung"][-1], said["rung"][-1]
    assert {key: red[key] for key in written if key != "when"} == {
        key: value for key, value in written.items() if key != "when"
    }
    assert red["when"] == [{"of": None} | entry for entry in written["when"]]


def test_a_day_that_does_not_exist_is_told_with_its_line(ready: Sise, tmp_path: Path) -> None:
    days = tmp_path / "days.csv"
    days.write_text("2031-02-30,放假,春节\n2031-02-03,放假,春节\n二月四日,放假,春节\n", "utf-8")

    told = ready.refused("calendar", "import", days, code=2)

    assert told.startswith("days.csv 第 1 行：2031-02-30 这一天不存在；第 3 行：应写成 2027-02-05")
    shown = ready.done("calendar", "show", 2031, "--json").json
    assert not any(day["edited"] for day in shown["days"])


def test_health_tells_a_late_night_and_ends_with_1(kept: Sise, today: date) -> None:
    fresh = kept.done("health", "--json").json
    kept.done("night", "--inline", "--date", today - timedelta(days=3))

    late = kept("health", "--json")

    assert list(fresh) == ["ok", "last_night_on", "problems", "warnings"]
    assert fresh["ok"]
    assert (late.code, late.json["ok"]) == (1, False)
    assert "应已执行而未执行" in late.json["problems"][0]
    kept.monkeypatch.setenv("SISE_LANGUAGE", "en")
    assert "should have been played" in kept("health").out


def test_a_whole_history_verifies_and_a_changed_one_ends_with_1(kept: Sise, tmp_path: Path) -> None:
    kept.done("night", "--inline")
    whole = kept.done("audit", "verify", "--json").json
    head = kept.done("audit", "head", "--json").json
    with sqlite3.connect(tmp_path / "home" / "sise.db") as forger:
        forger.execute("UPDATE transition SET source = 'blue' WHERE target = 'red'")
    forger.close()

    changed = kept("audit", "verify", "--json")

    assert (whole["ok"], whole["faults"]) == (True, [])
    assert (whole["links"], whole["head"]) == (head["number"], head["head"])
    assert (changed.code, changed.json["ok"], len(changed.json["faults"])) == (1, False, 1)
    assert kept("audit", "verify").out.startswith("✗ 第 2 环：所载历史记录被改动")


def test_login_prints_a_link_that_works_once(kept: Sise) -> None:
    facts = kept.done("login", "OFFICE@dinghai.example", "--json").json

    assert facts["official"] == "周敏"
    assert facts["url"].startswith("http://127.0.0.1:8000/login/")
    assert "周敏 的一次性登录链接" in kept.done("login", "office@dinghai.example").out


@pytest.mark.slow
@pytest.mark.prefect
def test_the_installed_command_plays_the_night_on_prefect(kept: Sise, starting_prefect) -> None:
    with starting_prefect(kept.home):
        said = subprocess.run(
            [sys.executable, "-m", "sise", "night", "--json"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )

    night = json.loads(said.stdout)
    assert list(night) == NIGHT
    assert night["orchestrator"] == "prefect"
    assert said.stderr == ""


def test_a_key_is_added_and_the_older_ones_are_dropped_with_what_they_made(
    kept: Sise, relay: Mailbox
) -> None:
    kept.done("night", "--inline")
    assert kept.done("secret", "rotate", "--json").json == {"keys": 2}

    dropped = kept.done("secret", "drop", "--json").json

    assert (dropped["keys"], dropped["renewed"]) == (1, 0)
    assert dropped["void"] > 3
    assert "没有可停用的" in kept.done("secret", "drop").out
    assert "现共 2 个" in kept.done("secret", "rotate").out
    assert "0 个链接" in kept.done("secret", "drop").out


def test_a_file_without_keys_is_told_and_left_alone(kept: Sise, tmp_path: Path) -> None:
    (tmp_path / "home/secret").write_text("key")

    assert "密钥文件" in kept.refused("night", "--dry-run", code=1)
    assert (tmp_path / "home/secret").read_text() == "key"


def test_a_task_is_reassigned_and_its_history_says_by_what(kept: Sise) -> None:
    said = kept.done("reassign", "教-1", "--to", "HEAD@dinghai.example", "--why", "分工调整").out
    facts = kept.done(
        *("reassign", "教-2", "--to", "office@dinghai.example", "--why", "提级"),
        *("--unit", "区委督查室", "--json"),
    ).json

    assert said.strip() == "教-1 已改派给区教育局王芳"
    assert facts == {"number": "教-2", "unit": "区委督查室", "handler": "周敏", "why": "提级"}
    [move] = kept.done("task", "教-1", "--json").json["history"]
    assert (move["event"], move["said_by"], move["reason"]) == ("reassign", "命令行", "分工调整")
    assert kept.done("audit", "verify").code == 0


def test_milestones_are_set_shown_and_cleared(kept: Sise, today: date) -> None:
    soon, later = (today + timedelta(days=n) for n in (30, 90))
    said = kept.done("milestones", "教-1", f"{later}=竣工验收", f"{soon}=完成招标").out
    facts = kept.done("milestones", "教-1", "--json").json

    assert said.splitlines() == [f"{soon}  完成招标", f"{later}  竣工验收"]
    assert [m["title"] for m in facts["milestones"]] == ["完成招标", "竣工验收"]
    assert kept.done("milestones", "教-1", "--clear").out.strip() == "教-1 没有阶段目标"


def test_a_petition_goes_through_its_stages_and_becomes_a_lead(
    kept: Sise, tmp_path: Path, today: date
) -> None:
    received = today - timedelta(days=5)
    heads = ("问题编号", "反馈问题", "类别", "责任单位", "责任人", "交办日期", "整改时限")
    who = ("区教育局", "王芳", received)
    write_sheets(
        tmp_path / "信访.xlsx",
        {
            "台账": [
                heads,
                ("信-1", "道路积水", "信访件", *who, ""),
                ("密-1", "线索", "问题线索", *who, ""),
                ("信-2", "噪声", "信访件", *who, today + timedelta(days=9)),
            ]
        },
    )
    kept.done("import", tmp_path / "信访.xlsx")
    none_yet = kept.done("stage", "信-2").out
    assert none_yet.startswith("信-2 尚未进入环节")
    assert "→ forwarded  转送待受理" in none_yet
    assert kept.done("stage", "教-1").out.strip() == "教-1 不分环节"
    facts = kept.done("stage", "信-1", "转送待受理", "--why", "转送", "--json").json

    assert facts["due_on"] == str(today + timedelta(days=15))
    assert facts["next"] == ["in_hand", "registered"]
    assert "→ in_hand  受理办理" in kept.done("stage", "信-1").out
    assert "没有记录" in kept.refused("stage", "信-1", "review", "--why", "x", code=2)
    said = kept.done("transfer", "信-1", "密-1", "--why", "转线索").out
    assert said.strip() == "已登记：信-1 移送 密-1"
    assert "已移送 密-1" in kept.refused("transfer", "信-1", "密-1", "--why", "x", code=2)
    assert "进入环节  登记转送 → 转送待受理" in kept.done("task", "信-1").out
    assert kept.done("audit", "verify").code == 0


def test_a_matter_joins_a_list_and_leaves_it(kept: Sise, today: date) -> None:
    who = ("--leader", "leader@dinghai.example")
    said = kept.done("watch-list", "join", "教-1", "七张问题清单", "--why", "省委点名", *who).out
    facts = kept.done(
        *("watch-list", "join", "教-1", "listed_supervision", "--why", "挂牌"), "--json"
    ).json
    rows = kept.done("watch-list", "list", "--json").json

    assert said.strip() == "教-1 已列入“七张问题清单”"
    assert facts == {
        "number": "教-1",
        "list": "listed_supervision",
        "from": str(today),
        "why": "挂牌",
        "leader": None,
    }
    assert {row["name"]: row["matters"] for row in rows if row["matters"]} == {
        "listed_supervision": 1,
        "seven_lists": 1,
    }
    assert "七张问题清单" in kept.done("watch-list", "list").out
    left = kept.done("watch-list", "leave", "教-1", "seven_lists", "--why", "办结", "--json").json
    assert (left["list"], left["until"]) == ("seven_lists", str(today))
    out = kept.done("watch-list", "leave", "教-1", "挂牌督办", "--why", "办结").out
    assert out.strip() == "教-1 已移出“挂牌督办”"


def test_somebody_keeps_away_and_comes_back(kept: Sise, today: date) -> None:
    who = ("教-1", "--person", "leader@dinghai.example", "--why", "近亲属涉及本事项")
    facts = kept.done("exclude", *who, "--json").json
    again = kept.done("readmit", *who, "--json").json

    assert facts == {
        "number": "教-1",
        "excluded": "陈刚",
        "from": str(today),
        "until": None,
        "why": "近亲属涉及本事项",
    }
    assert (again["readmitted"], again["until"]) == ("陈刚", str(today))
    assert "回避" in kept.done("exclude", "教-2", "--person", who[2], "--why", "x").out


def test_a_hand_over_is_shown_first_and_then_passes(kept: Sise, today: date) -> None:
    words = ("hand-over", "li@dinghai.example", "leader@dinghai.example", "--why", "调离")
    preview = kept.done(*words, "--dry-run").out
    dry = kept.done(*words, "--dry-run", "--json").json
    assert {row["handler"] for row in kept.done("tasks", "--json").json} == {"李伟"}

    facts = kept.done(*words, "--json").json

    assert preview.splitlines()[:2] == [
        "预览：以下内容尚未写入",
        "作为责任人：4 件，教-1、教-2、教-3、教-4",
    ]
    assert dry == facts | {"dry_run": True}
    assert list(facts) == ["handled", "led", "owing", "asked", "posts", "listed", "on", "dry_run"]
    assert facts["on"] == str(today)
    assert {row["handler"] for row in kept.done("tasks", "--json").json} == {"陈刚"}
    head = ("hand-over", "head@dinghai.example", "li@dinghai.example", "--why", "调任")
    assert "区教育局单位负责人" in kept.done(*head).out


def test_a_duty_is_checked_loaded_and_told(kept: Sise, tmp_path: Path, today: date) -> None:
    file = tmp_path / "duty.toml"
    file.write_text(duty(units='["区教育局"]', begins=str(today)), "utf-8")

    assert "信访件月度汇总" in kept.done("duty", "check", file).out
    assert kept.done("duty", "check", file, "--json").json["name"] == "summary"
    assert "已装入“信访件月度汇总”" in kept.done("duty", "load", file, "--why", "办法").out
    assert kept.done("duty", "load", file, "--json").json == {"name": "summary", "state": "running"}
    [listed] = kept.done("duty", "list", "--json").json
    [ahead] = kept.done("duty", "next", "--days", "32", "--json").json[:1]
    assert (listed["next"], listed["missed"]) == (ahead, [])
    assert date.fromisoformat(ahead["opens_on"]) >= today
    assert "每月最后一日" in kept.done("duty", "list").out
    assert ahead["title"] in kept.done("duty", "next", "--days", "32").out
    assert ahead["title"] in kept.done("forecast", "--days", "32").out
    assert kept.done("forecast", "--days", "32", "--json").json["duties"][0] == ahead
    office = ("--by", "office@dinghai.example")
    paused = kept.done("duty", "pause", "summary", "--why", "机构改革", *office, "--json").json
    assert paused == {"name": "summary", "state": "paused", "by": "周敏"}
    assert kept.done("duty", "next", "--days", "32", "--json").json == []
    again = kept.refused("duty", "pause", "summary", "--why", "机构改革", code=2)
    assert "状态已不允许这样做" in again
    assert "请写明理由" in kept.refused("duty", "end", "summary", "--why", " ", code=2)
    other = kept.refused(
        "duty", "end", "summary", "--why", "x", "--by", "head@dinghai.example", code=2
    )
    assert "没有记录" in other
    assert "进行中" in kept.done("duty", "resume", "summary", "--why", "照旧").out
    assert "已终止" in kept.done("duty", "end", "summary", "--why", "取消").out
    assert kept.done("audit", "verify").code == 0


def test_values_are_reported_imported_and_listed(kept: Sise, tmp_path: Path) -> None:
    file = tmp_path / "series.toml"
    file.write_text(GROWTH, "utf-8")
    values = tmp_path / "values.csv"
    values.write_text("对象,时期,数值,更正理由\n企业01,2022-05,6,\n企业02,2022-05,-1,\n", "gb18030")

    assert "营收同比增长" in kept.done("measure", "check", file).out
    assert "已装入“营收同比增长”" in kept.done("measure", "load", file).out
    told = kept.done("measure", "import", "growth", values, "--json").json
    assert [(one["code"], one["opened"] is None) for one in told] == [
        ("green", True),
        ("red", False),
    ]
    said = kept.done("measure", "report", "growth", "企业01", "2022-06", "3").out
    assert "企业01 2022-06 3% 黄码；已交办 码跟〔" in said
    why = ("--why", "漏计")
    said = kept.done("measure", "report", "growth", "企业01", "2022-06", "8", *why).out
    assert "绿码；原报 3；码跟〔" in said
    assert "仍在办，须按程序销号" in said
    [one] = kept.done("measure", "list", "--json").json
    assert (one["name"], one["missing"]) == ("growth", ["企业01", "企业02"])
    assert "营收同比增长" in kept.done("measure", "list").out
    assert "企业02" in kept.done("measure", "list", "growth").out

    wrong = tmp_path / "wrong.csv"
    wrong.write_text("对象,数值\n企业01,6\n", "utf-8")
    assert "缺少列 时期" in kept.refused("measure", "import", "growth", wrong, code=2)
    assert "没有名为“没有”的监测" in kept.refused("measure", "list", "没有", code=2)
