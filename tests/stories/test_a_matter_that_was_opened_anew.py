"""Promise: a matter that is reopened gets the time that its ladder gives, from that day on."""

from datetime import date, timedelta

import pytest

from flows.audit import contradictions
from flows.database import reading, transaction
from flows.explain import explain
from flows.history import faults
from flows.rulebook import load_policy
from flows.working_days import load_calendar
from models.decision import Verdict
from models.warning import Colour
from tests.conftest import SEEDS, SHANGHAI, Cast, instant
from tests.kept import colour, extend, notices, play
from tests.look_backs import another_reviewer, check, put_down, sign_off, the_task
from tests.sign_offs import gather_bench

OPENED, SIGNED_OFF, REOPENED = date(2022, 1, 4), date(2022, 1, 10), date(2022, 5, 9)
DUE = date(2022, 12, 30)
LADDERS = {  # by the day: a month and two, or 45 and 75 days and three months, after its opening
    "kuitun3": {
        Colour.BLUE: REOPENED + timedelta(days=1),  # its own day, found by the next night
        Colour.YELLOW: date(2022, 6, 9),
        Colour.RED: date(2022, 7, 9),
    },
    "haicheng3": {
        Colour.BLUE: REOPENED + timedelta(days=45),
        Colour.YELLOW: REOPENED + timedelta(days=75),
        Colour.RED: date(2022, 8, 9),
    },
}


@pytest.mark.parametrize("name", LADDERS)
def test_a_matter_that_was_opened_anew(office, cast: Cast, name: str):
    text = (SEEDS / f"policies/{name}.toml").read_text("utf-8")
    with transaction(office.engine, instant(OPENED)) as session:
        cast.policy_id = load_policy(session, text, file=name, now=instant(OPENED)).id
    bench = gather_bench(office, cast)
    ruth = another_reviewer(bench)
    bench.task("线-1", DUE, opened_on=OPENED)
    play(office, OPENED)
    sign_off(bench, "线-1", SIGNED_OFF, open_it=False)
    put_down(bench, "线-1", REOPENED)
    check(bench, "线-1", ruth, Verdict.SHAM, REOPENED, reason="台账是补的")
    assert colour(office, "线-1") == Colour.GREEN
    extend(office, "线-1", DUE, on=REOPENED)  # else the short deadline of a return strikes first

    found = {}
    eves = {on - timedelta(days=1) for on in LADDERS[name].values()} - {REOPENED}
    for on in sorted(eves | set(LADDERS[name].values())):
        play(office, on)
        found.setdefault(colour(office, "线-1"), on)

    found.pop(Colour.GREEN, None)
    assert found == LADDERS[name]
    assert [n.colour for n in notices(office, "线-1")][-3:] == ["blue", "yellow", "red"]
    task = the_task(bench, "线-1")
    assert (task.opened_on, task.begun_on, task.cycle) == (OPENED, REOPENED, 2)
    with reading(office.engine) as session:
        assert list(faults(session)) == list(contradictions(session)) == []

        def said(on: date) -> str:
            calendar = load_calendar(session)
            found = explain(session, "线-1", on=on, calendar=calendar, timezone=SHANGHAI)
            return "\n".join(found.sentences("zh-CN") + found.sentences("en"))

        assert "2022年5月9日重新启动整改（第 2 轮）" in said(REOPENED)
        assert "reopened on 9 May 2022 (cycle 2)" in said(REOPENED)
        assert "重新启动" not in said(REOPENED - timedelta(days=1))
