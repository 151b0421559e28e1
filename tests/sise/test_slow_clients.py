"""Whoever begins a request and does not go on is in nobody's way, and not for ever."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from tests.sise.conftest import Sise
from tests.sise.test_serving import ROOT, free_port, listens, until

SERVE = """
import sys
import h11
from sise.commands import serving
from sise.main import run
from web import slow_clients

serving.ANSWERED_WITHIN = 1
slow_clients.MOST = int(sys.argv[2])
slow_clients.WITHIN |= {h11.IDLE: float(sys.argv[3]), h11.SEND_BODY: float(sys.argv[3])}
sys.argv = ["sise", "serve", "--port", sys.argv[1]]
run()
"""
ASKED = b"GET /login HTTP/1.1\r\nHost: sise\r\nConnection: close\r\n\r\n"
BEGUN = {
    "nothing": b"",
    "headers": b"GET /login HTTP/1.1\r\nHost: sise\r\nX-A: ",
    "a form": b"POST /login HTTP/1.1\r\nHost: sise\r\nContent-Length: 99\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\naddress=",
}


class Server(NamedTuple):
    port: int
    child: subprocess.Popen[bytes]


@pytest.fixture
def server(ready: Sise, request: pytest.FixtureRequest) -> Iterator[Server]:
    """Parameters: how many connections at once, and the seconds a request may take."""
    port = free_port()
    command = [sys.executable, "-c", SERVE, str(port), *map(str, request.param)]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, "SISE_NIGHT_AT": "off"}) as child:
        try:
            until(lambda: listens(port), child)
            yield Server(port, child)
        finally:
            child.kill()


def begin(port: int, octets: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=60)
    client.sendall(octets)
    return client


def said(client: socket.socket) -> bytes:
    """All, up to the end of the connection."""
    try:
        return b"".join(iter(lambda: client.recv(65536), b""))
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("server", [(800, 600)], indirect=True)
def test_two_hundred_who_do_not_go_on_keep_nobody_waiting(server: Server):
    with ExitStack() as slow:
        for n in range(200):
            slow.enter_context(begin(server.port, [*BEGUN.values()][n % len(BEGUN)]))
        with begin(server.port, ASKED) as client:
            assert said(client).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("server", [(800, 0.5)], indirect=True)
def test_a_request_that_does_not_come_in_its_time_is_given_up(server: Server):
    for octets in BEGUN.values():
        with begin(server.port, octets) as client:
            assert not said(client).startswith(b"HTTP/1.1 200")
    with begin(server.port, ASKED) as client:
        assert said(client).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("server", [(800, 0.5)], indirect=True)
def test_a_request_that_came_behind_another_is_given_up_too(server: Server):
    whole = b"GET /login HTTP/1.1\r\nHost: sise\r\n\r\n"
    with begin(server.port, whole + BEGUN["a form"]) as client:
        assert said(client).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("server", [(20, 600)], indirect=True)
def test_no_more_connections_than_there_are_files_for(server: Server):
    with ExitStack() as slow:
        for _ in range(20):
            slow.enter_context(begin(server.port, BEGUN["headers"]))
        with begin(server.port, b"") as one_more:
            assert said(one_more) == b""


@pytest.mark.parametrize("server", [(800, 600)], indirect=True)
def test_whoever_is_still_sending_does_not_hold_up_the_end(server: Server):
    with begin(server.port, BEGUN["a form"]):
        with begin(server.port, ASKED) as another:
            assert said(another).startswith(b"HTTP/1.1 200"), "so the form has begun, too"
        server.child.send_signal(signal.SIGTERM)
        assert server.child.wait(60) == 0
