"""Prefect's API for a night: the operator's, else one of our own on loopback, which dies with us.

Run as a program, this file is that server. It imports neither Prefect nor anything of ours.
"""

import gc
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

# About 9 when it first makes its database, 4 afterwards, a minute where all is busy. Of one that
# dies while it starts this is not waited for.
START_SECONDS = 180
STOP_SECONDS = 5

SILENT = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
# What one nightly flow has no use for; without it the server starts sooner and weighs less.
LEAN = {
    "PREFECT__SERVER_EPHEMERAL": "1",
    "PREFECT__SERVER_FINAL": "1",
    "PREFECT_UI_ENABLED": "false",
    "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
}
# Prefect keeps what its flows log; on the screen our caller says what failed, in one line.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {
        "api": {"class": "prefect.logging.handlers.APILogHandler"},
        "none": {"class": "logging.NullHandler"},
    },
    "loggers": {
        "prefect": {"level": "WARNING", "handlers": ["none"], "propagate": False},
        "prefect.flow_runs": {"handlers": ["api"]},
        "prefect.task_runs": {"handlers": ["api"]},
        # Their parting words on a slow machine: that the last lines are still being kept.
        "APILogWorker": {"handlers": ["none"], "propagate": False},
        "EventsWorker": {"handlers": ["none"], "propagate": False},
    },
}


class PrefectUnavailable(Exception):
    """Prefect's API cannot be had."""


@contextmanager
def prefect_api(home: Path) -> Iterator[str]:
    """PREFECT_API_URL where the operator has set it, else an API of our own while this lasts.

    Enter it before Prefect is imported, which is when Prefect reads the environment.
    Raises PrefectUnavailable.
    """
    os.environ.update(SILENT, PREFECT_HOME=str(_folder(home)))
    if url := os.environ.get("PREFECT_API_URL"):
        yield url
        return
    with local_api(home) as url:
        yield url


@contextmanager
def local_api(home: Path) -> Iterator[str]:
    """A server of our own, with its database in the office's home. Raises PrefectUnavailable."""
    # Loopback never goes through the proxy that an intranet machine may be told to use.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = _with_loopback(os.environ.get("NO_PROXY", ""))
    folder = _folder(home)
    try:
        with (folder / "server.log").open("wb") as log:
            server = _start(folder, log)
    except OSError as error:
        raise PrefectUnavailable(f"Prefect's local API did not start: {error}") from error
    try:
        yield _address(server, folder)
    finally:
        _stop(server)


def _folder(home: Path) -> Path:
    """Prefect's home in ours, with a logging.yml that Prefect looks for (JSON is YAML too)."""
    folder = home.absolute() / "prefect"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "logging.yml").write_text(json.dumps(LOGGING), encoding="utf-8")
    except OSError as error:
        raise PrefectUnavailable(f"Prefect has no home: {error}") from error
    return folder


def _with_loopback(hosts: str) -> str:
    return hosts if "127.0.0.1" in hosts else ",".join(filter(None, (hosts, "127.0.0.1")))


def _start(folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")
    }
    return subprocess.Popen(
        # -P: a file of our folder must not hide a module of the same name
        [sys.executable, "-P", __file__],
        env={
            **environment,
            **SILENT,
            **LEAN,
            "PREFECT_HOME": str(folder),
            "PREFECT_LOGGING_SETTINGS_PATH": str(folder / "server-logging.yml"),  # none: Prefect's
        },
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,  # Ctrl-C is for us; the server goes when our pipe closes
    )


def _address(server: subprocess.Popen[bytes], folder: Path) -> str:
    assert server.stdout is not None
    try:
        port = int(server.stdout.readline())
        # The socket listens from the first moment on, so one request waits for the whole start.
        with closing(HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)) as health:
            health.request("GET", "/api/health")
            status = health.getresponse().status
    except TimeoutError as error:
        raise PrefectUnavailable(
            f"Prefect's local API did not start within {START_SECONDS} seconds"
        ) from error
    except (OSError, ValueError, HTTPException) as error:
        raise PrefectUnavailable(
            f"Prefect's local API did not start; {folder / 'server.log'} may say why"
        ) from error
    if status != 200:
        raise PrefectUnavailable(f"Prefect's local API answers {status} when asked for its health")
    return f"http://127.0.0.1:{port}/api"


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Close the pipe that the server watches; it ends as it would if we had died."""
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.close()
    server.stdout.close()
    try:
        server.wait(STOP_SECONDS + 2)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def serve_until_parent_ends() -> None:
    """The program: bind a free port, print it, then serve until standard input ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    # asyncio sees to it only where it made the socket itself; else each answer waits 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(listener.getsockname()[1], flush=True)
    # A pipe, not PR_SET_PDEATHSIG: that one is tied to the thread that started us.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()  # of what is imported nothing goes: to look for it took a quarter of the start
    import uvicorn  # takes a second, and the watch must stand before it

    config = uvicorn.Config(
        "prefect.server.api.server:create_app", factory=True, lifespan="on", log_level="critical"
    )
    config.load()
    gc.freeze()
    gc.enable()
    uvicorn.Server(config).run(sockets=[listener])


def _end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):  # not sys.stdin.read: its lock would not let Python end
        pass
    os.kill(os.getpid(), signal.SIGTERM)  # uvicorn finishes what it is answering
    time.sleep(STOP_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    serve_until_parent_ends()
