"""Processes to be killed: each is forked from one that has loaded what they run, and has nothing of
the process of the tests but what it is given."""

import gc
import multiprocessing
import os
import select
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

_server = multiprocessing.get_context("forkserver")
_server.set_forkserver_preload(["tests.preloaded"])


def begun(act: Callable[..., object], *given: Any, quiet: bool = True) -> BaseProcess:
    """`quiet`: it is meant to die, and its last words are nobody's concern."""
    child = _server.Process(target=_act, args=(act, given, quiet), daemon=True)
    child.start()
    return child


def _act(act: Callable[..., object], given: tuple[Any, ...], quiet: bool) -> None:
    gc.enable()
    # Tests that were started in a shell's background ignore it, and so would their children.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if quiet:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    act(*given)


def kill(child: BaseProcess) -> None:
    """From any thread; it is gone when this returns."""
    assert child.pid is not None
    handle = os.pidfd_open(child.pid)
    signal.pidfd_send_signal(handle, signal.SIGKILL)
    _until_gone(handle)


def interrupt(child: BaseProcess) -> None:
    assert child.pid is not None
    os.kill(child.pid, signal.SIGINT)


def end_of(child: BaseProcess) -> int | None:
    """Its exit code, or minus the signal that ended it. None: it still runs."""
    child.join(60)
    return child.exitcode


def children_of(pid: int | None) -> set[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as listed:
        return {int(one) for one in listed.read().split()}


def gone(pid: int) -> None:
    """Wait until no such process runs."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    _until_gone(handle)


def _until_gone(handle: int) -> None:
    try:
        assert select.select([handle], [], [], 60)[0], "it still runs"
    finally:
        os.close(handle)
