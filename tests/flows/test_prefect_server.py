"""Prefect's local API says why it does not start."""

import os

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

    said = (folder / "server.log").read_text()
    assert "not a database" in said
    assert "Fatal Python error" not in said, "of a thread that holds what Python needs to end"


def test_a_local_api_that_takes_too_long_to_start_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("flows.prefect_server.START_SECONDS", 0.01)

    late = "did not start within 0.01 seconds"
    with pytest.raises(PrefectUnavailable, match=late), local_api(tmp_path):
        pass
