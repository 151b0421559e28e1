"""A ladder in words: what `sise policy show` prints and the desk shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.ladder import Ladder, Rung
from models.span import Span
from models.warning import Colour
from notifications.explanation import entry_words, span_words
from notifications.wording import post_word


@dataclass(frozen=True)
class RungWords:
    """One rung. It strikes by any of `when`; what it sets no time for is empty."""

    colour: Colour
    label: str
    when: Sequence[str]
    tell: Sequence[str]
    copied: Sequence[str]
    acknowledge: str
    answer: str


@dataclass(frozen=True)
class ReminderWords:
    """Said while the task is green."""

    when: Sequence[str]
    tell: Sequence[str]


def rungs(ladder: Ladder, language: str) -> list[RungWords]:
    return [_rung(rung, language) for rung in ladder.rung]


def reminders(ladder: Ladder, language: str) -> list[ReminderWords]:
    return [
        ReminderWords(
            [entry_words(entry, language) for entry in one.when],
            [post_word(kind, language) for kind in one.tell],
        )
        for one in ladder.reminder
    ]


def _rung(rung: Rung, language: str) -> RungWords:
    return RungWords(
        rung.colour,
        rung.label,
        when=[entry_words(entry, language) for entry in rung.when],
        tell=[post_word(kind, language) for kind in rung.tell],
        copied=[post_word(kind, language) for kind in rung.copy_to],
        acknowledge=_span(rung.acknowledge_within, language),
        answer=_span(rung.answer_within, language),
    )


def _span(span: Span | None, language: str) -> str:
    return span_words(span, language) if span else ""
