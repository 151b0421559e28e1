"""The ledger of dates adds up, whatever is asked for, granted and resumed in whatever order."""

from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import col

from flows import history
from flows.database import reading
from models import ChangeRequest, DeadlineChange, Night, Referral, Task
from models.refusal import Refusal
from models.request_machine import RequestKind, RequestState
from models.signoff import TaskState
from models.warning import Colour
from tests.conftest import sample
from tests.kept import play, rows
from tests.requests import Asking

ACTS = ("ask", "grant", "refuse", "take_back", "resume", "night", "milestone", "withdraw")
steps = st.lists(
    st.tuples(
        st.sampled_from(ACTS[:-1] * 3 + ACTS[-1:]),
        st.sampled_from(list(RequestKind)),
        st.integers(0, 25),  # days since the step before
        st.integers(1, 100),  # how far ahead the date asked for lies
    ),
    min_size=1,
    max_size=14,
)


def take(asking: Asking, number: str, act: str, kind: RequestKind, on: date, ahead: date) -> None:
    if act == "ask":
        given = {} if kind in (RequestKind.REVIEW, RequestKind.OBJECTION) else {"until_on": ahead}
        asking.ask(number, kind, on, **given)
    elif act in ("grant", "refuse"):
        if rows(asking.office, Referral, col(Referral.task_id) == asking.task(number).id):
            getattr(asking, act)(number, on)
    elif act in ("take_back", "resume"):
        getattr(asking, act)(number, on)
    elif act == "night":
        play(asking.office, on)
    elif act == "milestone":
        asking.milestones(number, on, ("阶段", ahead))
    else:
        asking.withdraw(number, on)


def adds_up(asking: Asking, number: str) -> None:
    task = asking.task(number)
    mine = col(DeadlineChange.task_id) == task.id
    changes = rows(asking.office, DeadlineChange, mine)
    for before, after in pairwise(changes):
        assert after.previous_due_on == before.due_on
        assert after.reason.strip()
        assert after.actor_id is not None
    assert changes[-1].due_on == task.due_on
    assert changes[0].due_on == task.original_due_on
    requests = rows(asking.office, ChangeRequest, col(ChangeRequest.task_id) == task.id)
    assert sum(r.state == RequestState.ASKED for r in requests) <= 1
    granted = [r for r in requests if r.state == RequestState.GRANTED]
    assert sum(r.kind == RequestKind.EXTENSION for r in granted) <= 2
    assert task.state != "suspended" or task.colour == Colour.GREEN
    assert (task.state == "objected") == any(
        r.state == RequestState.ASKED and r.kind == RequestKind.OBJECTION for r in requests
    )


@pytest.mark.storm
@settings(
    max_examples=sample(8, 100),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
@example(
    [
        (act, kind, days, ahead)
        for kind, ahead in (
            (RequestKind.EXTENSION, 30),
            (RequestKind.SUSPENSION, 5),
            (RequestKind.LONG_TERM, 60),
            (RequestKind.REVIEW, 0),
            (RequestKind.END_LONG_TERM, 20),
            (RequestKind.EXTENSION, 30),
        )
        for act, days in (("ask", 0), ("milestone", 1), ("grant", 1), ("night", 10))
    ]
)
def test_the_ledger_of_dates_adds_up_after_any_sequence(
    asking: Asking, taken: list[tuple[str, RequestKind, int, int]]
):
    """One task after the other in one office, whose nights only go forward."""
    nights, number = rows(asking.office, Night), f"甲-{len(rows(asking.office, Task))}"
    on = nights[-1].on + timedelta(days=1) if nights else date(2022, 7, 1)
    asking.bench.task(number, on + timedelta(days=10), opened_on=on - timedelta(days=1))
    for act, kind, days, ahead in taken:
        on += timedelta(days=days)
        with suppress(Refusal):
            take(asking, number, act, kind, on, on + timedelta(days=ahead))
        adds_up(asking, number)
    if asking.task(number).state != TaskState.WITHDRAWN:
        asking.withdraw(number, on)
    with reading(asking.office.engine) as session:
        assert list(history.faults(session)) == []
