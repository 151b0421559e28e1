"""The warning machine: a task's colour, from green up to red."""

from enum import StrEnum

from models.machine import Machine, Move


class Colour(StrEnum):
    """In rank order. A policy chooses which of them it uses."""

    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"

    @property
    def rank(self) -> int:
        return RANKS[self]


RANKS = {colour: rank for rank, colour in enumerate(Colour)}
LADDER = tuple(Colour)


def below(colour: Colour) -> tuple[Colour, ...]:
    """The colours that a rung of this colour raises."""
    return LADDER[: colour.rank]


def _escalations() -> tuple[Move, ...]:
    return tuple(
        Move(low, "escalate", high, ("clock",), ("strike date",))
        for low in LADDER
        for high in LADDER
        if low.rank < high.rank
    )


def _reliefs() -> tuple[Move, ...]:
    return tuple(
        Move(high, "relieve", low, ("import", "approver"), ("new deadline", "reason"))
        for high in LADDER
        for low in LADDER
        if low.rank < high.rank
    )


def _lifts() -> tuple[Move, ...]:
    return tuple(
        Move(colour, "lift", Colour.GREEN, ("sign-off", "office"), ("reason",))
        for colour in LADDER[1:]
    )


WARNING = Machine(
    name="warning",
    initial=Colour.GREEN,
    final=frozenset(),
    moves=(*_escalations(), *_reliefs(), *_lifts()),
    chosen=frozenset({"escalate", "relieve"}),
)
