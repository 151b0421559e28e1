"""A receiver of webhooks on this machine, which answers as its script says."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

DROP = 0
Script = Callable[["Post"], int]


@dataclass(frozen=True)
class Post:
    path: str
    headers: dict[str, str]
    body: bytes
    n: int  # the how-manieth that arrived

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    script: Script = lambda post: 204
    port: int = 0
    scheme: str = "http"
    posts: list[Post] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"


@contextmanager
def receiving(
    script: Script = lambda post: 204, context: ssl.SSLContext | None = None
) -> Iterator[Receiver]:
    """An answer is a status; DROP: the connection is closed without one."""
    one, lock = Receiver(script, scheme="https" if context else "http"), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # http.server's name
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                post = Post(self.path, headers, body, len(one.posts) + 1)
                one.posts.append(post)
            status = one.script(post)
            if status == DROP:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("content-length", "0")
            if 300 <= status < 400:
                self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a peer that goes away
    one.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
        thread.join(60)
