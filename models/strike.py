"""When a rung strikes, and its mirror: which anchors have struck by a given date.

`strike` is monotone in the anchor for every span, rolling and clipping included. So for each
business date there is one cutoff per entry, and comparing a column with it says the same as
computing every task's strike date.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from models.ladder import Clock, Entry, Ladder, Rung
from models.span import last_before
from models.warning import Colour
from models.workdays import Calendar

Anchors = Mapping[tuple[Clock, Colour | None], date | None]
"""One task's anchors. Notice clocks are keyed with the colour of the live notice."""


@dataclass(frozen=True, slots=True)
class Strike:
    """A rung's entry and the first business date on which it strikes."""

    rung: Rung
    entry: Entry
    anchor: date
    on: date


def counted(due_on: date, ladder: Ladder, calendar: Calendar) -> date:
    """A deadline on a day off counts as the next working day, where the policy says so."""
    return calendar.roll(due_on) if ladder.roll == "next" else due_on


def start(entry: Entry, anchor: date, ladder: Ladder, calendar: Calendar) -> date:
    """The day from which this entry counts."""
    return counted(anchor, ladder, calendar) if entry.clock == "due" else anchor


def strike(entry: Entry, anchor: date, ladder: Ladder, calendar: Calendar) -> date:
    return entry.after.after(start(entry, anchor, ladder, calendar), calendar)


def cutoff(entry: Entry, on: date, ladder: Ladder, calendar: Calendar) -> date:
    """max{x : strike(x) ≤ on}: what hangs on an anchor up to here has struck."""
    return last_before(lambda anchor: strike(entry, anchor, ladder, calendar), on, entry.after)


def strikes(ladder: Ladder, anchors: Anchors, calendar: Calendar) -> list[Strike]:
    """Every entry that has an anchor, in the ladder's order, whether struck yet or not."""
    found = []
    for rung, entry in ladder.entries():
        anchor = anchors.get((entry.clock, entry.of))
        if anchor is not None:
            found.append(Strike(rung, entry, anchor, strike(entry, anchor, ladder, calendar)))
    return found


def highest(struck: list[Strike], on: date) -> Strike | None:
    """The highest rung struck by this date; of its entries the first one declared."""
    best: Strike | None = None
    for candidate in struck:
        if candidate.on <= on and (
            best is None or candidate.rung.colour.rank > best.rung.colour.rank
        ):
            best = candidate
    return best
