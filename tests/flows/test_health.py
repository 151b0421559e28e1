"""Health: a late night, one that was not finished, mail in vain, and the end of the calendar."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from flows.database import transaction
from flows.health import check
from flows.mail_waits import NO_RELAY
from flows.night import run_night
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.working_days import confirm_year
from models import Message, Official, Post
from tests.conftest import Cast, instant
from tests.kept import digests, edit, play, rows

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def office(office):
    """The one of these tests reads English."""
    return replace(office, language="en")


def problems(office, on: date, at: time) -> list[str]:
    return check(office, instant(on, at)).problems


def with_relay(office):
    return replace(office, smtp_url="smtp://127.0.0.1:1")


def test_a_new_office_is_well_but_its_tasks_want_a_night(office, cast: Cast):
    empty = check(office, instant(DAY))
    cast.task("甲-1", DUE)
    found = check(office, instant(DAY))

    assert (empty.ok, empty.last_night_on, empty.warnings) == (True, None, [])
    assert (found.ok, found.last_night_on) == (True, None)
    assert found.warnings == ["open tasks: 1; but no night has been played yet"]


def test_mail_that_waits_for_a_relay_to_be_set_is_a_warning(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)

    assert check(office, instant(DAY)).ok
    assert check(office, instant(DAY)).warnings == [
        f"mails waiting: 2; {NO_RELAY.english}",
    ]
    assert check(with_relay(office), instant(DAY)).warnings == []


def test_a_sender_that_was_never_set_is_a_warning_once_mail_can_go(office, cast: Cast):
    unset = replace(office, mail_from="sise@localhost")

    assert check(unset, instant(DAY)).warnings == []
    [warning] = check(with_relay(unset), instant(DAY)).warnings
    assert "SISE_MAIL_FROM" in warning


def test_people_whom_no_mail_reaches_are_named_in_a_warning(office, cast: Cast):
    """Bob handles nothing, so that nobody misses his address."""
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE, handler_id=cast.carol)
    play(office, DAY)
    edit(office, Message, digests(office, cast.alice)[0].id, state="dead")
    for who in (cast.bob, cast.carol):
        edit(office, Official, who, email=None)

    found = check(with_relay(office), instant(DAY))

    assert found.ok
    assert found.warnings == [
        "people whom no mail reaches (refused, or no address): 2; alice, carol"
    ]


@pytest.mark.parametrize("who", ["alice", "dora"])
def test_whoever_handles_for_a_unit_is_missed_where_the_task_names_nobody(office, cast: Cast, who):
    """Dora, the unit's head, only where no handler is in post."""
    cast.task("甲-1", DUE, handler_id=None)
    for name in ("alice", "dora"):
        edit(office, Official, cast.people[name], email=None)
    if who == "dora":
        [post] = rows(office, Post, Post.official_id == cast.alice)
        edit(office, Post, post.id, until_on=DAY - timedelta(days=1))
    play(office, DAY)

    assert check(with_relay(office), instant(DAY)).warnings == [
        f"people whom no mail reaches (refused, or no address): 1; {who}"
    ]


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

    evening, elsewhere = replace(office, night_at=time(20)), replace(office, night_at=None)
    assert problems(evening, NEXT, time(21)) == []
    assert problems(evening, NEXT, time(22)) != []
    assert problems(elsewhere, NEXT, time(4)) != []  # another scheduler's hour


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
        confirm_year(session, Unattended(COMMAND_LINE, DAY, instant(DAY)), 2060)
    play(office, date(2060, 1, 1))
    office = with_relay(office)

    assert check(office, instant(date(2060, 10, 31))).warnings == []
    [warning] = check(office, instant(date(2060, 11, 1))).warnings
    assert warning.startswith("the calendar is known until 2060-12-31")
