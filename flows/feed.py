"""The transitions in the order in which they were committed, to be read on from a place.

Ids of rows are drawn before a commit, so a lower one may be committed later. Links of the history
are numbered under a lock that is held to the commit: whoever reads on by them passes nothing over.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import Session, col

from flows import history
from models import ChainLink, Procedure, Task, Transition
from models.refusal import Refusal

END = 2**31 - 1  # of a link: no row comes after it
_WRITTEN = re.compile(r"([0-9]{1,10})\.([0-9]{1,10})")


class NoSuchPlace(Refusal):
    def __init__(self, written: str) -> None:
        super().__init__(
            f"“{written[:40]}”不是可以接着读的位置；请原样写上次得到的位置",
            f"'{written[:40]}' is no place to read on from; give the one that you got last, as it "
            "was",
        )


@dataclass(frozen=True, order=True)
class Place:
    """Behind this row of this link."""

    link: int = 0
    row: int = 0

    @classmethod
    def parse(cls, written: str) -> "Place":
        """Raises NoSuchPlace."""
        found = _WRITTEN.fullmatch(written)
        place = cls(*map(int, found.groups())) if found else None
        if place is None or max(place.link, place.row) > END:
            raise NoSuchPlace(written)
        return place

    def __str__(self) -> str:
        return f"{self.link}.{self.row}"


@dataclass(frozen=True)
class Told:
    """One transition with what it is about."""

    place: Place
    move: Transition
    task: Task
    procedure: str

    @property
    def kind(self) -> str:
        return f"{self.move.machine}.{self.move.event}"


def newest(session: Session) -> Place:
    """Whoever reads on from here is told of what comes."""
    return Place(history.head(session)[0], END)


def transitions_after(session: Session, place: Place, most: int) -> Sequence[Told]:
    """Oldest first."""
    found = session.execute(
        select(col(ChainLink.number), Transition, Task, col(Procedure.name))
        .join(Transition, col(Transition.link_id) == col(ChainLink.id))
        .join(Task, col(Task.id) == col(Transition.task_id))
        .join(Procedure, col(Procedure.id) == col(Task.procedure_id))
        .where(
            col(ChainLink.number) >= place.link,  # the index is read on from here
            or_(col(ChainLink.number) > place.link, col(Transition.id) > place.row),
        )
        .order_by(col(ChainLink.number), col(Transition.id))
        .limit(most)
    )
    return [
        Told(Place(number, move.id), move, task, procedure)
        for number, move, task, procedure in found
    ]
