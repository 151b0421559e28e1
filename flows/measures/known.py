"""What is known of some subjects of a series when values of them are reported: asked once for all
of them, and kept up with what is reported."""

from bisect import insort
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from flows.measures.following import Followed, FollowUp, follow_ups
from models import Measurement


@dataclass(frozen=True, slots=True)
class Known:
    values: defaultdict[str, list[Measurement]]  # of each subject, the newest last
    followed: defaultdict[str, list[FollowUp]]

    @classmethod
    def load(cls, session: Session, series_id: int, subjects: Collection[str]) -> "Known":
        found = session.exec(
            select(Measurement)
            .where(col(Measurement.series_id) == series_id, col(Measurement.subject).in_(subjects))
            .order_by(col(Measurement.period), col(Measurement.n))
        )
        values = defaultdict[str, list[Measurement]](list)
        for one in found:
            values[one.subject].append(one)
        return cls(values, follow_ups(session, series_id, subjects))

    def of(self, subject: str, period: date) -> Measurement | None:
        """What counts for this period."""
        return next((m for m in reversed(self.values[subject]) if m.period == period), None)

    def before(self, subject: str, period: date) -> Measurement | None:
        """What counts for the newest one before it."""
        return next((m for m in reversed(self.values[subject]) if m.period < period), None)

    def add(self, one: Measurement) -> None:
        insort(self.values[one.subject], one, key=lambda m: (m.period, m.n))

    def following(self, subject: str, period: date) -> Followed:
        return Followed.of(self.followed[subject], period)
