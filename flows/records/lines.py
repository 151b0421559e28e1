"""The lines of a record as a person writes them: 单位|人员|对象|结果|金额（元）."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from models.refusal import Refusal

PARTS = ("单位", "人员", "对象", "结果", "金额（元）")
LONGEST = 200  # characters of one part
MOST = 2000  # lines
_YUAN = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`amount` is in 分; `task` a number of the ledger."""

    unit: str = ""
    person: str = ""
    subject: str = ""
    result: str = ""
    amount: int | None = None
    task: str = ""


class BadLine(Refusal):
    """A line that cannot be read."""

    def __init__(self, n: int, chinese: str, english: str) -> None:
        super().__init__(
            f"第 {n} 行：{chinese}；没有记录任何内容", f"line {n}: {english}; nothing was recorded"
        )


def read_lines(written: Iterable[str]) -> tuple[Line, ...]:
    """Raises BadLine. Empty lines are passed over; both kinds of | are read, and the cells of a
    sheet that were pasted."""
    found = [(n, said.replace("\t", "|")) for n, said in enumerate(written, 1) if said.strip()]
    if len(found) > MOST:
        raise BadLine(MOST + 1, f"一次最多 {MOST} 行", f"at most {MOST} lines at once")
    return tuple(_line(n, said) for n, said in found)


def concerning(lines: Sequence[Line], tasks: Sequence[str]) -> tuple[Line, ...]:
    """With the tasks (numbers) that a record concerns: one line and one task belong together."""
    if len(lines) == len(tasks) == 1:
        return (replace(lines[0], task=tasks[0]),)
    return (*lines, *(Line(task=number) for number in tasks))


def fen(written: str) -> int | None:
    """An amount in yuan as 分; None: it is no amount."""
    plain = written.replace(",", "").replace("，", "").removesuffix("元").strip()
    if not _YUAN.fullmatch(plain):
        return None
    yuan, _, rest = plain.partition(".")
    return int(yuan) * 100 + int(rest.ljust(2, "0") or 0)


def written_line(line: Line) -> str:
    """As it would be read again."""
    money = f"{line.amount // 100}.{line.amount % 100:02}" if line.amount is not None else ""
    parts = [line.unit, line.person, line.subject, line.result, money]
    return "|".join(parts).rstrip("|")


def shown_line(line: Line) -> str:
    """As a person reads it."""
    money = f"{line.amount // 100:,}.{line.amount % 100:02} 元" if line.amount is not None else ""
    return " · ".join(filter(None, [line.unit, line.person, line.subject, line.result, money]))


def _line(n: int, said: str) -> Line:
    parts = [part.strip() for part in said.replace("｜", "|").split("|")]
    if len(parts) > len(PARTS):
        raise BadLine(
            n,
            f"有 {len(parts)} 栏，最多 {len(PARTS)} 栏：{'|'.join(PARTS)}",
            f"{len(parts)} parts, at most unit|person|matter|result|yuan",
        )
    if long := [part for part in parts if len(part) > LONGEST]:
        raise BadLine(
            n,
            f"“{long[0][:20]}…”超过 {LONGEST} 个字",
            f"'{long[0][:20]}…' has more than {LONGEST} characters",
        )
    unit, person, subject, result, money = parts + [""] * (len(PARTS) - len(parts))
    amount = fen(money) if money else None
    if money and amount is None:
        raise BadLine(
            n,
            f"“{money[:20]}”不是金额，请写成 1005 或 440.50（元）",
            f"'{money[:20]}' is no amount, write it as 1005 or 440.50 (yuan)",
        )
    if not any(parts):
        raise BadLine(n, "没有内容", "there is nothing in it")
    return Line(unit=unit, person=person, subject=subject, result=result, amount=amount)
