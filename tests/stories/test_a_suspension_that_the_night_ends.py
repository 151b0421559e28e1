"""Promise: while a court is waited for nothing escalates; the night lets the clock run again, and
the days that it stood still are given back, however late that night comes."""

from datetime import date

import pytest

from models import DeadlineChange, Transition
from models.request_machine import RequestKind
from models.warning import Colour
from tests.conftest import Cast
from tests.kept import colour, digests, notices, play, rows, wind
from tests.requests import Asking
from tests.sign_offs import gather_bench

DUE, COURT, VERDICT = date(2022, 7, 13), date(2022, 7, 15), date(2022, 9, 30)
MOVED = date(2022, 9, 29)  # 78 days: from 15 July to 1 October


@pytest.mark.parametrize("missed", [False, True], ids=["every night", "a fortnight late"])
def test_a_suspension_that_the_night_ends(office, cast: Cast, missed: bool):
    asking = Asking(gather_bench(office, cast))
    asking.bench.task("甲-1", DUE)
    wind(office, date(2022, 7, 14), COURT)
    assert colour(office, "甲-1") == Colour.BLUE

    asking.ask("甲-1", RequestKind.SUSPENSION, COURT, until_on=VERDICT)
    asking.grant("甲-1", COURT)
    before = len(digests(office))
    for on in (date(2022, 7, 16), date(2022, 8, 15), date(2022, 9, 15), VERDICT):
        play(office, on)
    assert (colour(office, "甲-1"), asking.task().state) == (Colour.GREEN, "suspended")
    assert len(digests(office)) == before

    result = play(office, date(2022, 10, 14) if missed else date(2022, 10, 1))

    task = asking.task()
    assert (task.state, task.due_on, task.original_due_on) == ("in_progress", MOVED, DUE)
    change = rows(office, DeadlineChange)[-1]
    assert (change.kind, change.reason) == ("suspension", "等待法院判决")
    assert change.legal_basis == "《行政诉讼法》第八十七条"
    [resumed] = rows(office, Transition, Transition.event == "resume")
    assert (resumed.reason, resumed.actor_id, bool(resumed.night_id)) == (
        "中止期满，自动恢复",
        None,
        True,
    )
    assert result["scanned"] == 1
    # Two days over then, as it was two days over when it was suspended.
    wind(office, date(2022, 10, 15), date(2022, 10, 15))
    assert colour(office, "甲-1") >= Colour.BLUE
    assert notices(office, "甲-1")[-1].state == "issued"


def test_a_night_that_is_run_again_resumes_nothing_twice(office, cast: Cast):
    asking = Asking(gather_bench(office, cast))
    for number in ("甲-1", "甲-2"):
        asking.bench.task(number, DUE)
        until_on = date(2022, 7, 31) if number == "甲-1" else date(2022, 12, 1)
        asking.ask(number, RequestKind.SUSPENSION, COURT, until_on=until_on)
        asking.grant(number, COURT)

    for on in (date(2022, 8, 1), date(2022, 8, 1), date(2022, 8, 2)):
        play(office, on)

    assert asking.dates("甲-1") == [("opened", DUE), ("suspension", date(2022, 7, 30))]
    assert asking.task("甲-2").state == "suspended"
