"""On what it was measured; and how much memory this process took (on Linux)."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HOW_MUCH = Path("/proc/self/clear_refs"), Path("/proc/self/status")
LIBRARIES = ("SQLAlchemy", "psycopg", "transitions", "python-statemachine", "SpiffWorkflow")


def machine() -> str:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{platform.machine()}, {os.cpu_count()} processors (load {load}), "
        f"Python {platform.python_version()}, {'; '.join(map(_version, LIBRARIES))}"
    )


def _version(library: str) -> str:
    try:
        return f"{library} {version(library)}"
    except PackageNotFoundError:
        return f"no {library}"


def forget_peak() -> None:
    """The high-water mark of memory begins anew."""
    HOW_MUCH[0].write_text("5")


def peak_mb() -> int:
    said = HOW_MUCH[1].read_text().partition("VmHWM:")[2].split()
    return int(said[0]) // 1024
