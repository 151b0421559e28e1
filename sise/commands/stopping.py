"""Being asked to stop: what is in flight gets its answer, nothing new begins."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from types import FrameType

import typer


@dataclass
class Stopping:
    """`asked` is set by SIGTERM or the first Ctrl-C; the second Ctrl-C breaks off."""

    asked: Event = field(default_factory=Event)
    by: int = 0

    def heed(self, number: int, frame: FrameType | None) -> None:
        self.by = self.by or number
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.asked.set()


@contextmanager
def stoppable() -> Iterator[Stopping]:
    """Whoever was asked to stop ends with 128 and the number of the signal, as a shell says it."""
    stopping = Stopping()
    before = {
        number: signal.signal(number, stopping.heed) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if stopping.by:
        raise typer.Exit(128 + stopping.by)


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends it as its own end would, everything around it unwound: exit code 0.

    uvicorn raises the signal anew when it has shut down, which would kill the process.
    """

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
