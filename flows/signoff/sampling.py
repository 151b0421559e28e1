"""A sample that anybody can draw again: from the same list, by the same seed."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A task that may be drawn, by its number, and the unit that it counts for."""

    number: str
    unit: str


def draw(eligible: Iterable[Candidate], share: int, at_least: int, seed: str) -> list[str]:
    """The numbers drawn, in the seed's order: of each unit `share` per cent, rounded up, and
    `at_least` in all where there are so many. In which order they are given makes no difference."""
    ranked = sorted(eligible, key=lambda one: _place(seed, one.number))
    quota = Counter(one.unit for one in ranked)
    for unit, n in quota.items():
        quota[unit] = -(-n * share // 100)
    drawn: list[str] = []
    left: list[str] = []
    for one in ranked:
        (drawn if quota[one.unit] > 0 else left).append(one.number)
        quota[one.unit] -= 1
    return drawn + left[: max(at_least - len(drawn), 0)]


def _place(seed: str, number: str) -> str:
    """A hash, and no generator of random numbers: those differ from version to version."""
    return hashlib.sha256(f"{seed}\n{number}".encode()).hexdigest()
