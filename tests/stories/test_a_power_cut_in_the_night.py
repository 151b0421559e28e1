"""Promise: a night that dies is finished by the next start; nobody is told twice or not at all."""

from datetime import date

import pytest

from flows.health import check
from flows.night import STEPS, NightRun, Step, run_night
from models import Notice, Receipt
from models.message import MessageState
from tests.conftest import Cast, instant
from tests.kept import digests, play, rows

DAY = date(2022, 7, 14)


class PowerCut(BaseException):
    """The machine is off."""


@pytest.mark.parametrize("step", [s.name for s in STEPS])
def test_a_power_cut_in_the_night(office, cast: Cast, step: str):
    for n in range(3):
        cast.task(f"甲-{n}", date(2022, 7, 13))

    def power_fails(one: Step, run: NightRun) -> None:
        if one.name == step:
            raise PowerCut
        one.act(run)

    with pytest.raises(PowerCut):
        run_night(office, on=DAY, now=instant(DAY), run_step=power_fails)

    result = play(office, DAY)

    assert (result["escalated"]["blue"], result["notices"], result["recipients"]) == (3, 3, 1)
    assert len(rows(office, Notice)) == len(rows(office, Receipt)) == 3
    [mail] = digests(office, cast.alice)
    assert mail.state == MessageState.QUEUED
    assert check(office, instant(DAY)).ok
