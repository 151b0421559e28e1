"""Who is asked to decide on a task, by when, and what follows if nobody does: as an explanation
says it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from models.organisation import PostKind
from notifications.told import seat_words
from notifications.wording import ENGLISH, day_words, post_word, word


@dataclass(frozen=True)
class AskedRow:
    """One person who had not decided yet. `kind`: of application, request or look-back. `level`
    and `title`: of an application's."""

    kind: str
    level: int | None
    title: str
    name: str
    capacity: PostKind
    stands_for: str
    climbed_from: PostKind | None
    named_by: str  # of the office, where nobody could be found
    given_on: date
    decide_by: date

    def sentence(self, language: str) -> str:
        what, why = word(self.kind, language), _why(self, language)
        since, by = day_words(self.given_on, language), day_words(self.decide_by, language)
        if language == ENGLISH:
            at = f", level {self.level} ({self.title})" if self.level else ""
            who = f"{self.name} ({why})"
            return f"The {what}{at} waits for {who}, asked on {since}, to decide by {by}."
        at = f"第 {self.level} 级（{self.title}）" if self.level else ""
        return f"{what}{at}已于{since}送{self.name}（{why}）决定，期限为{by}（含）。"


def comes_next(asked: Sequence[AskedRow], on: date, language: str) -> Iterator[str]:
    """Of the one whose time is over first."""
    if not asked:
        return
    by = min(row.decide_by for row in asked)
    english, last = language == ENGLISH, day_words(by, language)
    if on > by:
        yield (
            f"The decision is late, it was due by {last}: the nights remind of it and tell the "
            "level above."
            if english
            else f"决定已逾期（应于{last}（含）前作出）：夜间检查催办，并告知上一级。"
        )
        return
    yield (
        f"If nothing is decided the night of {last} reminds of it; afterwards the level above is "
        "told."
        if english
        else f"如未决定，{last}的夜间检查催办本人；此后仍未决定的，告知上一级。"
    )


def nobody_asked(language: str) -> str:
    if language == ENGLISH:
        return "Nobody could be asked to decide: the office has to name somebody."
    return "没有可送审的人，等待督查办公室指定由谁决定。"


def _why(row: AskedRow, language: str) -> str:
    english = language == ENGLISH
    if row.named_by:
        return f"named by {row.named_by}" if english else f"由{row.named_by}指定"
    why = seat_words(row.capacity, row.climbed_from, language)
    if row.stands_for:
        why += f", deputy of {row.stands_for}" if english else f"，代{row.stands_for}"
    if row.climbed_from:
        post = post_word(row.climbed_from, language)
        why += f", because no {post} can decide it" if english else f"，因{post}无人可决定"
    return why
