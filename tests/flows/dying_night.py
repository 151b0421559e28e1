"""A night that is killed: `python -m tests.flows.dying_night URL HOME DATE N WHEN`.

It dies by SIGKILL, which nothing can catch, right before or right after its N-th commit.
"""

import os
import signal
import sys
from datetime import date
from pathlib import Path

from sqlalchemy import Engine, event

from flows.database import open_engine
from tests.conftest import office_on
from tests.kept import play


def die_at_commit(engine: Engine, n: int, when: str) -> None:
    left = iter(range(n - 1, -1, -1))

    def commit(connection) -> None:
        if connection.get_execution_options().get("sise_writes") and next(left) == 0:
            if when == "after":
                connection.connection.driver_connection.commit()
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "commit", commit)


if __name__ == "__main__":
    url, home, on, n, when = sys.argv[1:]
    engine = open_engine(url)
    die_at_commit(engine, int(n), when)
    play(office_on(engine, Path(home)), date.fromisoformat(on))
