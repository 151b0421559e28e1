"""Health: a late night, one that was not finished, mail in vain, and the end of the calendar."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from flows.database import transaction
from flows.health import check
from flows.night import run_night
from flows.working_days import confirm_year
from models import Message
from tests.conftest import Cast, instant
from tests.kept import digests, edit, play

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def office(office):
    """The one of these tests reads English."""
    return replace(office, language="en")


def problems(office, on: date, at: time, **facts) -> list[str]:
    return check(office, instant(on, at), **facts).problems


def test_a_new_office_is_well_but_has_not_slept_yet(office, cast: Cast):
    found = check(office, instant(DAY))

    assert (found.ok, found.last_night_on) == (True, None)
    assert found.warnings == ["no night has been played yet"]


def test_a_night_is_late_two_hours_after_its_time(office, cast: Cast):
    play(office, DAY)

    assert problems(office, NEXT, time(3, 59)) == []
    assert problems(office, NEXT, time(4)) == [
        "the last night is 2022-07-14, and 2022-07-15 should have been played"
    ]
    play(office, NEXT)
    assert problems(office, NEXT, time(23, 59)) == []


def test_a_night_at_another_hour_is_late_after_that(office, cast: Cast):
    play(office, DAY)

    assert problems(office, NEXT, time(21), night_at=time(20)) == []
    assert problems(office, NEXT, time(22), night_at=time(20)) != []
    assert problems(office, NEXT, time(4), night_at=None) != []  # another scheduler's hour


def test_a_night_that_runs_is_no_trouble_and_one_that_died_is(office, cast: Cast):
    def dies(step, run) -> None:
        raise KeyboardInterrupt

    play(office, DAY)
    with pytest.raises(KeyboardInterrupt):
        run_night(office, on=NEXT, now=instant(NEXT), run_step=dies)

    assert problems(office, NEXT, time(2, 5)) == []
    assert problems(office, NEXT, time(4, 5)) == [
        "the last night is 2022-07-14, and 2022-07-15 should have been played",
        "the night of 2022-07-15 was begun and not finished; 'sise night' goes on with it",
    ]
    play(office, NEXT)
    assert problems(office, NEXT, time(4, 5)) == []


def test_mail_that_only_waits_is_well_and_mail_tried_in_vain_is_not(office, cast: Cast):
    cast.task("甲-1", DUE)
    for n in range(3):
        play(office, DAY + timedelta(days=n))
    assert problems(office, date(2022, 7, 16), time(9)) == []

    waiting = digests(office)[0]
    edit(office, Message, waiting.id, state="queued", attempts=4)

    assert problems(office, date(2022, 7, 16), time(9)) == [
        "1 mails have been tried in vain for more than a day; look at the relay"
    ]


def test_the_end_of_the_known_calendar_is_a_warning_sixty_days_ahead(office, cast: Cast):
    """2060 is not known; then the office confirms it and the year before."""
    with transaction(office.engine, instant(DAY)) as session:
        confirm_year(session, 2060, instant(DAY))
    play(office, date(2060, 1, 1))

    assert check(office, instant(date(2060, 10, 31))).warnings == []
    [warning] = check(office, instant(date(2060, 11, 1))).warnings
    assert warning.startswith("the calendar is known until 2060-12-31")
