"""A duty file as data: what comes back, when, for whom, and how long there is to answer."""

from datetime import date
from typing import Self

from pydantic import Field, model_validator

from models.ladder import AnySpan, Strict, Within, fields_in, parse_rules
from models.organisation import PostKind
from models.recurrence import Occurrence, before_holidays, by_rule, check_rule
from models.rule_words import Fault
from models.span import month_day
from models.workdays import Calendar

FARTHEST = 30  # days before a holiday
IN_TITLES = {"year", "month", "quarter"}


class DutyFile(Strict):
    """`units` empty: every unit in which somebody holds the post. `pairings`: instead, each
    leader with whom he is paired under that topic. `within` or `by_day` (of the
    month, its end at the latest) is the time to answer."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    task_title: str = ""  # with {year}, {month}, {quarter}, {holiday}; else the duty's own
    procedure: str
    number_format: str
    begins: date
    ends: date | None = None
    recurrence: str = ""
    before_holiday: Within | None = None
    within: AnySpan | None = None
    by_day: int | None = Field(default=None, ge=1, le=31)
    units: tuple[str, ...] = ()
    pairings: str = ""
    post: PostKind = PostKind.HANDLER
    goal: str = ""
    measures: tuple[str, ...] = ()
    basis: str = ""
    demonstration: bool = False

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        _one_of(self.recurrence or None, "recurrence", self.before_holiday, "before_holiday")
        _one_of(self.within, "within", self.by_day, "by_day")
        if self.within is not None and self.within.n < 0:
            raise Fault(f"“{self.within.written()}”有误；请写 0 以上", "must be at least 0").at(
                "within"
            )
        if self.before_holiday is not None and not 1 <= self.before_holiday.n <= FARTHEST:
            raise Fault(f"须为 1 至 {FARTHEST}", f"must be from 1 to {FARTHEST}").at(
                "before_holiday"
            )
        if self.pairings and self.units:
            raise Fault("不能与 units 同写", "does not go with 'units'").at("pairings")
        if self.ends and self.ends < self.begins:
            raise Fault("早于 begins", "lies before 'begins'").at("ends")
        if self.recurrence:
            try:
                check_rule(self.recurrence, self.begins)
            except Fault as fault:
                raise fault.at("recurrence") from fault
        self._words()
        return self

    def _words(self) -> None:
        if fields_in(self.number_format) != {"year", "n"}:
            raise Fault(
                "须含 {year} 和 {n}，花括号里不能有别的，如 周报〔{year}〕{n}号",
                "needs {year} and {n} and nothing else in braces, as 周报〔{year}〕{n}号",
            ).at("number_format")
        may = IN_TITLES | ({"holiday"} if self.before_holiday else set())
        if fields_in(self.task_title) - may:
            shown = " ".join(f"{{{name}}}" for name in sorted(may))
            raise Fault(f"花括号里只能写 {shown}", f"only {shown} may stand in braces").at(
                "task_title"
            )

    def occurrences(self, after: date, until: date, calendar: Calendar) -> list[Occurrence]:
        """Those that open after the one day, up to and with the other."""
        until = min(until, self.ends or until)
        if self.before_holiday is None:
            return list(by_rule(self.recurrence, self.begins, after, until))
        return list(before_holidays(self.before_holiday, self.begins, after, until, calendar))

    def due_on(self, occurrence: Occurrence, calendar: Calendar) -> date:
        if self.within is not None:
            return self.within.after(occurrence.on, calendar)
        return month_day(occurrence.on, self.by_day or 1)

    def title_of(self, occurrence: Occurrence) -> str:
        of = occurrence.of
        return (self.task_title or self.title).format(
            year=of.year,
            month=of.month,
            quarter=(of.month + 2) // 3,
            holiday=occurrence.holiday or "节假日",
        )


def _one_of(one: object, named: str, other: object, also: str) -> None:
    if (one is None) == (other is None):
        raise Fault(
            f"{named} 和 {also} 须写一个，也只能写一个",
            f"write either '{named}' or '{also}', and only one of them",
        )


def parse_duty(text: str, *, file: str) -> DutyFile:
    """Read a duty file; raises RuleError naming file and key."""
    return parse_rules(DutyFile, text, file=file)
