"""What every chart has: its drawing, the same in words, and how wide a text is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.warning import Colour
from notifications.wording import ENGLISH, colour_word

Counts = Mapping[Colour, int]
WORST_FIRST = tuple(reversed(Colour))
WIDTH = 640  # of every chart, in its own units
SIZE = 13  # of its letters


@dataclass(frozen=True)
class Chart:
    """`words` says what is to be seen, for whoever cannot see it."""

    svg: str
    words: str


def used(counted: Sequence[Counts]) -> list[Colour]:
    """The worst first. Orange only where something is: most policies do not know it."""
    return [
        colour
        for colour in WORST_FIRST
        if any(colour in one for one in counted)
        and (colour != Colour.ORANGE or any(one.get(colour) for one in counted))
    ]


def counts_words(counts: Counts, language: str) -> str:
    """红1 黄2, or 1 red, 2 yellow; what is 0 is not said."""
    some = [(colour, counts[colour]) for colour in WORST_FIRST if counts.get(colour)]
    if language == ENGLISH:
        return ", ".join(f"{n} {colour_word(colour, ENGLISH)}" for colour, n in some) or "none"
    return " ".join(f"{colour_word(colour)[0]}{n}" for colour, n in some) or "无"


def text_width(words: str, size: float = SIZE) -> float:
    """About: a Chinese character is as wide as it is high, a Latin one about half of it."""
    return sum(size if ord(one) > 0x2E80 else size * 0.56 for one in words)


def cut(words: str, width: float, size: float = SIZE) -> str:
    """As much of it as there is room for."""
    if text_width(words, size) <= width:
        return words
    while words and text_width(f"{words}…", size) > width:
        words = words[:-1]
    return f"{words}…"
