"""What people and nights did, and what the database keeps of it: for tests to act and to look."""

import json
import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from flows.database import reading, transaction
from flows.deadline import change_deadline
from flows.night import run_night
from flows.office import Office
from flows.working_days import load_calendar
from models import Message, Notice, Official, Receipt, Task
from models.message import MessageKind
from models.warning import Colour
from tests.conftest import instant
from tests.databases import ANY_ROWS, filled

DRAWN = re.compile(r"[0-9a-f]{12,}")  # salts, Message-IDs, hashes: new in every run
DRAWN_ANEW = {"id", "link_id", "salt", "token_hash", "boundary"} | {
    *("epoch", "orchestrator", "previous", "rows", "hash")
}
IN_ORDER_OF = {  # where the order of writing is nobody's promise
    "message": ("night_id", "kind", "official_id"),
    "message_body": ("message_id",),
    "message_item": ("message_id", "receipt_id", "reminder_id"),
    "reply_link": ("message_id", "receipt_id"),
    "receipt": ("notice_id", "official_id"),
    "reminder": ("night_id", "task_id", "official_id"),
    "chain_link": ("number",),
    "transition": ("on", "machine", "event", "task_id", "at"),
}

_IN_ORDER = {
    table.name: select_columns(table).order_by(*table.primary_key)
    for table in SQLModel.metadata.sorted_tables
}


def play(office: Office, on: date) -> dict[str, Any]:
    """The night of this date, at two in the morning."""
    return run_night(office, on=on, now=instant(on))


def wind(office: Office, first: date, last: date) -> None:
    """One night after the other; both ends are played."""
    for n in range((last - first).days + 1):
        play(office, first + timedelta(days=n))


def add(office: Office, *things: SQLModel) -> None:
    with transaction(office.engine, instant(date(2022, 1, 1))) as session:
        session.add_all(things)


def edit(office: Office, table: type[SQLModel], key: int, **facts: Any) -> None:
    with transaction(office.engine, instant(date(2022, 1, 1))) as session:
        row = session.get_one(table, key)
        for name, value in facts.items():
            setattr(row, name, value)


def rows(office: Office, table: type[Any], *where: Any) -> list[Any]:
    with reading(office.engine) as session:
        return list(session.exec(select(table).where(*where).order_by(table.id)))


def colour(office: Office, number: str) -> Colour:
    (task,) = rows(office, Task, col(Task.number) == number)
    return task.colour


def notices(office: Office, number: str) -> list[Notice]:
    with reading(office.engine) as session:
        found = select(Notice).join(Task).where(Task.number == number).order_by(col(Notice.id))
        return list(session.exec(found))


def told(office: Office, number: str) -> list[tuple[str, str, str]]:
    """(name, capacity, duty) of everybody told of the newest notice, as they were told."""
    newest = notices(office, number)[-1]
    with reading(office.engine) as session:
        found = session.exec(
            select(Official.name, Receipt.capacity, Receipt.duty)
            .join(Receipt, col(Receipt.official_id) == col(Official.id))
            .where(Receipt.notice_id == newest.id)
            .order_by(col(Receipt.id))
        )
        return [(name, str(capacity), str(duty)) for name, capacity, duty in found]


def digests(office: Office, who: int | None = None, *where: Any) -> list[Message]:
    mine = [] if who is None else [col(Message.official_id) == who]
    return rows(office, Message, col(Message.kind) == MessageKind.DIGEST, *mine, *where)


def summaries(office: Office) -> list[Message]:
    return rows(office, Message, col(Message.kind) == MessageKind.SUMMARY)


def reply(
    office: Office,
    act: Callable[..., bool],
    who: int,
    number: str,
    *,
    on: date,
    words: str = "正在办理",
    colour: Colour | None = None,
) -> bool:
    """What this person does at nine that day with the newest notice (or the one of a colour)."""
    wanted = [notice for notice in notices(office, number) if colour in (None, notice.colour)]
    with transaction(office.engine, instant(on, time(9))) as session:
        return reply_in(session, act, who, wanted[-1], on=on, words=words)


def reply_in(
    session: Session,
    act: Callable[..., bool],
    who: int,
    notice: Notice,
    *,
    on: date,
    words: str = "正在办理",
) -> bool:
    receipt = session.exec(
        select(Receipt).where(Receipt.notice_id == notice.id, Receipt.official_id == who)
    ).one()
    now = instant(on, time(9))
    name = session.get_one(Official, who).name
    return act(session, receipt.id, who, said_by=name, words=words, on=on, now=now)


def extend(
    office: Office, number: str, due_on: date, *, on: date, reason: str = "经批准延期"
) -> None:
    """The deadline is moved, as an import or an approved extension would."""
    now = instant(on, time(10))
    with transaction(office.engine, now) as session:
        change_deadline(
            session,
            session.exec(select(Task).where(Task.number == number)).one(),
            due_on,
            kind="extension",
            reason=reason,
            on=on,
            now=now,
            calendar=load_calendar(session),
        )


def until_it_waits(office: Office, running: Future[Any]) -> None:
    """Until the other one waits for a lock that this one holds (or has come to an end)."""
    admin = create_engine(office.engine.url, isolation_level="AUTOCOMMIT")
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with admin.connect() as connection:
        while not running.done() and not connection.scalar(waiting):
            connection.execute(text("SELECT pg_sleep(0.01)"))
    admin.dispose()


def everything(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, as it stands."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in _IN_ORDER}
    with reading(engine) as session:
        connection = session.connection()
        for name in filled(connection.exec_driver_sql(ANY_ROWS).one()):
            found[name] = [dict(row) for row in connection.execute(_IN_ORDER[name]).mappings()]
    return found | {"open_count": _summed(found["open_count"])}


def _summed(counted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Whichever connection counted: what they come to together."""
    sums = Counter[tuple[Any, ...]]()
    for row in counted:
        sums[row["unit_id"], row["policy_id"], row["colour"], row["restricted"]] += row["n"]
    kept = sorted((*key, n) for key, n in sums.items() if n)
    names = ("unit_id", "policy_id", "colour", "restricted", "n")
    return [dict(zip(names, row, strict=True)) for row in kept]


def outcome(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for what each run draws anew: ids become positions."""
    found = everything(engine)
    places: dict[tuple[str, int], int] = {}
    for table in SQLModel.metadata.sorted_tables:  # what is pointed at comes first
        keys = {key.parent.name: key.column.table.name for key in table.foreign_keys}
        for row in found[table.name]:
            row.update({k: places.get((keys[k], row[k]), row[k]) for k in keys})
            row.update({k: _plain(v) for k, v in row.items() if k not in DRAWN_ANEW})
        if order := IN_ORDER_OF.get(table.name):
            found[table.name].sort(key=lambda row: [str(row[k]) for k in order])
        places |= {(table.name, row.get("id")): n for n, row in enumerate(found[table.name])}
    for row in found["transition"]:
        row["notice_id"] = places.get(("notice", row["notice_id"]))
    return {
        name: [{k: v for k, v in row.items() if k not in DRAWN_ANEW} for row in kept]
        for name, kept in found.items()
    }


def _plain(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if value.startswith('{"date"'):
        drawn = ("seconds", "audit_head", "orchestrator")
        return {k: v for k, v in json.loads(value).items() if k not in drawn}
    return DRAWN.sub("…", value)
