"""What is wrong with a ledger, and where: one sentence that says what to write instead."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flows.ledger.headings import DIRECTORY, LEDGER
from flows.ledger.sentences import Sentence
from models.refusal import Refusal

SAID = 200  # problems that are spelt out before the rest is only counted
_COLUMNS = {heading.chinese: n for n, heading in enumerate((*LEDGER, *DIRECTORY))}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct. `row` as Excel counts; None where it is the whole sheet."""

    sheet: str
    row: int | None
    column: str
    found: str
    need: Sentence
    other: str = ""

    def message(self, language: str = "zh-CN", file: str = "") -> str:
        """One sentence: file, sheet, row, column, what was found, what to write."""
        said = self.need.say(self.found, self.other, language)
        where = self._where(language, file)
        if not where:
            return said
        return f"{where}: {said}" if language == "en" else f"{where}：{said}"

    def _where(self, language: str, file: str) -> str:
        row = None
        if self.row is not None:
            row = f"row {self.row}" if language == "en" else f"第{self.row}行"
        parts = [part for part in (file, self.sheet, row) if part]
        place = " ".join(parts)
        if not self.column:
            return place
        comma = ", " if language == "en" else " "
        return f"{place}{comma}{self.column}" if place else self.column


class UnreadableLedger(Refusal):
    """The file cannot be read at all."""


class LedgerRefused(Refusal):
    """The ledger was read and has problems; nothing was written. One line per problem, that begins
    with the file where it is named."""

    def __init__(self, problems: Sequence[Problem], file: str = "") -> None:
        super().__init__(_lines(problems, "zh-CN", file), _lines(problems, "en", file))
        self.problems = tuple(problems)


def _lines(problems: Sequence[Problem], language: str, file: str) -> str:
    lines = [problem.message(language, file) for problem in problems[:SAID]]
    if (more := len(problems) - SAID) > 0:
        lines.append(f"… and {more} more" if language == "en" else f"……另有 {more} 处")
    return "\n".join(lines)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By sheet as they come, then by row and column as the file has them."""
    told = list(problems)
    sheets = {sheet: n for n, sheet in enumerate(dict.fromkeys(p.sheet for p in told))}
    return sorted(told, key=lambda p: (sheets[p.sheet], p.row or 0, _COLUMNS.get(p.column, -1)))
