"""Open matters by unit and colour, read from what the database keeps of them: the same however many
there are."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, text, union_all
from sqlmodel import Session, col

from models import OpenCount, Task, Unit
from models.columns import written_out
from models.signoff import OPEN
from models.warning import Colour

KIND = ("unit_id", "policy_id", "colour", "restricted")
SHOWN = col(OpenCount.restricted).is_(False)

_TOTAL = func.sum(col(OpenCount.n))
_BY_COLOUR = select(col(OpenCount.colour), _TOTAL).group_by(col(OpenCount.colour))
_BY_POLICY = (
    select(col(OpenCount.policy_id), _TOTAL).group_by(col(OpenCount.policy_id)).having(_TOTAL != 0)
)
_BY_UNIT = (
    select(col(OpenCount.unit_id), col(OpenCount.colour), _TOTAL)
    .where(SHOWN)
    .group_by(col(OpenCount.unit_id), col(OpenCount.colour))
    .having(_TOTAL != 0)
)


def open_by_colour(session: Session, among: ColumnElement[bool] | None = None) -> dict[Colour, int]:
    """All colours. `among`: which units, or whether restricted."""
    counted = _BY_COLOUR if among is None else _BY_COLOUR.where(among)
    found: dict[Colour, int] = dict(session.execute(counted).all())
    return {colour: int(found.get(colour) or 0) for colour in Colour}


def open_by_unit(session: Session) -> Mapping[tuple[int, Colour], int]:
    """Of what is not restricted; what counts nothing is left out."""
    return {(unit_id, colour): int(n) for unit_id, colour, n in session.execute(_BY_UNIT)}


def open_by_policy(session: Session) -> Mapping[int, int]:
    """What counts nothing is left out."""
    return {policy_id: int(n) for policy_id, n in session.execute(_BY_POLICY)}


def is_open() -> ColumnElement[bool]:
    """The states written out: a database uses a partial index only when it can read them."""
    return col(Task.state).in_(written_out(*OPEN))


def count_contradictions(session: Session) -> Iterator[tuple[str, str]]:
    """Whatever is counted otherwise than the tasks say, in Chinese and English."""
    for unit, colour, kept, found in session.execute(_COUNTED_OTHERWISE):
        yield (
            f"{unit}：在办事项中“{colour}”计为 {kept} 件，而台账为 {found} 件",
            f"{unit}: {kept} open are counted as {colour}, the ledger has {found}",
        )


def _counted_otherwise() -> Select[str, str, int, int]:
    each = union_all(
        select(*_kind(OpenCount), col(OpenCount.n).label("kept"), literal(0).label("found")),
        select(*_kind(Task), literal(0), literal(1)).where(is_open()),
    ).subquery()
    sums = func.sum(each.c.kept), func.sum(each.c.found)
    kinds = [each.c[name] for name in KIND]
    return (
        select(func.coalesce(func.max(col(Unit.name)), ""), each.c.colour, *sums)
        .join_from(each, Unit, col(Unit.id) == each.c.unit_id, isouter=True)
        .group_by(*kinds)
        .having(sums[0] != sums[1])
        .order_by(*kinds)
    )


def _kind(counted: type[OpenCount] | type[Task]) -> list[ColumnElement[Any]]:
    return [col(getattr(counted, name)).label(name) for name in KIND]


_COUNTED_OTHERWISE = _counted_otherwise()


def put_together(session: Session) -> None:
    """The counts of the connections that nobody is counting in, into one."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite counts in one from the beginning
        session.execute(_PUT_TOGETHER)


_PUT_TOGETHER = text(
    """
    WITH free AS (
        SELECT unit_id, policy_id, colour, restricted, slot FROM open_count
        WHERE slot <> 0 FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM open_count AS kept USING free
        WHERE (kept.unit_id, kept.policy_id, kept.colour, kept.restricted, kept.slot)
            = (free.unit_id, free.policy_id, free.colour, free.restricted, free.slot)
        RETURNING kept.unit_id, kept.policy_id, kept.colour, kept.restricted, kept.n
    )
    INSERT INTO open_count (unit_id, policy_id, colour, restricted, slot, n)
    SELECT unit_id, policy_id, colour, restricted, 0, sum(n) FROM gone
    GROUP BY unit_id, policy_id, colour, restricted
    ON CONFLICT (unit_id, policy_id, colour, restricted, slot)
        DO UPDATE SET n = open_count.n + excluded.n
    """
)
