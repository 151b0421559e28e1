"""Promise: a long-term task has a date too; a review that is missed is a warning like another."""

from datetime import date

from models.request_machine import RequestKind
from models.warning import Colour
from tests.conftest import Cast
from tests.kept import colour, notices, play, wind
from tests.requests import Asking
from tests.sign_offs import gather_bench

DUE, DAY = date(2022, 7, 13), date(2022, 7, 12)
FIRST = date(2022, 10, 12)


def test_a_review_that_was_missed(office, cast: Cast):
    asking = Asking(gather_bench(office, cast))
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", RequestKind.LONG_TERM, DAY)
    asking.grant("甲-1", DAY)
    play(office, date(2022, 8, 20))
    assert colour(office, "甲-1") == Colour.GREEN

    wind(office, FIRST, date(2022, 10, 13))
    assert colour(office, "甲-1") == Colour.BLUE

    asking.ask("甲-1", RequestKind.REVIEW, date(2022, 10, 14))
    play(office, date(2022, 10, 15))
    assert colour(office, "甲-1") == Colour.BLUE
    asking.grant("甲-1", date(2022, 10, 17))

    task = asking.task()
    assert (task.state, task.colour, task.due_on) == (
        "long_term",
        Colour.GREEN,
        date(2023, 1, 17),
    )
    assert [n.state for n in notices(office, "甲-1")] == ["lifted"]
    wind(office, date(2023, 1, 17), date(2023, 1, 18))
    assert colour(office, "甲-1") == Colour.BLUE
