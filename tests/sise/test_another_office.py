"""An office of another kind is set up by its files alone, as the page for it says."""

import re
from datetime import date
from pathlib import Path

from tests.sise.conftest import Sise

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/another-office.md"


def commands() -> list[str]:
    """Those of the page, in its order."""
    return re.findall(r"^    sise (.*?) *(?:#.*)?$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_a_hospital_follows_the_page_and_its_matters_turn_red(
    sise: Sise, tmp_path: Path, monkeypatch, today: date
):
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    monkeypatch.chdir(tmp_path)

    said = {command: sise.done(*command.split()) for command in commands()}

    tasks = [t for t in sise.done("tasks", "--json").json if t["number"].startswith("审-")]
    assert [(t["number"], t["colour"], t["handler"], t["procedure"]) for t in tasks] == [
        ("审-1", "red", "药剂科采购员", "internal_audit"),
        ("审-2", "red", "设备科管理员", "internal_audit"),
    ]
    assert "季度采购自查" in said["duty next --days 100"].out
    assert tasks[0]["notice"] == f"院审督〔{today.year}〕1号"
    assert "审计整改三色督办（hospital 2026.1）" in said["explain 审-1"].out
    report = (tmp_path / "report.html").read_text("utf-8")
    assert "关于内部审计发现问题整改情况的报告" in report
    assert "院领导召开整改推进会" in report
    assert "补签合同并修订采购流程" in report
