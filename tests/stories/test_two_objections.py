"""Promise: an objection stands the clock still until the office has decided; upheld, it is
somebody else's matter, and he is told; rejected, it goes on where it was."""

from datetime import date

import pytest

from flows.signoff.roles import NotYours
from models.request_machine import RequestKind
from models.warning import Colour
from tests.conftest import Cast
from tests.kept import colour, digests, play, told, wind
from tests.requests import Asking
from tests.sign_offs import gather_bench

OPENED, DUE = date(2022, 7, 11), date(2022, 7, 14)
OBJECTED, DECIDED = date(2022, 7, 13), date(2022, 7, 19)


def test_two_objections(office, cast: Cast):
    asking = Asking(gather_bench(office, cast))
    bench = asking.bench
    for number in ("甲-1", "甲-2"):
        bench.task(number, DUE, opened_on=OPENED)
        asking.ask(number, RequestKind.OBJECTION, OBJECTED)
    wind(office, date(2022, 7, 14), date(2022, 7, 18))
    assert [colour(office, n) for n in ("甲-1", "甲-2")] == [Colour.GREEN, Colour.GREEN]

    asking.grant("甲-1", DECIDED, unit_id=bench.lead_unit, handler_id=bench.leo)
    asking.refuse("甲-2", DECIDED, reason="职责明确")

    play(office, date(2022, 7, 20))
    assert [colour(office, n) for n in ("甲-1", "甲-2")] == [Colour.BLUE, Colour.BLUE]
    assert told(office, "甲-1")[0] == ("leo", "handler", "act")
    assert told(office, "甲-2")[0] == ("alice", "handler", "act")
    assert len(digests(office, bench.leo)) == 1
    later = date(2022, 8, 1)
    with pytest.raises(NotYours):
        asking.ask("甲-1", RequestKind.EXTENSION, date(2022, 7, 20), until_on=later)
    asking.ask("甲-1", RequestKind.EXTENSION, date(2022, 7, 20), until_on=later, who=bench.leo)
