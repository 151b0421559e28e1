"""环节: the stages that a matter of one procedure goes through, each with a limit of its own."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from models.ladder import AnySpan, Strict
from models.rule_words import Fault
from models.workdays import Calendar


class Stage(Strict):
    """`within` is counted from the day on which the stage began, or on which the matter was
    opened; without it the deadline stays. `next`: the stages that may follow; none: it is the
    last. `in_time`: it is entered before the limit of the stage before it, or not at all. Where
    any stage `closes`, a sign-off is applied for in such a one only; the same with `objection`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    within: AnySpan | None = None
    counted_from: Literal["began", "opened"] = "began"
    next: tuple[str, ...] = ()
    basis: str = ""
    in_time: bool = False
    closes: bool = False
    objection: bool = False
    extension: bool = True
    suspension: bool = True

    def due_on(self, began: date, opened_on: date, calendar: Calendar) -> date | None:
        """Its limit, not rolled; None: it has none of its own."""
        if self.within is None:
            return None
        return self.within.after(opened_on if self.counted_from == "opened" else began, calendar)


def require_order(stages: Sequence[Stage]) -> None:
    """Raises Fault unless they hang together: all are named once, and the first leads to each."""
    names = [stage.name for stage in stages]
    if len(set(names)) < len(names):
        raise Fault("环节名称 name 不能重复", "two stages have one name").at("stage")
    for stage in stages:
        if stage.within is not None and stage.within.n < 1:
            raise _fault(stage, "within 须大于 0", "'within' must be more than 0")
        for name in stage.next:
            if name not in names or name == stage.name:
                raise _fault(stage, f"next 没有这个环节：{name}", f"'next' knows no stage '{name}'")
    led_to = {stage.name for stage in stages[:1]}
    while grown := {n for s in stages if s.name in led_to for n in s.next} - led_to:
        led_to |= grown
    for stage in stages:
        if stage.name not in led_to:
            raise _fault(stage, "没有环节通向它", "nothing leads to it")


def _fault(stage: Stage, chinese: str, english: str) -> Fault:
    return Fault(chinese, english).at(f"stage {stage.name}")
