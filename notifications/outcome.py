"""What was decided, as it is said to everybody who has to know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.decision import Verdict
from models.request_machine import RequestKind
from models.warning import Colour
from notifications import outcome_words
from notifications.render import Rendered, render
from notifications.wording import CHINESE, ENGLISH, colour_word, day_words, event_word, word


class Part(StrEnum):
    """What this person has to do with it."""

    RESPONSIBLE = "responsible"  # handles it, or asked for what was decided
    NEW = "new"  # handles it from now on
    RELIEVED = "relieved"  # handled it until now
    COPY = "copy"
    NOT_ASKED = "not_asked"  # was asked to decide, and need not any more


@dataclass(frozen=True, slots=True)
class Outcome:
    """One move of the sign-off. A restricted matter carries number, colour and dates only.

    `event` as the machines name it; `request` with a kind where a request was decided. `due_on`
    is the deadline as it is now, `moved_from` what it was where this move changed it;
    `relieved_from` the colour that it had.
    """

    number: str
    title: str
    unit: str
    restricted: bool
    colour: Colour
    event: str
    part: Part
    on: date
    by: str
    reason: str
    requirement: str
    request: RequestKind | None = None
    until_on: date | None = None
    verdict: Verdict | None = None
    handler: str = ""  # who handles it now
    due_on: date | None = None
    moved_from: date | None = None
    original_due_on: date | None = None
    relieved_from: Colour | None = None

    def tag(self, language: str = CHINESE) -> str:
        said = colour_word(self.colour, language)
        return said.capitalize() if language == ENGLISH else said

    def heading(self, language: str = CHINESE) -> str:
        if self.part is Part.NOT_ASKED:
            return word("outcome.not_asked", language)
        if self.event in ("grant", "refuse") and self.request is not None:
            return word(f"outcome.{self.event}.{self.request}", language)
        return event_word(self.event, language)

    def todo(self, language: str = CHINESE) -> str:
        return outcome_words.todo(self, language)

    def who(self, language: str = CHINESE) -> str:
        on = day_words(self.on, language)
        separator = ", " if language == ENGLISH else "，"
        return f"{self.by}{separator}{on}" if self.by else on

    def deadline(self, language: str = CHINESE) -> str:
        """The present one, with what it was before."""
        if self.due_on is None or self.part is Part.NOT_ASKED:
            return ""
        return outcome_words.deadline(self, language)

    def relieved(self, language: str = CHINESE) -> str:
        """How and why the colour came down."""
        if self.relieved_from is None or self.part is Part.NOT_ASKED:
            return ""
        return outcome_words.relieved(self, self.relieved_from, language)


@dataclass(frozen=True, slots=True)
class OutcomeMail:
    on: date
    to_name: str
    lines: Sequence[Outcome]
    all_link: str
    more: int = 0

    @property
    def for_the_reader(self) -> list[Outcome]:
        """What is the reader's own; else it is a copy, or nothing to do any more."""
        return [
            line for line in self.lines if line.part in (Part.RESPONSIBLE, Part.NEW, Part.RELIEVED)
        ]

    @property
    def copies(self) -> list[Outcome]:
        return [line for line in self.lines if line.part is Part.COPY]

    @property
    def not_asked(self) -> list[Outcome]:
        return [line for line in self.lines if line.part is Part.NOT_ASKED]


def render_outcome(mail: OutcomeMail, language: str) -> Rendered:
    return render("outcome", language, mail=mail)
