"""Prefect's local API makes its database when it first starts, which takes longer than a night: in
a run of tests once. Whoever comes later starts it as an office does that has had it before."""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

import pytest

NAME = "prefect/prefect.db"


@pytest.fixture(scope="session")
def starting_prefect(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Path], AbstractContextManager[None]]:
    """Around whatever starts the API of an office that has never had it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    kept = folder / "prefect.db"

    @contextmanager
    def starting(home: Path) -> Iterator[None]:
        with (folder / "prefect.lock").open("w") as lock:
            flock(lock, LOCK_EX)  # the workers of this run
            if not kept.exists():
                yield
                _copy(home / NAME, kept)
                return
        (home / NAME).parent.mkdir()
        shutil.copy(kept, home / NAME)
        yield

    return starting


def _copy(used: Path, kept: Path) -> None:
    """With what its log still holds, and while it is used."""
    with closing(sqlite3.connect(used)) as database:
        database.execute("VACUUM INTO ?", (f"{kept}.new",))
    Path(f"{kept}.new").rename(kept)
