"""What is wrong with a policy or procedure file, in Chinese and English: our own faults, and the
usual ones that pydantic finds."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from pydantic import ValidationError

SHOWN = 60  # characters of a wrong value that a sentence repeats


class Fault(ValueError):
    """One thing to correct. Validators raise it; the place is told by whoever catches it."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(english)
        self.chinese, self.english = chinese, english

    def at(self, place: str) -> "Fault":
        return Fault(f"{place}：{self.chinese}", f"{place}: {self.english}")


# Python reads neither thousands of brackets in each other nor numbers of thousands of digits.
BEYOND_READING = Fault(
    "括号层数或数字位数过多，无法读取；请核对是否选错了文件",
    "has too many brackets in each other, or digits in a number, to be read; is it the right file?",
)

# Control characters, beside the ends of lines, and what turns a line round.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

_WORDS = {
    "missing": ("缺少此项", "is missing"),
    "extra_forbidden": (
        "没有这个键；请删去，或检查拼写",
        "unknown key; take it out, or check its spelling",
    ),
    "too_short": ("是空的，至少写一项", "is empty; give at least one"),
    "string_too_short": ("是空的，请填写", "is empty; write it"),
    "tuple_type": ("应为 [ ] 中的列表，现为 {input}", "must be a list in [ ], found {input}"),
    "tables": (
        "可以有多个，表头请写成 [[{key}]]",
        "may stand several times: write its heading as [[{key}]]",
    ),
    "model_type": ("应为一个表，现为 {input}", "must be a table, found {input}"),
    "string_type": ("应为引号中的文字，现为 {input}", "must be text in quotes, found {input}"),
    "string_pattern_mismatch": (
        "应以小写字母开头，只含 a-z、0-9 和 _，现为 {input}",
        "must begin with a small letter and hold only a-z, 0-9 and _, found {input}",
    ),
    "literal_error": ("应为 {choices} 之一，现为 {input}", "must be {expected}, found {input}"),
    "bool_type": ("应为 true 或 false，现为 {input}", "must be true or false, found {input}"),
    "int_type": ("应为整数，现为 {input}", "must be a whole number, found {input}"),
    "greater_than_equal": (
        "不得小于 {ge}，现为 {input}",
        "must be at least {ge}, found {input}",
    ),
}
_SAME = {
    "enum": "literal_error",
    "bool_parsing": "bool_type",
    "int_parsing": "int_type",
    "int_from_float": "int_type",
}


def toml_fault(error: tomllib.TOMLDecodeError) -> Fault:
    said = str(error)
    place = re.search(r"line (\d+), column (\d+)", said)
    where = f"第 {place[1]} 行第 {place[2]} 列" if place else "文件末尾"
    return Fault(f"{where}不合 TOML 的写法（{said}）", f"is no TOML: {said}")


def hidden_in(said: Any, *place: str) -> Iterator[Fault]:
    """Every text of a file that holds what no page, mail or database should."""
    if isinstance(said, dict):
        for key, value in said.items():
            yield from hidden_in(key, *place)
            yield from hidden_in(value, *place, key)
    elif isinstance(said, list):
        for n, value in enumerate(said, 1):
            yield from hidden_in(value, *place, str(n))
    elif isinstance(said, str) and (found := _HIDDEN.search(said)):
        sign = f"U+{ord(found[0]):04X}"
        yield Fault(
            f"有控制字符 {sign}，请删去", f"holds the control character {sign}; delete it"
        ).at(" · ".join(place) or "TOML")


def faults(error: ValidationError) -> list[Fault]:
    """A list whose items are wrong is not called empty as well."""
    found: list[Any] = error.errors()
    return [
        _fault(one)
        for one in found
        if one["type"] != "too_short"
        or not any(one["loc"] == other["loc"][: len(one["loc"])] for other in found if other != one)
    ]


def _fault(found: Any) -> Fault:
    where = " · ".join(
        f"{part + 1}" if isinstance(part, int) else str(part) for part in found["loc"]
    )
    own = found.get("ctx", {}).get("error")
    fault = own if isinstance(own, Fault) else _said(found)
    return fault.at(where) if where else fault


def _said(found: Any) -> Fault:
    kind = _SAME.get(found["type"], found["type"])
    if kind == "tuple_type" and isinstance(found["input"], dict):
        kind = "tables"
    if kind not in _WORDS:
        english = found["msg"].replace("Input should be", "must be")
        return Fault(
            f"{found['msg']}，现为 {shown(found['input'])}",
            f"{english}, found {shown(found['input'])}",
        )
    facts = found.get("ctx", {}) | {"input": shown(found["input"]), "key": found["loc"][-1]}
    if "expected" in facts:
        facts["choices"] = facts["expected"].replace(" or ", ", ").replace(", ", "、")
    return Fault(*(words.format(**facts) for words in _WORDS[kind]))


def shown(value: Any) -> str:
    """A value as the file has it, not longer than a sentence bears."""
    if isinstance(value, bool):
        return str(value).lower()
    said = str(value) if isinstance(value, (date, time)) else repr(value)
    return said if len(said) <= SHOWN else said[:SHOWN] + "…"
