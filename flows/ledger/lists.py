"""所属清单: which words of the column name a list that the office keeps; others stay words, and
are told."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from flows.ledger.matters import Matter
from flows.ledger.needs import Need
from flows.ledger.problems import Problem
from flows.signoff.lists import memberships
from models import Task, WatchList

_LISTS = select(WatchList)
_BETWEEN = re.compile(r"[、，,；;\s]+")


@dataclass(frozen=True)
class KnownLists:
    by_word: Mapping[str, WatchList]  # by name and by title

    @classmethod
    def load(cls, session: Session) -> "KnownLists":
        lists = session.exec(_LISTS).all()
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


def unkept_lists(session: Session, matters: Sequence[Matter]) -> Iterator[Problem]:
    """Words that name no list, where the ledger says them for the first time: slips of the pen,
    mostly."""
    kept = KnownLists.load(session)
    titles = "、".join(sorted({one.title for one in kept.by_word.values()}))
    for matter in matters:
        row, task = matter.row, matter.task
        if not row.lists or (task is not None and task.lists == row.lists):
            continue
        for word in dict.fromkeys(_BETWEEN.split(row.lists)):
            if word and _bare(word) not in kept.by_word:
                yield Problem(
                    row.sheet, row.row, "所属清单", word, Need.NO_SUCH_LIST, titles or "—"
                )


def _bare(word: str) -> str:
    """Without the marks that offices put around a list's title."""
    return word.strip('“”"《》')
