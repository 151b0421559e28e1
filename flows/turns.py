"""Writers of one process take turns, in the order in which they came.

SQLite lets a waiting writer look again now and then, and whoever comes at the right moment is
next: of many, some would wait until they are refused, while others write again and again.
"""

from collections import deque
from threading import Event, Lock


class Turns:
    """One at a time. What stands behind a turn decides for itself, so that whoever has waited too
    long in vain may go on and hear it from there."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._taken = False
        self._waiting: deque[Event] = deque()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def take(self, seconds: float) -> bool:
        """Wait for one's turn; False: it did not come in this time."""
        with self._lock:
            if not self._taken:
                self._taken = True
                return True
            called = Event()
            self._waiting.append(called)
        if called.wait(seconds):
            return True
        with self._lock:
            if called.is_set():
                return True
            self._waiting.remove(called)
            return False

    def give(self) -> None:
        """To whoever has waited longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False
