"""What a form asks for is counted: units and visits, people and occasions, matters, money."""

import re
import textwrap
from pathlib import Path

import pytest

from flows.papers.progress import in_yuan
from flows.records.counting import count
from flows.records.entries import Entry
from flows.records.lines import read_lines
from models.ladder import RuleError
from models.report_form import Counted, parse_form
from tests.records import DAY


def entry(key, kind, *lines, topic="甲", **facts):
    return Entry(key, kind, DAY, topic=topic, lines=read_lines(lines), **facts)


FOUND = [
    entry("record/1", "visit", "区教育局", "区卫健局", led_by="区纪委"),
    entry("record/2", "visit", "区教育局", topic="乙"),
    entry("record/3", "warning", "区教育局|校长|案一|通过", "区卫健局|校长|案一"),
    entry("record/4", "serious", "区教育局|校长|案二"),
    entry("record/5", "money", "||||440.50", "||||1", balancing=True),
    entry("record/6", "money", "||||43000"),
]
FAMILIES = {"discipline": {"discipline", "warning", "serious"}}


def counted(how, *kinds, unit="x", **facts):
    asked = Counted(id="x", name="x", unit=unit, count=how, kinds=kinds, **facts)
    return count(asked, FOUND, FAMILIES)


@pytest.mark.parametrize(
    ("how", "kinds", "facts", "value", "keys"),
    [
        ("records", ["visit"], {}, 2, [1, 2]),
        ("records", ["visit"], {"topic": "乙"}, 1, [2]),
        ("records", ["visit"], {"led_by": "区纪委"}, 1, [1]),
        ("units", ["visit"], {}, 2, [1, 2]),
        ("unit_times", ["visit"], {}, 3, [1, 2]),
        ("people", ["discipline"], {}, 2, [3, 4]),  # the heads of two units are two people
        ("person_times", ["discipline"], {}, 3, [3, 4]),
        ("people", ["warning", "serious"], {}, 2, [3, 4]),
        ("people", ["warning"], {"result": "通过"}, 1, [3]),
        ("subjects", ["discipline"], {}, 2, [3, 4]),
        ("money", ["money"], {"unit": "元"}, 4_344_150, [5, 6]),
        ("people", ["visit"], {}, 0, []),
    ],
)
def test_each_way_of_counting(how, kinds, facts, value, keys):
    found = counted(how, *kinds, **facts)

    assert (found.value, found.keys) == (value, tuple(f"record/{key}" for key in keys))


def test_what_only_balances_is_told_apart():
    assert counted("money", "money", unit="万元").balancing == 44_150


@pytest.mark.parametrize(
    ("fen", "unit", "shown", "exact"),
    [
        (4_490_000, "万元", "4.49", ""),
        (4_444_500, "万元", "4.44", "44,445.00"),
        (4_445_000, "万元", "4.45", "44,450.00"),  # half up, as 4.445
        (4_300_000, "万元", "4.3", ""),
        (100_500, "元", "1005", ""),
        (44_050, "元", "440.5", ""),
        (0, "万元", "0", ""),
        (1, "万元", "0", "0.01"),
    ],
)
def test_money_is_printed_rounded_half_up_with_its_exact_sum_beside(fen, unit, shown, exact):
    assert in_yuan(fen, unit) == (shown, exact)


FORM = """
name = "progress"
title = "通报"
issuer = "区委"
[[section]]
title = "甲"
"""


def test_the_form_in_the_documentation_can_be_used():
    said = (Path(__file__).parents[3] / "docs/progress-report.md").read_text("utf-8")
    written = re.search(r'    name = "progress".*?(?=^\S)', said, re.DOTALL | re.MULTILINE)

    form = parse_form(textwrap.dedent(written[0]), file="progress-report.md")

    assert [one.id for one in form.figure] == ["visited"]
    for kind in Counted.model_fields["count"].annotation.__args__:
        assert f"`{kind}`" in said


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ('[[figure]]\nid="a"\nname="a"\nunit="次"\ncount="records"', "缺少 kinds"),
        ('[[figure]]\nid="a"\nname="a"\nunit="次"\ncount="warned"', "缺少 procedure"),
        ('[[figure]]\nid="a"\nname="a"\nunit="人"\ncount="money"\nkinds=["m"]', "元 或 万元"),
        ('[[figure]]\nid="a"\nname="a"\nunit="期"\ncount="issues"\n' * 2, "写了两次"),
        ('[[figure]]\nid="a"\nname="a"\nunit="期"\ncount="often"', "figure · 1 · count"),
    ],
)
def test_a_form_that_cannot_be_used_names_the_place(more, words):
    parse_form(FORM, file="form.toml")

    with pytest.raises(RuleError) as refused:
        parse_form(FORM + more, file="form.toml")

    assert refused.value.chinese.startswith("form.toml：")
    assert words in refused.value.chinese
