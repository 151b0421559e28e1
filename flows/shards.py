"""The sweep in parts, done by as many workers as come.

It is a head start only: the night's own sweep follows, waits for the parts that somebody holds, and
raises what nobody came to. So a part counts once it is committed, whoever dies, and nobody waits
for a worker that does not come.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select
from sqlmodel import Session, col

from flows.database import transaction
from flows.moves import share_tasks
from flows.night import NightRun
from flows.office import Office
from flows.sweep import on_clock, sweep_part
from flows.working_days import load_calendar
from models import Night, NightShard, Task
from models.night import NightStep


def divide(run: NightRun, parts: int) -> bool:
    """Once for each night: so many parts, with as many running tasks in each. False: it has been
    swept."""
    with transaction(run.office.engine, run.now) as session:
        night = session.get_one(Night, run.night_id, with_for_update=True)
        if night.step != NightStep.CLAIMED:
            return False
        if session.scalar(select(NightShard).where(col(NightShard.night_id) == night.id).limit(1)):
            return True
        ends = [*_first_ids(session, parts)[1:], None]
        begins = [0, *ends[:-1]]
        rows = zip(range(1, parts + 1), begins, ends, strict=False)
        session.execute(
            insert(NightShard),
            [
                {"night_id": night.id, "n": n, "from_id": first, "before_id": end, "worker": ""}
                for n, first, end in rows
            ],
        )
        return True


def sweep_parts(office: Office, night_id: int, *, worker: str, now: datetime) -> int:
    """Sweep one part after the other until none is free; returns how many it were."""
    done = 0
    while _sweep_next(office, night_id, worker, now):
        done += 1
    return done


def _first_ids(session: Session, parts: int) -> list[int]:
    tile = func.ntile(parts).over(order_by=col(Task.id)).label("tile")
    tiles = select(tile, col(Task.id).label("id")).where(on_clock()).subquery()
    first = select(func.min(tiles.c.id)).group_by(tiles.c.tile).order_by(tiles.c.tile)
    return list(session.scalars(first))


def _sweep_next(office: Office, night_id: int, worker: str, now: datetime) -> bool:
    """Its row is locked as long as it is being done, and marked in the same transaction: whoever
    dies leaves it free, and as it was."""
    with transaction(office.engine, now) as session:
        share_tasks(session)  # so that the night's own sweep, which holds them alone, waits for us
        night, part = session.get_one(Night, night_id), session.scalar(_free(night_id))
        if part is None or night.step != NightStep.CLAIMED:
            return False
        said: dict[str, Any] = {"night_id": night.id, "on": night.on, "now": now}
        part.moved = sweep_part(session, part, **said, calendar=load_calendar(session))
        part.done_at, part.worker = now, worker
        return True


def _free(night_id: int) -> Select[NightShard]:
    mine = select(NightShard).where(
        col(NightShard.night_id) == night_id, col(NightShard.done_at).is_(None)
    )
    return mine.order_by(col(NightShard.n)).limit(1).with_for_update(skip_locked=True)
