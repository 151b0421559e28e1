"""Two nights at once are kept apart by something that a dying process lets go of."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from flows.database import sqlite_file
from flows.locks import Lock
from models.refusal import Refusal

_TAKE = text("SELECT pg_try_advisory_lock(:key)")
_LET_GO = text("SELECT pg_advisory_unlock(:key)")


class NightBusy(Refusal):
    """Another runner is playing a night; this one left everything as it was."""

    exit_code = 1

    def __init__(self) -> None:
        super().__init__(
            "另一个进程正在执行夜间检查；本次未作任何改动，请稍后再试",
            "another runner is playing a night; this one changed nothing, try again later",
        )


@contextmanager
def held(engine: Engine) -> Iterator[None]:
    """Hold the night for as long as this process lives. Raises NightBusy."""
    guard = _file_lock(engine) if engine.dialect.name == "sqlite" else _advisory_lock(engine)
    with guard:
        yield


@contextmanager
def _file_lock(engine: Engine) -> Iterator[None]:
    database = sqlite_file(engine)
    if database is None:
        raise ValueError("a night needs a database in a file, not in memory")
    with database.with_suffix(".night.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NightBusy from error
        yield


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(_TAKE, {"key": Lock.NIGHT.value}):
            raise NightBusy
        try:
            yield
        finally:
            with suppress(OperationalError):  # a connection that broke took the lock with it
                connection.scalar(_LET_GO, {"key": Lock.NIGHT.value})
