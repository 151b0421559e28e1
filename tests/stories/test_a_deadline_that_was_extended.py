"""Promise: a new deadline takes the colour back, and everything begins again from it."""

from datetime import date, timedelta

from models import DeadlineChange, Reminder
from models.warning import Colour
from tests.conftest import Cast
from tests.kept import colour, digests, extend, notices, rows, wind

DUE, LATER = date(2022, 7, 13), date(2022, 8, 31)


def test_a_deadline_that_was_extended(office, cast: Cast):
    cast.task("甲-1", DUE)
    for first, last in ((9, 10), (13, 15), (19, 21)):
        wind(office, date(2022, 7, first), date(2022, 7, last))
    assert colour(office, "甲-1") == Colour.YELLOW

    extend(office, "甲-1", LATER, on=date(2022, 7, 21))
    assert colour(office, "甲-1") == Colour.GREEN
    assert [n.state for n in notices(office, "甲-1")] == ["superseded", "lifted"]

    for first, last in ((-40, -39), (-35, -35), (-11, -10), (-4, -3), (-1, 0)):
        wind(office, LATER + timedelta(days=first), LATER + timedelta(days=last))
    assert colour(office, "甲-1") == Colour.GREEN
    assert len(notices(office, "甲-1")) == 2
    assert [(r.anchor, r.entry) for r in rows(office, Reminder)] == [
        (date(2022, 7, 13), "due -10d"),
        (date(2022, 7, 13), "due -3d"),
        (date(2022, 8, 31), "due -10d"),
        (date(2022, 8, 31), "due -3d"),
    ]
    assert "到期" in digests(office, cast.alice)[-1].subject

    wind(office, LATER + timedelta(days=1), LATER + timedelta(days=1))
    assert colour(office, "甲-1") == Colour.BLUE
    assert [c.reason for c in rows(office, DeadlineChange)] == ["交办", "经批准延期"]
