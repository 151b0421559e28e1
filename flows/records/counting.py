"""A figure is counted: how much there is of what a form asks for, and which records say so."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from flows.records.entries import Entry, decided_under
from flows.records.lines import Line
from models.report_form import Counted


@dataclass(frozen=True, slots=True)
class Count:
    """`value` of money is in 分; `balancing` is what of it only makes up a difference."""

    value: int
    keys: tuple[str, ...]
    balancing: int = 0


def count(asked: Counted, found: Sequence[Entry], families: Mapping[str, set[str]]) -> Count:
    """`families`: each kind with those that are counted of it."""
    kinds = set[str]().union(*(families.get(kind, {kind}) for kind in asked.kinds))
    if asked.procedure:
        kinds.add(decided_under(asked.procedure))
    selected = [one for one in found if _selects(asked, one, kinds)]
    if asked.count == "records":
        return Count(len(selected), _keys(selected))
    pairs = [
        (one, line)
        for one in selected
        for line in one.lines
        if _TAKES[asked.count](line) and asked.result in ("", line.result)
    ]
    said = [line for _, line in pairs]
    keys = _keys(one for one, _ in pairs)
    if asked.count == "money":
        balancing = sum(line.amount or 0 for one, line in pairs if one.balancing)
        return Count(sum(line.amount or 0 for line in said), keys, balancing)
    if asked.count in ("unit_times", "person_times"):
        return Count(len(said), keys)
    return Count(len({_WHO[asked.count](line) for line in said}), keys)


def _selects(asked: Counted, one: Entry, kinds: set[str]) -> bool:
    return one.kind in kinds and asked.topic in ("", one.topic) and asked.led_by in ("", one.led_by)


def _keys(found: Iterable[Entry]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.key for one in found))


_TAKES: Mapping[str, Callable[[Line], bool]] = {
    "units": lambda line: bool(line.unit),
    "unit_times": lambda line: bool(line.unit),
    "people": lambda line: bool(line.person),
    "person_times": lambda line: bool(line.person),
    "subjects": lambda line: bool(line.subject),
    "money": lambda line: line.amount is not None,
}
_WHO: Mapping[str, Callable[[Line], object]] = {
    "units": lambda line: line.unit,
    "people": lambda line: (line.unit, line.person),  # a post is somebody else in another unit
    "subjects": lambda line: line.subject,
}
