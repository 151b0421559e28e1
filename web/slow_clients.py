"""Clients that begin a request and do not go on: each would keep a connection for ever, and with
it a file of those that the database and the mail need too."""

from asyncio import TimerHandle, Transport
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 800  # connections at once; a process may often have 1024 files open
WITHIN: dict[Any, float] = {h11.IDLE: 30, h11.SEND_BODY: 600}  # seconds; a slow line, a large file


class OnTime(H11Protocol):
    """What a request consists of has to come within its time, however little at a time. Between
    requests uvicorn's own, shorter time counts."""

    _awaited: Any = None
    _timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn types its own
        super().connection_made(transport)
        if len(self.connections) > MOST:
            transport.abort()
        else:
            self._await_next()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._await_next()

    def on_response_complete(self) -> None:
        super().on_response_complete()  # looks at a request that came behind the other
        self._await_next()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _await_next(self) -> None:
        state = self.conn.their_state
        if state is self._awaited:
            return
        self._stop()
        self._awaited = state
        if state in WITHIN:
            self._timer = self.loop.call_later(WITHIN[state], self.transport.abort)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
