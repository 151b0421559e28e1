"""What the office is told at once: a decision is asked for, and nobody may make it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.warning import Colour
from notifications.render import Rendered, render


@dataclass(frozen=True, slots=True)
class Undecided:
    """One matter; a restricted one carries number and colour only. `what`: a key of `stalled.…`"""

    number: str
    title: str
    unit: str
    restricted: bool
    colour: Colour
    what: str


@dataclass(frozen=True, slots=True)
class UndecidedMail:
    on: date
    to_name: str
    matters: Sequence[Undecided]
    desk: str


def render_undecided(mail: UndecidedMail, language: str) -> Rendered:
    return render("unreferred", language, mail=mail)
