"""Promise: days off are nobody's fault. What falls on them counts from the next working day."""

from datetime import date

from flows.database import transaction
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.working_days import DaySaid, set_days
from models.warning import Colour
from tests.conftest import Cast, instant
from tests.kept import colour, notices, play, wind


def test_a_deadline_in_the_national_holidays(office, cast: Cast):
    """2022: off from 1 to 7 October, worked on Saturday the 8th and Sunday the 9th."""
    cast.task("甲-1", date(2022, 10, 3))

    wind(office, date(2022, 9, 30), date(2022, 10, 8))
    assert colour(office, "甲-1") == Colour.GREEN

    play(office, date(2022, 10, 9))
    [notice] = notices(office, "甲-1")
    assert (notice.acknowledge_by, notice.answer_by) == (date(2022, 10, 10), date(2022, 10, 12))


def test_a_day_that_the_office_gives_off_moves_the_deadlines_that_fall_on_it(office, cast: Cast):
    """A typhoon on Wednesday 13 July: known too late, but before the night."""
    cast.task("甲-1", date(2022, 7, 13))
    now = instant(date(2022, 7, 13))
    with transaction(office.engine, now) as session:
        command = Unattended(COMMAND_LINE, date(2022, 7, 13), now)
        set_days(session, command, [DaySaid(date(2022, 7, 13), False, "台风停工")])

    play(office, date(2022, 7, 14))
    assert colour(office, "甲-1") == Colour.GREEN

    play(office, date(2022, 7, 15))
    assert colour(office, "甲-1") == Colour.BLUE
