"""What is put before somebody to decide on: in a mail of its own, and chased in a digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.organisation import PostKind
from models.request_machine import RequestKind
from models.warning import Colour
from notifications import sentences
from notifications.render import Rendered, render
from notifications.wording import CHINESE, ENGLISH, colour_word, day_words, word


@dataclass(frozen=True, slots=True)
class Asked:
    """One matter on which one person is asked to decide. A restricted one carries number, colour
    and dates only.

    `level` and its title: of an application; `request`: the kind of a request; with neither it is
    the `nth` look-back. `words` is what was done, or why it is asked for; `until_on` the date asked
    for. `again`: what was approved before is void, because the material was changed.
    """

    number: str
    title: str
    unit: str
    restricted: bool
    colour: Colour
    level: int | None
    levels: int
    level_title: str
    request: RequestKind | None
    nth: int | None
    asked_by: str
    asked_on: date | None
    words: str
    legal_basis: str
    until_on: date | None
    evidence: int
    due_on: date | None
    original_due_on: date | None
    given_on: date
    decide_by: date
    capacity: PostKind
    stands_for: str
    climbed_from: PostKind | None
    named_by: str
    again: bool
    link: str = ""

    def tag(self, language: str = CHINESE) -> str:
        said = colour_word(self.colour, language)
        return said.capitalize() if language == ENGLISH else said

    def matter(self, language: str = CHINESE) -> str:
        """What kind of decision it is, and where it stands."""
        english = language == ENGLISH
        if self.restricted:
            return "a decision" if english else "审核事项"
        if self.request is not None:
            return word(f"request.{self.request}", language)
        if self.nth is not None:
            return f"look-back no. {self.nth}" if english else f"第 {self.nth} 次回头看"
        if english:
            return f"sign-off, level {self.level} of {self.levels}: {self.level_title}"
        return f"销号申请，第 {self.level} 级（共 {self.levels} 级）：{self.level_title}"

    def asked(self, language: str = CHINESE) -> str:
        """By whom and when; nothing for a look-back."""
        if self.restricted or not self.asked_by or self.asked_on is None:
            return ""
        on = day_words(self.asked_on, language)
        return f"{self.asked_by}, {on}" if language == ENGLISH else f"{self.asked_by}，{on}"

    def material(self, language: str = CHINESE) -> str:
        if self.restricted or self.level is None:
            return ""
        if language == ENGLISH:
            return f"{self.evidence} file{'' if self.evidence == 1 else 's'}"
        return f"佐证材料 {self.evidence} 份" if self.evidence else "未附佐证材料"

    def deadline(self, language: str = CHINESE) -> str:
        """The present one, with the first where that was another."""
        if self.due_on is None:
            return ""
        due = day_words(self.due_on, language)
        if self.original_due_on in (None, self.due_on):
            return due
        first = day_words(self.original_due_on or self.due_on, language)
        return f"{due} (first {first})" if language == ENGLISH else f"{due}（原定{first}）"

    def wanted(self, language: str = CHINESE) -> str:
        """What the date is that is asked for."""
        return word(f"until.{self.request}", language)

    def why(self, language: str = CHINESE) -> str:
        return sentences.why_asked(
            self.capacity, self.stands_for, self.climbed_from, self.named_by, language
        )

    @property
    def act(self) -> str:
        """Which words stand on its button."""
        if self.restricted or self.level is not None:
            return "review"
        return "look_back" if self.nth is not None else "approve"


@dataclass(frozen=True, slots=True)
class Chased:
    """催办: a decision that is due or late. `days_over` is counted from the day by which it is
    owed. `superior`: said to the level above `owed_by`."""

    asked: Asked
    superior: bool
    owed_by: str
    days_over: int

    @property
    def refused(self) -> bool:
        """The level above hears of it before it is late only because the mail was refused."""
        return self.superior and self.days_over <= 0

    def said(self, language: str = CHINESE) -> str:
        return sentences.chased(
            self.asked.decide_by,
            self.days_over,
            superior=self.superior,
            refused=self.refused,
            owed_by=self.owed_by,
            language=language,
        )


@dataclass(frozen=True, slots=True)
class ReferralMail:
    """Everything that one person is newly asked to decide. `more` is only counted."""

    on: date
    to_name: str
    lines: Sequence[Asked]
    all_link: str
    more: int = 0

    @property
    def first_by(self) -> date:
        return min(line.decide_by for line in self.lines)

    @property
    def urgent(self) -> bool:
        return any(line.colour == Colour.RED for line in self.lines)


def render_referral(mail: ReferralMail, language: str) -> Rendered:
    return render("referral", language, mail=mail)
