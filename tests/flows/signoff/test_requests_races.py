"""Two at once: one wins, the other is told; the night and a grant leave one and the same state."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import select

from flows import history
from flows.database import reading, transaction
from flows.night import NightRun, Step, run_night
from flows.signoff.deciding import NotOpen, Ruling
from flows.signoff.granting import decide_request
from flows.signoff.requests import AlreadyAsked, NothingAsked, take_back
from flows.working_days import load_calendar
from models import ChangeRequest, Decision, Referral, Task
from models.decision import ReferralState, Verdict
from models.refusal import Refusal
from models.request_machine import RequestKind, RequestState
from models.warning import Colour
from tests.conftest import instant
from tests.kept import colour, notices, play, rows, until_it_waits
from tests.requests import Asking

K = RequestKind
DUE, DAY, LATER = date(2022, 7, 13), date(2022, 7, 14), date(2022, 8, 12)
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
def extension(asking: Asking) -> Asking:
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.EXTENSION, DUE, until_on=LATER)
    return asking


def at_once(*acts: Callable[[], Any]) -> list[Refusal | None]:
    """Begun at the same moment; who was refused, and why."""
    barrier = Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Refusal | None:
        barrier.wait()
        try:
            act()
        except Refusal as refusal:
            return refusal
        return None

    with ThreadPoolExecutor(len(acts)) as crowd:
        return list(crowd.map(begin, acts))


def sound(asking: Asking) -> bool:
    with reading(asking.office.engine) as session:
        return list(history.faults(session)) == []


def test_taken_back_and_granted_at_once_one_of_the_two_happens(extension: Asking):
    granted, taken = at_once(
        lambda: extension.grant("甲-1", DAY), lambda: extension.take_back("甲-1", DAY)
    )

    [request] = rows(extension.office, ChangeRequest)
    if granted is None:
        assert isinstance(taken, NothingAsked)
        assert "granted already" in str(taken)
        assert (request.state, extension.task().due_on) == (RequestState.GRANTED, LATER)
    else:
        assert isinstance(granted, NotOpen)
        assert taken is None
        assert (request.state, extension.task().due_on) == (RequestState.WITHDRAWN, DUE)
    assert sound(extension)


@on_postgresql
@pytest.mark.parametrize("first", ["granted", "taken back"])
def test_the_second_waits_for_the_first_and_is_told(extension: Asking, first: str):
    """Both have read the request as it was; the one that comes second sees what became of it."""
    office, bench = extension.office, extension.bench
    hugo, alice = bench.actor(bench.cast.hugo, DAY), bench.actor(bench.cast.alice, DAY)
    with ThreadPoolExecutor(1) as other:
        with transaction(office.engine, instant(DAY, time(9))) as session:
            task = session.exec(select(Task)).one()
            referral = session.exec(select(Referral)).one()
            shown = session.exec(select(ChangeRequest)).one().packet
            if first == "granted":
                ruling, calendar = Ruling(Verdict.GRANT, shown), load_calendar(session)
                decide_request(session, referral.id, hugo, ruling, calendar=calendar)
                second = other.submit(extension.take_back, "甲-1", DAY)
            else:
                take_back(session, task, alice, reason="不再需要")
                second = other.submit(extension.grant, "甲-1", DAY)
            until_it_waits(office, second)
        with pytest.raises(NothingAsked if first == "granted" else NotOpen):
            second.result()

    assert len(rows(office, Decision)) == (first == "granted")
    assert sound(extension)


def test_of_two_who_ask_at_once_one_is_told_to_wait(asking: Asking):
    asking.bench.task("甲-1", DUE)

    told = at_once(
        lambda: asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER),
        lambda: asking.ask("甲-1", K.SUSPENSION, DAY, until_on=LATER),
    )

    assert [type(one) for one in told if one] == [AlreadyAsked]
    assert len(rows(asking.office, ChangeRequest)) == len(rows(asking.office, Referral)) == 1


@on_postgresql
def test_a_night_that_has_begun_waits_for_the_grant_and_raises_nothing(extension: Asking):
    office, bench = extension.office, extension.bench
    hugo = bench.actor(bench.cast.hugo, DAY)
    with ThreadPoolExecutor(1) as other:
        with transaction(office.engine, instant(DAY, time(9))) as session:
            referral = session.exec(select(Referral)).one()
            shown = session.exec(select(ChangeRequest)).one().packet
            ruling, calendar = Ruling(Verdict.GRANT, shown), load_calendar(session)
            decide_request(session, referral.id, hugo, ruling, calendar=calendar)
            night = other.submit(play, office, DAY)
            until_it_waits(office, night)
        night.result()

    assert (colour(office, "甲-1"), notices(office, "甲-1")) == (Colour.GREEN, [])


@pytest.mark.parametrize("before", ["issue", "compose", "deliver"])
def test_a_grant_behind_the_sweep_of_a_night_relieves_what_it_raised(
    extension: Asking, before: str
):
    """Between two steps of the night, so that no notice is left alive."""

    def granted_before(step: Step, run: NightRun) -> None:
        if step.name == before:
            extension.grant("甲-1", DAY)
        step.act(run)

    result = run_night(extension.office, on=DAY, now=instant(DAY), run_step=granted_before)

    assert result["escalated"]["blue"] == 1
    assert colour(extension.office, "甲-1") == Colour.GREEN
    states = [n.state for n in notices(extension.office, "甲-1")]
    assert states == ([] if before == "issue" else ["lifted"])
    assert sound(extension)


def test_the_night_and_a_grant_at_once_end_in_the_same_state(extension: Asking):
    at_once(lambda: play(extension.office, DAY), lambda: extension.grant("甲-1", DAY))

    assert (extension.task().colour, extension.task().due_on) == (Colour.GREEN, LATER)
    assert all(n.state == "lifted" for n in notices(extension.office, "甲-1"))
    assert sound(extension)


def test_the_night_that_ends_a_suspension_and_the_office_that_does_resume_once(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.SUSPENSION, DUE, until_on=date(2022, 7, 20))
    asking.grant("甲-1", DUE)
    on = date(2022, 7, 21)

    at_once(lambda: play(asking.office, on), lambda: asking.resume("甲-1", on))

    assert asking.dates() == [("opened", DUE), ("suspension", on)]
    assert {r.state for r in rows(asking.office, Referral)} == {ReferralState.DECIDED}
    assert sound(asking)
