"""A series of measurements as data: whose value, how often, and where it is yellow or red."""

import re
from datetime import date
from decimal import Decimal
from typing import Literal, Self

from pydantic import Field, model_validator

from models.ladder import AnySpan, Strict, fields_in, parse_rules
from models.organisation import PostKind
from models.rule_words import Fault
from models.span import add_months
from models.warning import Colour

MONTHS = {"month": 1, "quarter": 3, "year": 12}
_WRITTEN = {
    "month": re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"(\d{4})Q([1-4])"),
    "year": re.compile(r"(\d{4})()"),
}
SHAPES = {"month": "2022-07", "quarter": "2022Q3", "year": "2022"}


class Point(Strict):
    """What is to be reached by the end of a period."""

    by: str
    value: Decimal


class Subject(Strict):
    """`unit`: whose it is, and who follows a change for the worse up."""

    name: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    target: tuple[Point, ...] = ()


class FollowUp(Strict):
    procedure: str
    number_format: str
    within: AnySpan
    post: PostKind = PostKind.HANDLER
    measures: tuple[str, ...] = ()


class SeriesFile(Strict):
    """Green from `green` on and yellow from `yellow` on, in the direction that is better; or green
    on the target path and yellow within `slack` of it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    unit: str = ""
    period: Literal["month", "quarter", "year"]
    better: Literal["higher", "lower"]
    green: Decimal | None = None
    yellow: Decimal | None = None
    target: tuple[Point, ...] = ()
    slack: Decimal = Field(default=Decimal(0), ge=0)
    subject: tuple[Subject, ...] = Field(min_length=1)
    duty: str = ""  # by which it is reported
    follow_up: FollowUp
    basis: str = ""
    demonstration: bool = False

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        names = [one.name for one in self.subject]
        if twice := {name for name in names if names.count(name) > 1}:
            shown = "、".join(sorted(twice))
            raise Fault(f"“{shown}”写了两次", f"'{shown}' stands there twice").at("subject")
        if fields_in(self.follow_up.number_format) != {"year", "n"}:
            raise Fault(
                "须含 {year} 和 {n}，花括号里不能有别的", "needs {year} and {n} and nothing else"
            ).at("follow_up · number_format")
        self._bounds()
        return self

    def _bounds(self) -> None:
        thresholds = self.green is not None and self.yellow is not None
        paths = all(self._path(one) for one in self.subject)
        if thresholds == paths or (self.green is None) != (self.yellow is None):
            raise Fault(
                "green 和 yellow，或目标路径 target（全部或每个 subject），须写一样，也只能写一样",
                "write either 'green' and 'yellow', or a 'target' path for all or each subject",
            )
        if self._sign * ((self.green or 0) - (self.yellow or 0)) < 0:
            raise Fault(
                f"方向有误：{self.better} 更好时 green 不能比 yellow 差",
                f"wrong direction: with '{self.better}' green must be no worse than yellow",
            ).at("green")
        for one in self.subject:
            points = [self.period_of(point.by) for point in self._path(one)]
            if points != sorted(set(points)):
                raise Fault("须按先后写", "must come in order").at("target")

    @property
    def _sign(self) -> int:
        return 1 if self.better == "higher" else -1

    def _path(self, subject: Subject) -> tuple[Point, ...]:
        return subject.target or self.target

    def period_of(self, written: str) -> date:
        """The first day of the period. Raises Fault."""
        found = _WRITTEN[self.period].fullmatch(written.strip())
        if not found or not 1949 <= int(found[1]) <= 2100:
            shape = SHAPES[self.period]
            raise Fault(
                f"“{written[:20]}”不是时期，请写成 {shape}",
                f"'{written[:20]}' is no period, write it as {shape}",
            )
        n = int(found[2] or 1)
        return date(int(found[1]), (n - 1) * MONTHS[self.period] + 1 if found[2] else 1, 1)

    def written(self, period: date) -> str:
        if self.period == "year":
            return str(period.year)
        if self.period == "quarter":
            return f"{period.year}Q{(period.month + 2) // 3}"
        return f"{period:%Y-%m}"

    def earlier(self, period: date, n: int) -> date:
        return add_months(period, -n * MONTHS[self.period])

    def latest(self, on: date) -> date:
        """The period in which this day lies."""
        months = MONTHS[self.period]
        return date(on.year, (on.month - 1) // months * months + 1, 1)

    def named(self, subject: str) -> Subject | None:
        return next((one for one in self.subject if one.name == subject), None)

    def bounds(self, subject: Subject, period: date) -> tuple[Decimal, Decimal]:
        """(green from here on, yellow from here on)."""
        if self.green is not None and self.yellow is not None:
            return self.green, self.yellow
        on_path = self._on_path(self._path(subject), period)
        return on_path, on_path - self._sign * self.slack

    def code(self, subject: Subject, period: date, value: Decimal) -> Colour:
        green, yellow = self.bounds(subject, period)
        if self._sign * (value - green) >= 0:
            return Colour.GREEN
        return Colour.YELLOW if self._sign * (value - yellow) >= 0 else Colour.RED

    def _on_path(self, path: tuple[Point, ...], period: date) -> Decimal:
        """Straight from point to point; level before the first and after the last."""
        before: Point | None = None
        for point in path:
            if self.period_of(point.by) >= period:
                return point.value if before is None else self._between(before, point, period)
            before = point
        assert before is not None  # a path has a point
        return before.value

    def _between(self, one: Point, other: Point, period: date) -> Decimal:
        first, last = self.period_of(one.by), self.period_of(other.by)
        share = Decimal(_months(period) - _months(first)) / (_months(last) - _months(first))
        return one.value + (other.value - one.value) * share


def _months(day: date) -> int:
    return day.year * 12 + day.month


def parse_series(text: str, *, file: str) -> SeriesFile:
    """Read a file of a series; raises RuleError naming file and key."""
    return parse_rules(SeriesFile, text, file=file)
