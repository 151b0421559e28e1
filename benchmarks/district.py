"""A district many times over, written by bulk SQL: open matters under three policies, of a thousand
units and three thousand officials; a part is due tonight, two of five were extended once."""

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Date, Engine, bindparam, insert, text
from sqlmodel import Session

from benchmarks.population import LASTED, SEEDS, TONIGHT, UNITS, instant
from flows.database import transaction
from flows.rulebook import load_policy, load_procedure
from models import Official, Post, Unit
from models.columns import Instant
from models.organisation import PostKind

POLICIES = ("default", "hejiang4", "listed")
OFFICIALS = 3000
OFFICE = 20  # of them
AHEAD = 15  # days that the others have at least: nothing reminds of them
DAYS = 300


def due_of(tasks: int) -> int:
    """How many of them are due tonight, wherever nothing else is said."""
    return tasks * 9 // 100


def populate(engine: Engine, tasks: int, due: int, *, on: date = TONIGHT) -> None:
    """`due` of `tasks` were to be done in the eight days before `on`."""
    opened, at = on - LASTED, instant(on - LASTED)
    with transaction(engine, at) as session:
        if engine.dialect.name == "sqlite":
            session.execute(text("PRAGMA cache_size = -400000"))
        rules(session)
        _people(session)
        _days(session, on)
        session.execute(_TASKS, {"tasks": tasks, "due": due, "opened": opened, "at": at})
        for statement in _HISTORY:
            session.execute(statement, {"opened": opened, "at": at})
        session.execute(text("DROP TABLE bench_day"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))


def rules(session: Session) -> None:
    """Three policies and a procedure."""
    at = instant(TONIGHT - LASTED)
    for name in POLICIES:
        load_policy(session, _seed("policies", name), file=f"{name}.toml", now=at)
    rectification = _seed("procedures", "rectification")
    load_procedure(session, rectification, file="rectification.toml", now=at)


def _seed(folder: str, name: str) -> str:
    return Path(SEEDS / folder / f"{name}.toml").read_text(encoding="utf-8")


def _people(session: Session) -> None:
    """The first ones are the office; the others handle matters."""
    session.execute(insert(Unit), [{"name": f"单位{n}"} for n in range(1, UNITS + 1)])
    people = [
        {"name": f"张伟{n}", "unit_id": 1 + n % UNITS, "email": f"zhang{n}@dinghai.example"}
        for n in range(1, OFFICE + OFFICIALS + 1)
    ]
    session.execute(insert(Official), people)
    kinds = (PostKind.UNIT_HEAD, PostKind.SUPERVISING_LEADER)
    held = [(n, PostKind.OFFICE) for n in range(1, OFFICE + 1)]
    held += [(OFFICE + k * UNITS + n, kinds[k]) for k in (0, 1) for n in range(1, UNITS + 1)]
    posts = [{"official_id": n, "unit_id": 1 + n % UNITS, "kind": kind} for n, kind in held]
    session.execute(insert(Post), posts)


def _days(session: Session, on: date) -> None:
    """Dates by number: the two databases do not reckon with them alike."""
    session.execute(text("CREATE TABLE bench_day (late BOOLEAN, k INTEGER, due_on DATE)"))
    late = [{"late": True, "k": k, "due_on": on - timedelta(days=1 + k)} for k in range(8)]
    others = [
        {"late": False, "k": k, "due_on": on + timedelta(days=AHEAD + k)} for k in range(DAYS)
    ]
    session.execute(text("INSERT INTO bench_day VALUES (:late, :k, :due_on)"), late + others)


_OPENED, _AT = bindparam("opened", type_=Date()), bindparam("at", type_=Instant())
_TASKS = text(
    f"""
    INSERT INTO task (number, title, procedure_id, policy_id, unit_id, handler_id,
        supporting_units, goal, track, lists, restricted, remarks, opened_on, begun_on, due_on,
        original_due_on, stage_on, reported_on, state, colour, created_at)
    WITH RECURSIVE numbered (i) AS (
        SELECT 1 UNION ALL SELECT i + 1 FROM numbered WHERE i < :tasks
    )
    SELECT '测' || CAST(100000000 + i AS TEXT), '第 ' || CAST(i AS TEXT) || ' 个问题', 1,
        1 + i % 3, 1 + i % {UNITS}, {OFFICE} + 1 + i % {OFFICIALS}, '', '', 'deadline', '',
        i % 200 = 0, '', :opened, :opened, due_on, due_on, :opened, :opened, 'assigned', 'green',
        :at
    FROM numbered JOIN bench_day ON late = (i <= :due)
        AND k = CASE WHEN i <= :due THEN i % 8 ELSE i % {DAYS} END
    """
).bindparams(_OPENED, _AT)
_LEDGER = (
    "INSERT INTO deadline_change "
    '(task_id, kind, previous_due_on, due_on, reason, legal_basis, "on", at, link_id) '
)
_HISTORY = (
    text(
        f"{_LEDGER} SELECT id, 'opened', NULL, original_due_on, '', '', :opened, :at, 'bench' "
        "FROM task"
    ).bindparams(_OPENED, _AT),
    text(
        f"{_LEDGER} SELECT id, 'extension', original_due_on, due_on, '延期', '', :opened, :at, "
        "'bench' FROM task WHERE id % 5 < 2"
    ).bindparams(_OPENED, _AT),
)
