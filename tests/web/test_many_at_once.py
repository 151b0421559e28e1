"""Many people at once at a real `sise serve` on SQLite: a small sample of `make bench`."""

import threading
from pathlib import Path

import pytest

from benchmarks.desk_clients import crowd, served, unwritten
from benchmarks.desk_home import populated
from flows.database import reading
from flows.history import faults
from flows.turns import Turns

CLIENTS, STEPS = 20, 6


@pytest.mark.slow
def test_nobody_is_refused_and_no_act_is_lost(tmp_path: Path):
    with populated(tmp_path, 400) as home:
        with served(home) as at:
            told = crowd(home, at, clients=CLIENTS, more=lambda steps: steps < STEPS)
        with reading(home.engine) as session:
            wrong = list(faults(session))

        assert not told.errors
        assert told.answers == CLIENTS * (STEPS + 1)
        assert told.acts["acknowledge"] >= 4
        assert told.acts["draft"] >= 4
        assert unwritten(told, home) == []
        assert wrong == [], "the history is whole"


def test_whoever_has_waited_longest_is_next():
    turns, served_in_order, waiting = Turns(), [], []
    assert turns.take(0)

    def wait(n: int, begun: threading.Event) -> None:
        begun.set()
        if turns.take(60):
            served_in_order.append(n)
            turns.give()

    for n in range(5):
        begun = threading.Event()
        waiting.append(threading.Thread(target=wait, args=(n, begun)))
        waiting[-1].start()
        begun.wait()
        while turns.waiting <= n:
            pass
    assert not turns.take(0), "somebody has it"
    turns.give()
    for one in waiting:
        one.join()

    assert served_in_order == list(range(5))
    assert turns.take(0), "nobody waits any more"
