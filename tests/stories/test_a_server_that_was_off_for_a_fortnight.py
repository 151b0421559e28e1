"""Promise: missed nights are made up at the colour that the clock says, with one notice each."""

from datetime import date

from models import Transition
from models.warning import Colour
from tests.conftest import Cast
from tests.kept import colour, digests, notices, play, rows, wind


def test_a_server_that_was_off_for_a_fortnight(office, cast: Cast):
    cast.task("甲-1", date(2022, 7, 13))
    cast.task("乙-1", date(2022, 7, 22))
    cast.task("丙-1", date(2022, 6, 27))
    cast.task("丁-1", date(2022, 8, 12))
    play(office, date(2022, 7, 14))
    before = len(notices(office, "甲-1")), colour(office, "丙-1")

    play(office, date(2022, 8, 2))  # the next night that this machine sees

    assert before == (1, Colour.YELLOW)
    assert {n: colour(office, n) for n in ("甲-1", "乙-1", "丙-1", "丁-1")} == {
        "甲-1": Colour.YELLOW,
        "乙-1": Colour.YELLOW,
        "丙-1": Colour.RED,
        "丁-1": Colour.GREEN,
    }
    [only] = notices(office, "乙-1")
    assert (only.colour, only.issued_on, only.answer_by) == (
        "yellow",
        date(2022, 8, 2),
        date(2022, 8, 5),
    )
    [raised] = [t for t in rows(office, Transition) if t.passed and t.on == only.issued_on]
    assert (raised.source, raised.passed) == ("green", "blue")
    [alice] = digests(office, cast.alice)[1:]
    assert "丁-1" in alice.body.text  # a reminder that was due on the way

    wind(office, date(2022, 8, 3), date(2022, 8, 4))
    assert len(notices(office, "乙-1")) == 1
