"""A policy file that cannot be used is refused with one line: the file, the place, what to do."""

import re

import pytest
from pydantic import Field

from models.ladder import RuleError, Strict, parse_ladder, parse_rules
from models.procedure_file import parse_procedure
from models.warning import Colour
from tests.conftest import SEEDS

DEFAULT = (SEEDS / "policies" / "default.toml").read_text(encoding="utf-8")
CLOCKS = "'due', 'opened', 'stage', 'reported', 'unacknowledged' or 'unanswered'"

# what is written, what is written instead, the line that the person reads
BAD = {
    "unknown clock": (
        '{ clock = "due", after = "1d" }',
        '{ clock = "deu", after = "1d" }',
        f"rung · 1 · when · 1 · clock: must be {CLOCKS}, found 'deu'",
    ),
    "colours out of order": (
        'colour = "blue"',
        'colour = "red"',
        "rung: the colours must rise, found red, yellow, red",
    ),
    "a colour twice": (
        'colour = "yellow"',
        'colour = "blue"',
        "rung: the colours must rise, found blue, blue, red",
    ),
    "a green rung": (
        'colour = "blue"',
        'colour = "green"',
        "rung: green is no warning; use blue, yellow, orange or red",
    ),
    "unknown colour": (
        'colour = "blue"',
        'colour = "蓝"',
        "rung · 1 · colour: must be 'green', 'blue', 'yellow', 'orange' or 'red', found '蓝'",
    ),
    "negative acknowledge_within": (
        'acknowledge_within = "1wd"',
        'acknowledge_within = "-1wd"',
        "rung · 1 · acknowledge_within: '-1wd' must be a number of days, at least 0, as 1wd or 3d",
    ),
    "negative answer_within": (
        'answer_within = "3wd"',
        'answer_within = "-3d"',
        "rung · 1 · answer_within: '-3d' must be a number of days, at least 0, as 1wd or 3d",
    ),
    "months to answer": (
        'answer_within = "3wd"',
        'answer_within = "1mo"',
        "rung · 1 · answer_within: '1mo' must be a number of days, at least 0, as 1wd or 3d",
    ),
    "of two rungs below": (
        'of = "yellow"',
        'of = "blue"',
        "rung 3 (red) · when · of: 'blue' must be the next lower rung, 'yellow'",
    ),
    "of a higher rung": (
        'of = "blue"',
        'of = "red"',
        "rung 2 (yellow) · when · of: 'red' must be the next lower rung, 'blue'",
    ),
    "of below the lowest rung": (
        '{ clock = "due", after = "1d" }',
        '{ clock = "unanswered", of = "blue", after = "1d" }',
        "rung 1 (blue) · when · of: 'blue' has no lower rung",
    ),
    "of missing": (
        'of = "blue", ',
        "",
        "rung · 2 · when · 2: 'of' goes with unacknowledged and unanswered, and only with them",
    ),
    "of on a date clock": (
        '{ clock = "due", after = "10d" }',
        '{ clock = "due", of = "blue", after = "10d" }',
        "rung · 2 · when · 1: 'of' goes with unacknowledged and unanswered, and only with them",
    ),
    "unanswered of a rung that asks for no answer": (
        'answer_within = "3wd"\n',
        "",
        (
            "rung 2 (yellow) · when · of: the blue rung sets no time for it, "
            "so 'unanswered' would never strike"
        ),
    ),
    "a reminder of a notice": (
        '{ clock = "due", after = "-10d" }',
        '{ clock = "unanswered", of = "blue", after = "-10d" }',
        "reminder · 1: a reminder is said while the task is green: no notice is live yet",
    ),
    "unknown key": (
        'roll = "next"',
        'roll = "next"\nrolls = true',
        "rolls: unknown key; take it out, or check its spelling",
    ),
    "unknown key in an entry": (
        'after = "1d" }',
        'after = "1d", afterwards = "2d" }',
        "rung · 1 · when · 1 · afterwards: unknown key; take it out, or check its spelling",
    ),
    "bad span": (
        'after = "10d"',
        'after = "10 days"',
        (
            "rung · 2 · when · 1 · after: '10 days' is no span; "
            "write 10d, 3wd or 1mo (days, working days, months)"
        ),
    ),
    "a number for a span": (
        'answer_within = "3wd"',
        "answer_within = 3",
        (
            "rung · 1 · answer_within: '3' is no span; "
            "write 10d, 3wd or 1mo (days, working days, months)"
        ),
    ),
    "endless span": (
        'after = "1mo"',
        'after = "999mo"',
        "rung · 3 · when · 1 · after: '999mo' is longer than 120mo",
    ),
    "no TOML": (
        'name = "default"',
        "name = default",
        "is no TOML: Invalid value (at line 3, column 8)",
    ),
    "number_format without n": (
        "{n}号",
        "号",
        "number_format: needs {year} and {n} and nothing else in braces, as 定督〔{year}〕{n}号",
    ),
    "number_format with another field": (
        "{n}号",
        "{n}{unit}号",
        "number_format: needs {year} and {n} and nothing else in braces, as 定督〔{year}〕{n}号",
    ),
    "number_format with a stray brace": (
        "{n}号",
        "{n}号}",
        "number_format: needs {year} and {n} and nothing else in braces, as 定督〔{year}〕{n}号",
    ),
    "nobody to tell": (
        'tell = ["handler"]\nacknowledge',
        "tell = []\nacknowledge",
        "rung · 1 · tell: is empty; give at least one",
    ),
    "one post outside a list": (
        'tell = ["handler"]\nacknowledge',
        'tell = "handler"\nacknowledge',
        "rung · 1 · tell: must be a list in [ ], found 'handler'",
    ),
    "unknown post": (
        'tell = ["handler"]\nacknowledge',
        'tell = ["boss"]\nacknowledge',
        (
            "rung · 1 · tell · 1: must be 'handler', 'unit_head', 'supervising_leader', "
            "'reviewer', 'office', 'commission_head' or 'administrator', found 'boss'"
        ),
    ),
    "a version that is no text": (
        'version = "2022.1"',
        "version = 2022.1",
        "version: must be text in quotes, found 2022.1",
    ),
    "a name with other letters": (
        'name = "default"',
        'name = "四色"',
        "name: must begin with a small letter and hold only a-z, 0-9 and _, found '四色'",
    ),
    "a title with a control character": (
        'title = "四色督办"',
        'title = "四色\\u0000督办"',
        "title: holds the control character U+0000; delete it",
    ),
    "a label that turns its line round": (
        'label = "蓝色预警"',
        'label = "蓝色\u202e预警"',
        "rung · 1 · label: holds the control character U+202E; delete it",
    ),
    "a span of very many days": (
        'clock = "due", after = "1d"',
        'clock = "due", after = "99999999d"',
        "rung · 1 · when · 1 · after: '99999999d' is longer than 3650d",
    ),
    "a span in other digits": (
        'clock = "due", after = "1d"',
        'clock = "due", after = "१d"',
        (
            "rung · 1 · when · 1 · after: '१d' is no span; write 10d, 3wd or 1mo "
            "(days, working days, months)"
        ),
    ),
    "an empty title": ('title = "四色督办"', 'title = ""', "title: is empty; write it"),
    "unknown roll": (
        'roll = "next"',
        'roll = "previous"',
        "roll: must be 'next' or 'none', found 'previous'",
    ),
    "a key forgotten": ('label = "蓝色预警"\n', "", "rung · 1 · label: is missing"),
}


@pytest.mark.parametrize(("written", "instead", "line"), BAD.values(), ids=BAD)
def test_a_bad_policy_gives_one_line_that_names_the_place(written: str, instead: str, line: str):
    assert written in DEFAULT

    with pytest.raises(RuleError) as refused:
        parse_ladder(DEFAULT.replace(written, instead, 1), file="policy.toml")

    assert str(refused.value) == f"policy.toml: {line}"


@pytest.mark.parametrize(("written", "instead", "line"), BAD.values(), ids=BAD)
def test_the_chinese_line_names_the_same_place_in_chinese_words(
    written: str, instead: str, line: str
):
    with pytest.raises(RuleError) as refused:
        parse_ladder(DEFAULT.replace(written, instead, 1), file="policy.toml")

    file, *place, words = refused.value.chinese.split("：")
    assert file == "policy.toml"
    assert line.startswith("".join(f"{part}: " for part in place))
    assert re.search("[\u4e00-\u9fff]{2}", words)


@pytest.mark.parametrize(
    ("written", "instead", "chinese"),
    [
        ("restricted = false", 'restricted = "yes?"', "应为 true 或 false，现为 'yes?'"),
        ("times = 1", "times = -1", "不得小于 0，现为 -1"),
        ("times = 1", 'times = "two"', "应为整数，现为 'two'"),
        ("[evidence]", "[[evidence]]", "应为一个表，现为 [{'six_visibles': False}]"),
        ('post = "unit_head"', 'post = "boss"', "应为 'handler'、'unit_head'、"),
        ('up_to = "30d"', 'up_to = "soon"', "“soon”不是期限"),
        ('policy = "default"', "", "缺少此项"),
    ],
)
def test_a_bad_procedure_is_told_in_both_languages(written: str, instead: str, chinese: str):
    text = (SEEDS / "procedures" / "petition.toml").read_text(encoding="utf-8")

    with pytest.raises(RuleError) as refused:
        parse_procedure(text.replace(written, instead, 1), file="petition.toml")

    file, place, words = refused.value.chinese.split("：")
    assert words.startswith(chinese)
    assert refused.value.english.startswith(f"{file}: {place}: ")
    assert not re.search("[\u4e00-\u9fff]", refused.value.english)


def test_what_has_no_words_of_ours_is_told_in_those_of_the_library():
    class Few(Strict):
        least: int = Field(lt=3)

    with pytest.raises(RuleError) as refused:
        parse_rules(Few, "least = 3", file="few.toml")

    assert refused.value.english == "few.toml: least: must be less than 3, found 3"
    assert refused.value.chinese == "few.toml：least：Input should be less than 3，现为 3"


def test_a_policy_without_a_rung_is_refused():
    for no_rung, line in (
        ("", "rung: is missing"),
        ("rung = []", "rung: is empty; give at least one"),
    ):
        with pytest.raises(RuleError) as refused:
            parse_ladder(no_rung + "\n" + DEFAULT.split("[[reminder]]")[0], file="policy.toml")
        assert str(refused.value) == f"policy.toml: {line}"


@pytest.mark.parametrize("deep", ["a" + ".a" * 5000 + " = 1", "a" + ".a" * 600 + " = 1"])
def test_tables_in_very_many_tables_are_refused_in_a_line(deep: str):
    with pytest.raises(RuleError) as refused:
        parse_ladder(deep, file="policy.toml")

    assert refused.value.chinese.startswith("policy.toml：")


def test_every_fault_has_a_line_of_its_own():
    both = DEFAULT.replace('after = "1d"', 'after = "soon"', 1).replace("roll =", "rolls =")

    with pytest.raises(RuleError) as refused:
        parse_ladder(both, file="policy.toml")

    assert [line.split(": ")[:2] for line in str(refused.value).splitlines()] == [
        ["policy.toml", "rung · 1 · when · 1 · after"],
        ["policy.toml", "rolls"],
    ]


def test_the_rungs_between_two_colours_are_those_that_the_policy_has():
    ladder = parse_ladder(DEFAULT, file="default.toml")

    assert ladder.passed(Colour.GREEN, Colour.RED) == (Colour.BLUE, Colour.YELLOW)
    assert ladder.passed(Colour.BLUE, Colour.YELLOW) == ()


def test_a_span_may_be_written_with_the_sign_that_an_explanation_shows() -> None:
    signed = parse_ladder(DEFAULT.replace('after = "10d"', 'after = "+10d"'), file="signed.toml")

    assert signed == parse_ladder(DEFAULT, file="default.toml")
    assert str(signed.rung[1].when[0]) == "due +10d"
