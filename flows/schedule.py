"""What `sise serve` does by itself: the night at its hour, and the delivery of waiting mail,
and the bounces.

The only module that imports APScheduler.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler

BOUNCES_EVERY = timedelta(minutes=5)

log = logging.getLogger(__name__)


def night_is_due(
    last_night_on: date | None, now: datetime, night_at: time | None, timezone: ZoneInfo
) -> date | None:
    """The night that should have been played by now and was not, the first one included.
    `night_at` None: something else plays the nights."""
    if night_at is None:
        return None
    local = now.astimezone(timezone)
    struck = local.time() >= night_at
    if last_night_on is None:
        return local.date() if struck else None
    latest = local.date() if struck else local.date() - timedelta(days=1)
    return latest if last_night_on < latest else None


@contextmanager
def night_scheduler(
    tick: Callable[[], None],
    *,
    night_at: time | None,
    timezone: ZoneInfo,
    delivery: Callable[[], None],
    every: timedelta,
    at_once: bool = False,
    bounces: Callable[[], None] | None = None,
) -> Iterator[BackgroundScheduler]:
    """Run them for as long as this lasts, the first delivery at once; `at_once`: a night is late,
    its hour is not awaited."""
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # By itself APScheduler drops a job that comes a second late. Ours come late, and then once.
    scheduler = BackgroundScheduler(
        timezone=timezone,
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_job(
        _guarded(delivery, "the delivery"),
        "interval",
        id="delivery",
        seconds=every.total_seconds(),
    )
    if bounces is not None:
        job = _guarded(bounces, "reading the bounces")
        scheduler.add_job(job, "interval", id="bounces", seconds=BOUNCES_EVERY.total_seconds())
    if night_at is not None:
        act = _guarded(tick, "the night")
        scheduler.add_job(act, "cron", id="night", hour=night_at.hour, minute=night_at.minute)
    scheduler.start()
    try:
        _bring_forward(scheduler.get_job("delivery"), every)
        if at_once:
            _bring_forward(scheduler.get_job("night"), timedelta(days=1))
        yield scheduler
    finally:
        scheduler.shutdown()


def _bring_forward(job: Job, by: timedelta) -> None:
    """The same job, so that it cannot run twice at once: to it, its hour has just been missed."""
    job.modify(next_run_time=job.next_run_time - by)


def _guarded(act: Callable[[], None], name: str) -> Callable[[], None]:
    def run() -> None:
        try:
            act()
        except Exception as error:
            log.error("%s failed: %s: %s", name, type(error).__name__, error)

    return run
