"""A night that is killed, in a process of its own (tests/forked.py).

It dies by SIGKILL, which nothing can catch: right `before` or right `after` its N-th commit, at its
N-th `statement`, or at a `moment`, N milliseconds after it began.
"""

import os
import signal
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Timer

from sqlalchemy import Engine, event

from flows.database import open_engine
from flows.night import run_night
from tests.conftest import office_on


def die_at(engine: Engine, where: str, n: int) -> None:
    left = iter(range(n - 1, -1, -1))

    def commit(connection) -> None:
        if connection.get_execution_options().get("sise_writes") and next(left) == 0:
            if where == "after":
                connection.connection.driver_connection.commit()
            die()

    def statement(*_of: object) -> None:
        if next(left) == 0:
            die()

    if where == "moment":
        Timer(n / 1000, die).start()
    elif where == "statement":
        event.listen(engine, "before_cursor_execute", statement)
    else:
        event.listen(engine, "commit", commit)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def play_and_die(url: str, home: Path, smtp_url: str, now: datetime, where: str, n: int) -> None:
    engine = open_engine(url)
    office = replace(office_on(engine, home), smtp_url=smtp_url)
    die_at(engine, where, n)
    run_night(office, on=office.local(now).date(), now=now)
