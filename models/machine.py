"""A state machine is a declared table of moves. This module knows no table, session or clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class IllegalMove(Exception):
    """The machine has no such move."""

    def __init__(self, machine: str, state: StrEnum, event: str) -> None:
        super().__init__(f"{machine}: no move '{event}' from '{state}'")
        self.machine, self.state, self.event = machine, state, event


class NoReason(Exception):
    """The machine wants a reason for this move, and none was given."""


@dataclass(frozen=True, slots=True)
class Move:
    """One row of a machine: who may make it, and what must be given with it."""

    source: str
    event: str
    target: str
    who: tuple[str, ...]
    given: tuple[str, ...] = ()

    def require_reason(self, reason: str) -> None:
        if "reason" in self.given and not reason.strip():
            raise NoReason(f"'{self.event}' from '{self.source}' needs a reason")


@dataclass(frozen=True, slots=True)
class Machine:
    """A table of moves, checked when it is imported: a bad table cannot be run.

    Two moves that differ only in their target compete, unless the event is listed in
    `chosen`: there the caller names the target (a clock may pass over rungs).
    """

    name: str
    initial: StrEnum
    final: frozenset[StrEnum]
    moves: tuple[Move, ...]
    chosen: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        self._refuse_strangers()
        self._refuse_competing()
        self._refuse_unreachable()
        self._refuse_traps()

    def find(self, state: StrEnum, event: str, target: StrEnum | None = None) -> Move:
        """The move that this event makes here; raises IllegalMove when there is none."""
        for move in self.moves:
            if (move.source, move.event) == (state, event) and target in (None, move.target):
                return move
        raise IllegalMove(self.name, state, event)

    def allows(self, state: StrEnum, event: str) -> bool:
        return any((m.source, m.event) == (state, event) for m in self.moves)

    def states(self) -> tuple[StrEnum, ...]:
        return tuple(type(self.initial))

    def markdown(self) -> str:
        """The table as ARCHITECTURE.md prints it."""
        rows = ["| from | event | to | who | given |", "|---|---|---|---|---|"]
        rows += [
            f"| {m.source} | {m.event} | {m.target} | {', '.join(m.who)} | {', '.join(m.given)} |"
            for m in self.moves
        ]
        return "\n".join(rows)

    def _refuse_strangers(self) -> None:
        for move in self.moves:
            if move.source in self.final:
                raise ValueError(
                    f"{self.name}: {move.source} is final, so '{move.event}' cannot be"
                )
            for state in (move.source, move.target):
                if type(state) is not type(self.initial):
                    raise ValueError(f"{self.name}: {state} is no state of it")

    def _refuse_competing(self) -> None:
        seen: set[tuple[str, str, str | None]] = set()
        for move in self.moves:
            key = (move.source, move.event, move.target if move.event in self.chosen else None)
            if key in seen:
                raise ValueError(f"{self.name}: two moves compete for {move.event}@{move.source}")
            seen.add(key)

    def _refuse_unreachable(self) -> None:
        reached = self._closure({self.initial})
        if missing := [s for s in self.states() if s not in reached]:
            raise ValueError(f"{self.name}: nothing leads to {', '.join(missing)}")

    def _refuse_traps(self) -> None:
        leaving = {m.source for m in self.moves}
        if traps := [s for s in self.states() if s not in leaving and s not in self.final]:
            raise ValueError(f"{self.name}: nothing leads out of {', '.join(traps)}")

    def _closure(self, states: Iterable[str]) -> set[str]:
        reached = set(states)
        while grown := {m.target for m in self.moves if m.source in reached} - reached:
            reached |= grown
        return reached
