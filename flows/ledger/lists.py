"""所属清单: which words of the column name a list that the office keeps; others stay words."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from flows.signoff.lists import memberships
from models import Task, WatchList

_BETWEEN = re.compile(r"[、，,；;\s]+")


@dataclass(frozen=True)
class KnownLists:
    by_word: Mapping[str, WatchList]  # by name and by title

    @classmethod
    def load(cls, session: Session) -> "KnownLists":
        lists = session.exec(select(WatchList)).all()
        return cls({one.name: one for one in lists} | {one.title: one for one in lists})

    def named(self, words: str) -> dict[int, WatchList]:
        """By id."""
        found = (self.by_word.get(_bare(word)) for word in _BETWEEN.split(words))
        return {one.id: one for one in found if one is not None}

    def unkept(self, words: str) -> str:
        """What they say beside the lists that are kept."""
        if not self.named(words):
            return words
        others = (word for word in _BETWEEN.split(words) if _bare(word) not in self.by_word)
        return "、".join(word for word in others if word)

    def present(self, session: Session, task: Task) -> Collection[int]:
        return {one.list_id for one in memberships(session, task) if one.until_on is None}


def _bare(word: str) -> str:
    """Without the marks that offices put around a list's title."""
    return word.strip('“”"《》')
