"""The lines of a proposal as a person writes them, in the parts that its procedure names."""

from collections.abc import Iterable

from models.procedure_file import Lines
from models.refusal import Refusal

LONGEST, MOST = 200, 300  # characters of one part, lines at once


class BadLines(Refusal):
    """They cannot be handed in as they are."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}；没有记录任何内容", f"{english}; nothing was recorded")


def read_lines(written: Iterable[str], rules: Lines) -> list[str]:
    """Each with its parts divided by |. Empty lines are passed over; both kinds of | are read, and
    the cells of a sheet that were pasted. Raises BadLines."""
    found = [
        _line(n, said.replace("\t", "|").replace("｜", "|"), rules)
        for n, said in enumerate(written, 1)
        if said.strip()
    ]
    if not 1 <= len(found) <= MOST:
        raise BadLines(f"须有 1 至 {MOST} 行，现有 {len(found)} 行", f"from 1 to {MOST} lines")
    if twice := [said for n, said in enumerate(found) if said in found[:n]]:
        said = twice[0].partition("|")[0]
        raise BadLines(f"“{said}”写了两行相同的内容", "two lines say the same")
    return found


def _line(n: int, said: str, rules: Lines) -> str:
    parts = [part.strip() for part in said.split("|")]
    if len(parts) > len(rules.parts):
        raise BadLines(
            f"第 {n} 行有 {len(parts)} 栏，最多 {len(rules.parts)} 栏：{'|'.join(rules.parts)}",
            f"line {n} has {len(parts)} parts, at most {len(rules.parts)}: {'|'.join(rules.parts)}",
        )
    if not parts[0]:
        raise BadLines(
            f"第 {n} 行没有写“{rules.parts[0]}”", f"line {n} does not say '{rules.parts[0]}'"
        )
    if any(len(part) > LONGEST for part in parts):
        raise BadLines(
            f"第 {n} 行有一栏超过 {LONGEST} 个字",
            f"a part of line {n} has more than {LONGEST} characters",
        )
    return "|".join(parts).rstrip("|")
