"""A night looks for suspensions that have ended through an index of their own."""

from datetime import date

from sqlalchemy import text

from flows.database import reading
from flows.signoff.suspensions import suspended_tasks
from models.request_machine import RequestKind
from tests.kept import play
from tests.requests import Asking

DUE = date(2022, 7, 13)


def test_a_night_finds_them_without_looking_at_the_other_tasks(asking: Asking):
    asking.bench.cast.task("乙-1", DUE)  # a plan without statistics is the same for thousands
    with reading(asking.office.engine) as session:
        dialect = session.get_bind().dialect
        asked = suspended_tasks().compile(
            dialect=dialect, compile_kwargs={"render_postcompile": True, "literal_binds": True}
        )
        prefix = "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"
        if dialect.name == "postgresql":  # it scans what is small, whatever there is to use
            session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(str(row) for row in session.execute(text(f"{prefix} {asked}")))

    assert "task_suspended" in plan


def test_a_suspension_lasts_to_the_end_of_its_last_day(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", RequestKind.SUSPENSION, DUE, until_on=date(2022, 7, 20))
    asking.grant("甲-1", DUE)

    play(asking.office, date(2022, 7, 20))
    assert asking.task().state == "suspended"
    play(asking.office, date(2022, 7, 21))
    assert asking.task().state == "in_progress"
    assert asking.task().due_on == date(2022, 7, 21)
