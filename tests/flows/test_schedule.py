"""The night comes at its hour, however late, and one failure does not end the series."""

import logging
from datetime import UTC, date, datetime, time, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest

from flows.schedule import night_is_due, night_scheduler

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURLY = timedelta(hours=1)
AT_TWO = time(2)
DAY = date(2022, 7, 14)
BEFORE, AFTER = (datetime(2022, 7, 14, hour, 30, tzinfo=SHANGHAI) for hour in (1, 2))


def nothing() -> None:
    pass


def started(tick=nothing, *, night_at=AT_TWO, delivery=nothing, every=HOURLY, **more):
    return night_scheduler(
        tick, night_at=night_at, timezone=SHANGHAI, delivery=delivery, every=every, **more
    )


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (date(2022, 7, 13), AFTER, DAY),
        (date(2022, 7, 1), AFTER, DAY),
        (DAY, AFTER, None),
        (date(2022, 7, 13), BEFORE, None),
        (date(2022, 7, 12), BEFORE, date(2022, 7, 13)),
        (None, BEFORE, None),
        (None, AFTER, DAY),
    ],
    ids=[
        "this night was missed",
        "many were missed",
        "it was played",
        "its hour is to come",
        "only yesterday's is late",
        "a first night waits for its hour",
        "a first night is due",
    ],
)
def test_a_night_is_due_when_its_hour_has_struck_and_nobody_played_it(last, now, due):
    assert night_is_due(last, now.astimezone(UTC), AT_TWO, SHANGHAI) == due


def test_the_hour_is_the_offices_own():
    late_in_london = datetime(2022, 7, 13, 18, 30, tzinfo=UTC)  # 02:30 on the 14th in Shanghai

    assert night_is_due(date(2022, 7, 13), late_in_london, AT_TWO, SHANGHAI) == DAY
    assert night_is_due(date(2022, 7, 13), late_in_london, AT_TWO, ZoneInfo("UTC")) is None


def test_off_means_that_no_night_is_due_and_none_is_scheduled():
    assert night_is_due(date(2022, 1, 1), AFTER, None, SHANGHAI) is None
    with started(night_at=None) as scheduler:
        assert [job.id for job in scheduler.get_jobs()] == ["delivery"]


def test_the_next_night_is_at_the_offices_hour():
    with started(night_at=time(23, 45)) as scheduler:
        at = scheduler.get_job("night").next_run_time
    assert at.time() == time(23, 45)
    assert at.utcoffset() == timedelta(hours=8)


def test_a_night_whose_hour_passed_while_the_machine_slept_is_played_once():
    played = []
    done = Event()

    def tick() -> None:
        played.append("night")
        done.set()

    with started(tick) as scheduler:
        night = scheduler.get_job("night")
        at = night.next_run_time
        night.modify(next_run_time=at - timedelta(days=3))
        assert done.wait(60)
        assert scheduler.get_job("night").next_run_time == at
    assert played == ["night"]


def test_a_night_that_is_due_is_played_at_once():
    played = Event()
    with started(played.set, at_once=True):
        assert played.wait(60)


def test_mail_that_waits_when_serving_begins_goes_at_once():
    delivered = Event()
    with started(delivery=delivered.set):
        assert delivered.wait(60)


def test_a_delivery_that_fails_says_so_in_a_line_and_is_tried_again(caplog):
    tries = []
    thrice = Event()

    def delivery() -> None:
        tries.append("try")
        if len(tries) == 3:
            thrice.set()
        raise ConnectionError("the relay is away")

    with (
        caplog.at_level(logging.ERROR),
        started(delivery=delivery, every=timedelta(milliseconds=20)),
    ):
        assert thrice.wait(60)

    assert caplog.records[0].getMessage() == (
        "the delivery failed: ConnectionError: the relay is away"
    )
    assert all(record.exc_info is None for record in caplog.records)


def test_leaving_waits_for_a_delivery_that_has_begun():
    begun, go_on, ended = Event(), Event(), Event()

    def delivery() -> None:
        begun.set()
        go_on.wait(60)
        ended.set()

    with started(delivery=delivery, every=timedelta(milliseconds=20)):
        assert begun.wait(60)
        go_on.set()
    assert ended.is_set()
