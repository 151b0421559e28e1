"""A scheme of scores as data: which events give or take how many points in a period."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from models.ladder import AnySpan, Strict, Within, parse_rules
from models.rule_words import Fault
from models.span import add_months
from models.warning import Colour
from models.workdays import DAY

MONTHS = {"month": 1, "quarter": 3, "year": 12}
LARGEST = Decimal(1000)

Event = Literal[
    "warned",
    "unacknowledged",
    "unanswered",
    "signed_off_in_time",
    "signed_off_late",
    "overdue",
    "duty_missed",
    "returned",
    "reopened",
    "recorded",
    "code",
    "bulletin",
]
COLOURED = {"warned", "unacknowledged", "unanswered", "code", "bulletin"}
OF_TASKS = {
    "warned",
    "unacknowledged",
    "unanswered",
    "signed_off_in_time",
    "signed_off_late",
    "overdue",
    "returned",
    "reopened",
}


def _points(value: Decimal) -> Decimal:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -2 or not abs(value) <= LARGEST:
        raise Fault(
            f"须在 ±{LARGEST} 之内，至多两位小数", f"must lie within ±{LARGEST}, with two places"
        )
    return value


Points = Annotated[Decimal, AfterValidator(_points)]


class ScoreRule(Strict):
    """`from_nth`: the n-th such event of one matter, and those after it. `most`: of this rule a
    unit gets or loses no more in a period."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    event: Event
    points: Points
    most: Points | None = None
    from_nth: int = Field(default=1, ge=1)
    colours: tuple[Colour, ...] = ()
    procedures: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()  # of records
    duties: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    basis: str = ""

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if not self.points:
            raise Fault("不能为 0", "must not be 0").at("points")
        if self.most is not None and self.most <= 0:
            raise Fault("须大于 0，加分减分都一样", "must be above 0, whatever the sign").at("most")
        only = (
            ("colours", bool(self.colours), self.event in COLOURED),
            ("procedures", bool(self.procedures), self.event in OF_TASKS),
            ("from_nth", self.from_nth > 1, self.event in OF_TASKS),
            ("kinds", bool(self.kinds), self.event == "recorded"),
            ("duties", bool(self.duties), self.event == "duty_missed"),
            ("series", bool(self.series), self.event == "code"),
        )
        for key, given, fits in only:
            if given and not fits:
                raise Fault(f"不适用于 {self.event}", f"does not go with '{self.event}'").at(key)
        for key, needs in (("colours", {"warned", "code"}), ("kinds", {"recorded"})):
            if self.event in needs and not getattr(self, key):
                raise Fault("缺少此项", "is missing").at(key)
        return self


class ScoreFile(Strict):
    """`base`: what every unit begins with. `units` empty: every unit that ever had a matter."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    period: Literal["month", "quarter", "year"]
    base: Points = Decimal(0)
    units: tuple[str, ...] = ()
    object_within: Within
    answer_within: AnySpan
    rule: tuple[ScoreRule, ...] = Field(min_length=1)
    basis: str = ""
    demonstration: bool = False

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        names = [one.name for one in self.rule]
        if twice := {name for name in names if names.count(name) > 1}:
            shown = "、".join(sorted(twice))
            raise Fault(f"“{shown}”写了两次", f"'{shown}' stands there twice").at("rule")
        if self.answer_within.n <= 0:
            raise Fault("须大于 0", "must be above 0").at("answer_within")
        return self

    def days_of(self, on: date) -> tuple[date, date]:
        """First and last day of the period in which this day lies."""
        months = MONTHS[self.period]
        first = date(on.year, (on.month - 1) // months * months + 1, 1)
        return first, add_months(first, months) - DAY

    def before(self, on: date) -> tuple[date, date]:
        """The period before the one in which this day lies."""
        return self.days_of(self.days_of(on)[0] - DAY)

    def written(self, first: date) -> str:
        if self.period == "year":
            return str(first.year)
        if self.period == "quarter":
            return f"{first.year}Q{(first.month + 2) // 3}"
        return f"{first:%Y-%m}"

    def named(self, rule: str) -> ScoreRule | None:
        return next((one for one in self.rule if one.name == rule), None)


def parse_scores(text: str, *, file: str) -> ScoreFile:
    """Read a scheme; raises RuleError naming file and key."""
    return parse_rules(ScoreFile, text, file=file)
