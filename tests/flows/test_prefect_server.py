"""Prefect's local API: it says why it does not start, and it dies with its parent."""

import os
import select
import signal
import subprocess
import sys

import pytest

from flows.prefect_server import PrefectUnavailable, local_api

pytestmark = [pytest.mark.prefect, pytest.mark.slow]


@pytest.fixture(autouse=True)
def environment():
    """What a local API sets for Prefect stays within its test."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def test_a_local_api_that_cannot_start_says_so(tmp_path):
    (tmp_path / "prefect").write_text("a file where a folder should be")

    with pytest.raises(PrefectUnavailable, match="Prefect has no home"), local_api(tmp_path):
        pass


def test_a_local_api_that_breaks_while_starting_says_where_to_look(tmp_path):
    folder = tmp_path / "prefect"
    folder.mkdir()
    (folder / "prefect.db").write_bytes(b"no database at all, but long enough to be read" * 99)

    with pytest.raises(PrefectUnavailable, match=r"server\.log may say why"), local_api(tmp_path):
        pass

    assert "not a database" in (folder / "server.log").read_text()


def test_the_local_api_dies_with_a_parent_that_is_killed(tmp_path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    server = os.pidfd_open(int(holder.stdout.readline()))

    holder.send_signal(signal.SIGKILL)

    ended, _, _ = select.select([server], [], [], 10)  # readable once the process has ended
    os.close(server)
    holder.communicate()
    assert ended == [server]


# Holds an API, names the process that serves it, and would hold it for ever.
HOLDER = """
import os, sys, threading
from pathlib import Path
from flows.prefect_server import local_api
with local_api(Path(sys.argv[1])):
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    print(*children, flush=True)
    threading.Event().wait()
"""
