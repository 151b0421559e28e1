"""A browser whose requests reach the application as Starlette's own do, each by one call into the
loop: that one calls nine times for each, to hand over an answer while it is still being made."""

import warnings
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import anyio
import httpx
from starlette.types import Message, Scope

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for httpx2, and works with the httpx that is here
    from fastapi.testclient import TestClient


class Browser(TestClient):
    """It follows no redirects, and what fails in the application is an answer."""

    def __init__(self, app: Any, base_url: str, client: tuple[str, int]) -> None:
        super().__init__(app, base_url=base_url, follow_redirects=False)
        self._transport = _Transport(self, client)


@dataclass
class _Transport(httpx.BaseTransport):
    browser: Browser
    client: tuple[str, int]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self.browser._portal_factory() as portal:
            return portal.call(_exchange, self.browser.app, self._scope(request), request)

    def _scope(self, request: httpx.Request) -> Scope:
        url = request.url
        path, _, query = url.raw_path.partition(b"?")
        return {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(path.decode("ascii")),
            "raw_path": path,
            "root_path": "",
            "scheme": url.scheme,
            "query_string": query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": self.client,
            "server": [url.host, url.port or {"http": 80, "https": 443}[url.scheme]],
            "state": self.browser.app_state.copy(),
        }


async def _exchange(app: Any, scope: Scope, request: httpx.Request) -> httpx.Response:
    exchange = _Exchange(request)
    try:
        await app(scope, exchange.receive, exchange.send)
    except Exception:
        if exchange.start is None:  # otherwise it has had its answer, and is raised for the log
            raise
    return exchange.response()


@dataclass
class _Exchange:
    """One request, and what the application answers to it."""

    request: httpx.Request
    start: Message | None = None
    parts: list[bytes] = field(default_factory=list)
    is_read: bool = False
    over: anyio.Event = field(default_factory=anyio.Event)

    async def receive(self) -> Message:
        if self.is_read:
            await self.over.wait()
            return {"type": "http.disconnect"}
        body = self.request.read()  # not before it is asked for
        self.is_read = True
        return {"type": "http.request", "body": body}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            assert self.start is None
            self.start = message
            return
        assert message["type"] == "http.response.body"
        assert self.start is not None
        assert not self.over.is_set()
        self.parts.append(bytes(message.get("body", b"")))
        if not message.get("more_body", False):
            self.over.set()

    def response(self) -> httpx.Response:
        assert self.start is not None
        assert self.over.is_set()
        body = b"" if self.request.method == "HEAD" else b"".join(self.parts)
        return httpx.Response(
            self.start["status"],
            headers=self.start["headers"],
            stream=httpx.ByteStream(body),
            request=self.request,
        )
