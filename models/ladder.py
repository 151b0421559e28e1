"""The ladder: a policy file as data. Which colours, when, who is told, what they owe."""

import itertools
import tomllib
from collections.abc import Iterator
from string import Formatter
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from models.organisation import PostKind
from models.refusal import Refusal
from models.rule_words import BEYOND_READING, Fault, faults, hidden_in, toml_fault
from models.span import Span
from models.warning import Colour

Clock = Literal["due", "opened", "stage", "reported", "unacknowledged", "unanswered"]
NOTICE_CLOCKS: tuple[Clock, ...] = ("unacknowledged", "unanswered")

Rules = TypeVar("Rules", bound=BaseModel)


class RuleError(Refusal):
    """A policy or procedure file that cannot be used: one line per fault."""

    def __init__(self, file: str, *faults: Fault) -> None:
        told = [fault.at(file) for fault in faults]
        super().__init__(
            "\n".join(fault.chinese for fault in told), "\n".join(fault.english for fault in told)
        )


def _span(written: Any) -> Span:
    return written if isinstance(written, Span) else Span.parse(str(written))


def _within(written: Any) -> Span:
    span = _span(written)
    if span.n < 0 or span.unit == "mo":
        raise Fault(
            f"“{written}”有误；请写 0 以上的天数，如 1wd 或 3d",
            f"'{written}' must be a number of days, at least 0, as 1wd or 3d",
        )
    return span


AS_WRITTEN = PlainSerializer(Span.written)
AnySpan = Annotated[Span, BeforeValidator(_span), AS_WRITTEN]
Within = Annotated[Span, BeforeValidator(_within), AS_WRITTEN]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Entry(Strict):
    """When a rung or a reminder strikes: the first business date D ≥ anchor + after."""

    clock: Clock
    after: AnySpan
    of: Colour | None = None

    @model_validator(mode="after")
    def _of_belongs_to_notices(self) -> Self:
        if (self.clock in NOTICE_CLOCKS) != (self.of is not None):
            raise Fault(
                f"of 须与 {' 或 '.join(NOTICE_CLOCKS)} 同写，也只能与它们同写",
                f"'of' goes with {' and '.join(NOTICE_CLOCKS)}, and only with them",
            )
        return self

    def __str__(self) -> str:
        return f"{self.clock}{f' {self.of}' if self.of else ''} {self.after}"

    @classmethod
    def of_cause(cls, cause: str) -> Self | None:
        """The entry that a transition names as its cause, whatever policy counts by now."""
        if not cause:
            return None
        clock, *of, after = cause.split()
        return cls.model_validate({"clock": clock, "of": of[0] if of else None, "after": after})


class Reminder(Strict):
    when: tuple[Entry, ...] = Field(min_length=1)
    tell: tuple[PostKind, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _still_green(self) -> Self:
        if any(entry.of for entry in self.when):
            raise Fault(
                "提醒只在绿色时发出，那时还没有预警单，不能用 unacknowledged、unanswered",
                "a reminder is said while the task is green: no notice is live yet",
            )
        return self


class Rung(Strict):
    colour: Colour
    label: str
    when: tuple[Entry, ...] = Field(min_length=1)
    tell: tuple[PostKind, ...] = Field(min_length=1)
    copy_to: tuple[PostKind, ...] = Field(default=(), alias="copy")
    acknowledge_within: Within | None = None
    answer_within: Within | None = None


class Ladder(Strict):
    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: str = Field(min_length=1)
    version: str = Field(min_length=1)
    basis: str = ""
    number_format: str
    roll: Literal["next", "none"] = "next"
    reminder: tuple[Reminder, ...] = ()
    rung: tuple[Rung, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        self._colours_rise()
        self._of_is_the_next_lower_rung()
        if fields_in(self.number_format) != {"year", "n"}:
            raise Fault(
                "须含 {year} 和 {n}，花括号里不能有别的，如 定督〔{year}〕{n}号",
                "needs {year} and {n} and nothing else in braces, as 定督〔{year}〕{n}号",
            ).at("number_format")
        return self

    def _colours_rise(self) -> None:
        colours = [rung.colour for rung in self.rung]
        if Colour.GREEN in colours:
            raise Fault(
                "green（绿色）不是预警；请用 blue、yellow、orange 或 red",
                "green is no warning; use blue, yellow, orange or red",
            ).at("rung")
        if any(a.rank >= b.rank for a, b in itertools.pairwise(colours)):
            raise Fault(
                f"颜色须逐级升高，现为 {'、'.join(colours)}",
                f"the colours must rise, found {', '.join(colours)}",
            ).at("rung")

    def _of_is_the_next_lower_rung(self) -> None:
        lower: Rung | None = None
        for n, rung in enumerate(self.rung, 1):
            for entry in rung.when:
                if entry.of:
                    _check_of(f"rung {n} ({rung.colour}) · when · of", entry, lower)
            lower = rung

    def at(self, colour: Colour) -> Rung:
        for rung in self.rung:
            if rung.colour == colour:
                return rung
        raise LookupError(f"policy {self.name} {self.version} has no {colour} rung")

    def passed(self, source: Colour, target: Colour) -> tuple[Colour, ...]:
        """The rungs strictly between two colours."""
        return tuple(
            rung.colour for rung in self.rung if source.rank < rung.colour.rank < target.rank
        )

    def entries(self) -> Iterator[tuple[Rung, Entry]]:
        for rung in self.rung:
            for entry in rung.when:
                yield rung, entry


def _check_of(where: str, entry: Entry, lower: Rung | None) -> None:
    if lower is None:
        raise Fault(f"“{entry.of}”下面没有更低的一级", f"'{entry.of}' has no lower rung").at(where)
    if entry.of != lower.colour:
        raise Fault(
            f"“{entry.of}”有误；须是低一级的“{lower.colour}”",
            f"'{entry.of}' must be the next lower rung, '{lower.colour}'",
        ).at(where)
    needed = "answer_within" if entry.clock == "unanswered" else "acknowledge_within"
    if getattr(lower, needed) is None:
        raise Fault(
            f"{lower.colour} 一级没有写 {needed}，“{entry.clock}”永远不会达到",
            f"the {lower.colour} rung sets no time for it, so '{entry.clock}' would never strike",
        ).at(where)


def fields_in(form: str) -> set[str]:
    """What stands in braces; a stray brace is a field of no name."""
    try:
        return {
            name + (conversion or "") + (layout or "")
            for _, name, layout, conversion in Formatter().parse(form)
            if name is not None
        }
    except ValueError:
        return {""}


def parse_ladder(text: str, *, file: str) -> Ladder:
    """Read a policy file; raises RuleError naming file, table and key."""
    return parse_rules(Ladder, text, file=file)


def parse_rules(kind: type[Rules], text: str, *, file: str) -> Rules:
    try:
        said = tomllib.loads(text)
        if hidden := [*hidden_in(said)]:
            raise RuleError(file, *hidden)
        return kind.model_validate(said)
    except tomllib.TOMLDecodeError as error:
        raise RuleError(file, toml_fault(error)) from error
    except ValidationError as error:
        raise RuleError(file, *faults(error)) from error
    except (RecursionError, ValueError) as error:
        raise RuleError(file, BEYOND_READING) from error
