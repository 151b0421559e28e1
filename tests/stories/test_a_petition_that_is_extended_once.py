"""Promise: a petition is extended once, by at most thirty days; after them it is due for good."""

from datetime import date, timedelta

import pytest

from flows.database import transaction
from flows.rulebook import load_procedure
from flows.signoff.request_bounds import NotAllowed
from models.request_machine import RequestKind
from models.warning import Colour
from tests.conftest import SEEDS, Cast, instant
from tests.kept import colour, notices, play, wind
from tests.requests import Asking
from tests.sign_offs import gather_bench

DUE = date(2022, 7, 13)
EXTENDED = DUE + timedelta(days=30)  # Friday 12 August


def test_a_petition_that_is_extended_once(office, cast: Cast):
    text = (SEEDS / "procedures/petition.toml").read_text(encoding="utf-8")
    with transaction(office.engine, instant(DUE)) as session:
        petition = load_procedure(session, text, file="petition", now=instant(DUE))
        cast.procedure_id = petition.id
    asking = Asking(gather_bench(office, cast))
    asking.bench.task("信-1", DUE, opened_on=DUE - timedelta(days=60))

    wind(office, date(2022, 7, 9), date(2022, 7, 15))
    assert colour(office, "信-1") == Colour.BLUE

    on = date(2022, 7, 15)
    with pytest.raises(NotAllowed):
        asking.ask("信-1", RequestKind.EXTENSION, on, until_on=EXTENDED + timedelta(days=1))
    asking.ask("信-1", RequestKind.EXTENSION, on, until_on=EXTENDED)
    play(office, date(2022, 7, 16))
    assert colour(office, "信-1") == Colour.BLUE  # to ask is not to have
    asking.grant("信-1", date(2022, 7, 18), who=cast.dora)
    assert colour(office, "信-1") == Colour.GREEN
    assert [n.state for n in notices(office, "信-1")] == ["lifted"]

    for days in (-25, -24, -15, -10, -3, -1, 0):  # the week after it, the reminders, the end
        play(office, EXTENDED + timedelta(days=days))
    assert colour(office, "信-1") == Colour.GREEN
    with pytest.raises(NotAllowed, match="all are used"):
        asking.ask("信-1", RequestKind.EXTENSION, EXTENDED, until_on=date(2022, 8, 31))
    play(office, date(2022, 8, 13))
    assert colour(office, "信-1") == Colour.BLUE
    assert (asking.task("信-1").original_due_on, asking.task("信-1").due_on) == (DUE, EXTENDED)
