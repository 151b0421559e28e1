"""On what it was measured."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version

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
