"""`sise act`, `outcome`, `figure` and `report progress`: from the command to the printed report."""

from pathlib import Path

import pytest

from tests.papers import text_of
from tests.sise.conftest import Sise

FORM = """
name = "progress"
title = "整改进展情况通报"
issuer = "区委"
opening = [
  "现场督查{visits}家{visit_times}家次，清退{money}万元，总产值{output}亿元。",
  "尚无的数据{nothing}。",
]
[[section]]
title = "关于校车问题的整改情况"
[[section.item]]
task = "教-4"
say = [{ words = "约谈{talks}人次" }]

[[figure]]
id = "visits"
name = "督查单位"
unit = "家"
count = "units"
kinds = ["visit"]

[[figure]]
id = "visit_times"
name = "督查次数"
unit = "家次"
count = "unit_times"
kinds = ["visit"]

[[figure]]
id = "money"
name = "清退款项"
unit = "万元"
count = "money"
kinds = ["money_returned"]

[[figure]]
id = "talks"
name = "约谈"
unit = "人次"
count = "person_times"
kinds = ["interview"]
"""


@pytest.fixture
def recorded(kept: Sise, tmp_path: Path) -> Sise:
    (tmp_path / "form.toml").write_text(FORM, "utf-8")
    for words in (
        ["act", "add", "visit", "--topic", "校车", "--line", "区教育局", "--line", "区卫健局"],
        ["act", "add", "visit", "--topic", "复查", "--line", "区教育局", "--task", "教-1"],
        ["act", "add", "interview", "--line", "区教育局|校长", "--line", "区教育局|校长"],
        ["outcome", "add", "money_returned", "--line", "||报账|退回|44445.00"],
        [
            *("figure", "report", "output", "--value", "309", "--unit", "亿元", "--name", "总产值"),
            *("--source", "月报", "--by", "head@dinghai.example"),
        ],
        ["figure", "approve", "output", "--by", "office@dinghai.example"],
    ):
        kept.done(*words)
    return kept


def test_what_was_recorded_stands_in_the_report_with_its_sources(
    recorded: Sise, tmp_path: Path
) -> None:
    file = tmp_path / "report.docx"

    facts = recorded.done("report", "progress", file, "--form", "form.toml", "--json").json
    said = text_of(file.read_bytes())

    assert "现场督查2家3家次，清退4.44万元，总产值309亿元。" in said
    assert "约谈2人次。（教-4：" in said
    assert "精确数44,445.00元，四舍五入" in said
    assert "月报，王芳报送，周敏核准" in said
    assert "征求意见稿（未发布）" in said
    assert (facts["number"], facts["missing"]) == (None, ["nothing"])


def test_a_report_is_published_once_and_printed_as_often_as_wanted(
    recorded: Sise, tmp_path: Path
) -> None:
    first, again, page = (tmp_path / name for name in ("a.docx", "b.docx", "c.html"))
    drafted = recorded.done("report", "progress", first, "--form", "form.toml", "--publish").out
    assert "待审批稿" in drafted
    assert "待审批稿，未经批准不得发布" in text_of(first.read_bytes())
    waits = recorded.refused("report", "progress", again, "--publish", code=2)
    assert "再印一份请写 --number 1" in waits
    own = recorded.refused(
        "report", "approve", "progress", "--by", "office@dinghai.example", code=2
    )
    assert "本期由您拟稿" in own
    recorded.done("report", "approve", "progress", "--by", "leader@dinghai.example")
    recorded.done("report", "progress", first, "--number", 1)
    assert "审批，同意发布。" in text_of(first.read_bytes())
    number = recorded.done("act", "list", "--kind", "visit", "--json").json[0]["id"]
    recorded.done("act", "correct", number, "--why", "误录", "--void")

    recorded.done("report", "progress", again, "--number", 1)
    recorded.done("report", "progress", page, "--number", 1)
    told = recorded.refused("report", "progress", again, "--publish", code=2)
    draft = recorded.done("report", "progress", tmp_path / "d.docx").out

    assert first.read_bytes() == again.read_bytes()
    assert "再印一份请写 --number 1" in told
    assert '/reports/1/visits"' in page.read_text("utf-8")
    assert "没有核准的数据或没有的事项，所在文句未印：nothing" in draft
    assert "现场督查2家2家次" in text_of((tmp_path / "d.docx").read_bytes())
    assert recorded.done("audit", "verify").code == 0


def test_a_kind_is_known_by_its_name_and_by_its_title(recorded: Sise) -> None:
    by_name = recorded.done("act", "list", "--kind", "visit", "--json").json
    assert by_name
    assert recorded.done("act", "list", "--kind", "现场督查", "--json").json == by_name
    assert recorded.done("act", "list", "--kind", "on-site visit", "--json").json == by_name
    made = recorded.done("act", "add", "批示", "--topic", "校车", "--json").json
    assert made["kind"] == "directive"
    for words in (["act", "list", "--kind", "批条"], ["act", "add", "诫勉"]):
        told = recorded.refused(*words, code=2)
        assert f"没有“{words[-1]}”这一类；可用 sise act kinds 查看" in told


def test_a_correction_keeps_what_it_does_not_name(recorded: Sise) -> None:
    had = recorded.done("act", "list", "--topic", "复查", "--json").json[0]

    told = recorded.done("act", "correct", had["id"], "--why", "主题有误", "--topic", "校车").out
    now = recorded.done("act", "list", "--kind", "visit", "--json").json[0]

    assert told.strip() == f"第 {had['id']} 号已由第 {now['id']} 号更正"
    assert (now["lines"], now["tasks"], now["topic"]) == (["区教育局"], ["教-1"], "校车")
    assert now["corrects"] == had["id"]


def test_a_directive_opens_a_task(recorded: Sise) -> None:
    act = recorded.done(
        *("act", "add", "directive", "--by", "区委书记", "--json"),
        *("--open", "批-1|整治校车|区教育局|2099-12-31"),
    ).json

    assert act["tasks"] == ["批-1"]
    assert recorded.done("task", "批-1", "--json").json["due_on"] == "2099-12-31"


def test_what_a_directive_opened_has_a_slip_and_nothing_else_has(
    recorded: Sise, tmp_path: Path
) -> None:
    recorded.done(
        *("act", "add", "coordination", "--by", "区委", "--topic", "校车"),
        *("--open", "会-1|整治校车|区教育局|2099-12-31"),
    )
    secret = ("--by", "区委书记", "--open", "线-1|问题线索|区教育局|2099-12-31|case_lead")
    recorded.done("act", "add", "directive", *secret)
    word, page = tmp_path / "督办单.docx", tmp_path / "slip.html"

    facts = recorded.done("report", "slip", "会-1", word, "--json").json
    told = recorded.done("report", "slip", "会-1", page).out

    assert (facts["act"]["form"], facts["act"]["said"]) == ("meeting", ["校车"])
    assert told.strip() == f"已写入 {page}：会-1"
    for said in (text_of(word.read_bytes()), page.read_text("utf-8")):
        assert "会议督办单" in said
        assert "区委协调会" in said
    for number, words in (
        ("线-1", "事项“线-1”为限知事项，没有督办单；没有写入"),
        ("教-1", "事项“教-1”不是由批示或会议决定交办的，没有督办单；没有写入"),
        ("没有", "没有编号为“没有”的事项"),
    ):
        assert recorded.refused("report", "slip", number, "x.docx", code=2).startswith(words)
    assert not (tmp_path / "x.docx").exists()


def test_kinds_and_records_are_listed(recorded: Sise) -> None:
    assert "党内警告" in recorded.done("outcome", "kinds").out
    assert "party_discipline" not in recorded.done("act", "kinds").out
    assert "现场督查" in recorded.done("act", "list").out
    assert recorded.done("outcome", "list", "--from", "2099-01-01", "--json").json == []
    assert "309亿元" in recorded.done("figure", "list").out
    assert recorded.done("figure", "list", "--waiting", "--json").json == []


@pytest.mark.parametrize(
    ("words", "chinese", "english"),
    [
        (["act", "add", "party_warning"], "没有“party_warning”这一类", "there is no kind"),
        (["act", "add", "visit", "--on", "7月"], "“7月”不是日期", "'7月' is no date"),
        (["act", "add", "visit", "--on", "2099-01-01"], "日期 2099-01-01", "the date 2099-01-01"),
        (["act", "add", "visit", "--line", "a|b|c|d|e|f"], "第 1 行：有 6 栏", "line 1: 6 parts"),
        (["act", "add", "visit", "--task", "x"], "没有编号为“x”的事项", "no task has the number"),
        (["act", "add", "visit", "--open", "x"], "第 1 行：交办事项请写成", "line 1: write a task"),
        (["act", "correct", "99", "--why", "x"], "没有第 99 号记录", "there is no record 99"),
        (["outcome", "add", "admonition"], "“诫勉”请至少写一行", "'admonition' needs a line"),
        (
            ["figure", "approve", "x", "--by", "office@dinghai.example"],
            "数据“x”没有",
            "no report of",
        ),
        (
            ["figure", "report", "x", "--value", "1", "--source", "y", "--by", "z@z.example"],
            "通讯录中没有邮箱",
            "nobody in the directory",
        ),
        (["report", "progress", "p.docx"], "还没有装入通报格式", "no form of a report"),
        (
            ["report", "progress", "p.docx", "--number", "3"],
            "没有第 3 期",
            "there is no issue No. 3",
        ),
        (
            ["report", "progress", "p.docx", "--number", "3", "--publish"],
            "第 3 次通报已经发布",
            "report 3 was published",
        ),
        (
            ["report", "progress", "p.docx", "--to", "2099-01-01"],
            "2099年1月1日还没有到",
            "2099-01-01",
        ),
        (["report", "progress", "p.docx", "--form", "x.toml"], "无法读取 x.toml", "x.toml cannot"),
        (["report", "progress", "p.docx", "--form", "bad.toml"], "bad.toml：", "bad.toml: "),
        (
            ["report", "progress", "p.docx", "--form", "other.toml"],
            "台账中没有“别处”",
            "none of the",
        ),
    ],
    ids=lambda part: " ".join(part[:4]) if isinstance(part, list) else "",
)
def test_what_cannot_be_is_said_in_one_sentence_and_nothing_is_written(
    kept: Sise, tmp_path: Path, words: list[str], chinese: str, english: str
) -> None:
    (tmp_path / "bad.toml").write_text(FORM.replace('["visit"]', '["nothing_of_ours"]', 1), "utf-8")
    other = FORM.replace("整改进展情况通报", "别处").replace("教-4", "别处-1")
    (tmp_path / "other.toml").write_text(other, "utf-8")

    told = kept.refused(*words, code=2)
    kept.monkeypatch.setenv("SISE_LANGUAGE", "en")
    said = kept.refused(*words, code=2)

    assert told.startswith(chinese)
    assert said.startswith(english)
    assert "\n" not in told + said
    assert not (tmp_path / "p.docx").exists()
    assert kept.done("act", "list", "--json").json == []
