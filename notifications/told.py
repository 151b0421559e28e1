"""Who was told of a notice, whether it reached them, and what they did: one sentence each."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.notice import Duty
from models.organisation import PostKind
from models.warning import Colour
from notifications.wording import (
    ENGLISH,
    assurance_word,
    colour_word,
    day_words,
    duty_word,
    post_word,
    word,
)


class Reach(StrEnum):
    """Whether a person knows of a notice."""

    TOLD = "told"  # the mail was sent, or the person has acted
    WAITING = "waiting"  # the mail has not gone yet
    REFUSED = "refused"  # no mailbox took it
    NEEDLESS = "needless"  # it was never sent, because nothing was owed any more


@dataclass(frozen=True)
class ToldRow:
    """One person's receipt of one notice. Instants are in the office's own zone."""

    notice_number: str
    colour: Colour
    issued_on: date
    name: str
    capacity: PostKind
    duty: Duty
    stands_for: str
    climbed_from: PostKind | None
    reach: Reach
    acknowledge_by: date | None
    answer_by: date | None
    acknowledged_at: datetime | None
    answered_at: datetime | None
    said_by: str
    assurance: str  # as models.proof.Assurance
    words: str
    live: bool  # False: superseded or lifted, so that nothing is owed on it any more

    def seat(self, language: str) -> str:
        return seat_words(self.capacity, self.climbed_from, language)

    def sentence(self, language: str) -> str:
        done = _done(self, language).rstrip(".。")
        colour, on = colour_word(self.colour, language), day_words(self.issued_on, language)
        if language == ENGLISH:
            return f"Notice {self.notice_number} ({colour}, {on}){_who(self, language)}; {done}."
        return f"预警单{self.notice_number}（{colour}，{on}）{_who(self, language)}，{done}。"


def seat_words(capacity: PostKind, climbed_from: PostKind | None, language: str) -> str:
    """The post of whoever is told; only in a unit above does it climb to the same post again."""
    post = post_word(capacity, language)
    if capacity != climbed_from:
        return post
    return f"{post} above" if language == ENGLISH else f"上级{post}"


def _who(row: ToldRow, language: str) -> str:
    english, why = language == ENGLISH, _why(row, language)
    if row.reach == Reach.TOLD:
        return f" told {row.name} ({why})" if english else f"已告知{row.name}（{why}）"
    reach = word(f"reach.{row.reach}", language)
    return f": {row.name} ({why}) {reach}" if english else f"致{row.name}（{why}）的邮件{reach}"


def _why(row: ToldRow, language: str) -> str:
    english = language == ENGLISH
    why = seat_words(row.capacity, row.climbed_from, language)
    if row.stands_for:
        why += f", deputy of {row.stands_for}" if english else f"，代{row.stands_for}"
    if row.climbed_from:
        post = post_word(row.climbed_from, language)
        why += f", because no {post} could be reached" if english else f"，因{post}无法联系"
    return why


def _done(row: ToldRow, language: str) -> str:
    english = language == ENGLISH
    if row.duty == Duty.COPY:
        return duty_word(row.duty, language)
    if row.answered_at:
        at = f"{row.answered_at:%Y-%m-%d %H:%M}"
        who = _acted(row, language)
        return (
            f"answered at {at}{who}: {row.words}" if english else f"{at} 已答复{who}：{row.words}"
        )
    if row.acknowledged_at:
        at = f"{row.acknowledged_at:%Y-%m-%d %H:%M}"
        who = _acted(row, language)
        words = (": " if english else "：") + row.words if row.words else ""
        return f"acknowledged at {at}{who}{words}" if english else f"{at} 已签收{who}{words}"
    if not row.live:
        return "never acknowledged, and no longer owed" if english else "未签收，现已无需办理"
    by = row.acknowledge_by
    if by is None:
        return "nothing is owed" if english else "无需签收"
    return (
        f"not yet acknowledged (owed by {day_words(by, language)})"
        if english
        else f"尚未签收（应于{day_words(by)}（含）前签收）"
    )


def _acted(row: ToldRow, language: str) -> str:
    """By whom, where it was another, and how sure that is."""
    english, said = language == ENGLISH, []
    if row.said_by and row.said_by != row.name:
        said.append(f"by {row.said_by} on behalf" if english else f"由{row.said_by}代办")
    if row.assurance:
        said.append(assurance_word(row.assurance, language))
    if not said:
        return ""
    return f" ({', '.join(said)})" if english else f"（{'，'.join(said)}）"
