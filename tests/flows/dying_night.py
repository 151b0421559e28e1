"""A night that is killed: `python -m tests.flows.dying_night URL HOME SMTP NOW WHERE N`.

It dies by SIGKILL, which nothing can catch: right `before` or right `after` its N-th commit, at its
N-th `statement`, or at a `moment`, N milliseconds after it began.
"""

import os
import signal
import sys
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


if __name__ == "__main__":
    url, home, smtp, instant, where, n = sys.argv[1:]
    engine = open_engine(url)
    office = replace(office_on(engine, Path(home)), smtp_url=smtp)
    now = datetime.fromisoformat(instant)
    die_at(engine, where, int(n))
    run_night(office, on=office.local(now).date(), now=now)
