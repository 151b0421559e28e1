"""A day with a real server process: whatever opens something is in mails and addresses alone."""

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from benchmarks.ports import free_port
from flows.database import open_engine, reading
from notifications.mailbox import Mailbox
from tests.sise.conftest import Sise
from tests.sise.test_serving import PATIENCE, ROOT, SERVE, listens, until

WORDS = "已完成两项整改，剩余一项下周办结。"


@contextmanager
def served(port: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`sise serve`; what it says goes into files of this folder."""
    with (folder / "out.log").open("wb") as out, (folder / "err.log").open("wb") as err:
        child = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(port)],
            cwd=ROOT,
            env=os.environ | {"SISE_NIGHT_AT": "off"},
            stdout=out,
            stderr=err,
        )
        until(lambda: listens(port), child)
        yield child
        child.terminate()
        assert child.wait(PATIENCE) == 0


class Day:
    """What one person's browser does, and every page that it is shown."""

    def __init__(self, port: int) -> None:
        self.browser = httpx.Client(
            base_url=f"http://127.0.0.1:{port}", follow_redirects=True, timeout=PATIENCE
        )
        self.pages: list[str] = []

    def get(self, path: str, **facts: object) -> str:
        return self._keep(self.browser.get(path, **facts))

    def post(self, path: str, **form: str) -> str:
        return self._keep(self.browser.post(path, data=form))

    def _keep(self, page: httpx.Response) -> str:
        self.pages.append(page.text)
        return page.text


def kept_in(url: str) -> str:
    """Every value of every row."""
    engine = open_engine(url)
    with reading(engine) as session:
        rows = [row for t in SQLModel.metadata.sorted_tables for row in session.execute(select(t))]
    engine.dispose()
    # Not as repr(), in which the fraction of a second stands alone and may look like a code.
    return "\n".join(" ".join(map(str, row)) for row in rows)


def act_and_err(
    day: Day, tokens: list[str], relay: Mailbox, server: subprocess.Popen[bytes]
) -> str:
    """Everything that a person, a filter and a guesser do by links; returns the code."""
    waits = next(f"/r/{token}" for token in tokens if 'value="ask"' in day.get(f"/r/{token}"))
    day.post(waits, proof="ask", sure="yes")
    until(lambda: codes(relay), server)
    [code] = codes(relay)
    day.post(waits, proof="enter", code="000000" if code != "000000" else "000001")
    day.post(waits, proof="enter", code=code)
    for token in tokens:
        path = f"/r/{token}"
        page = day.get(path, headers={"Referer": f"http://127.0.0.1{path}"})
        receipt = re.search(r'name="receipt" value="(\d+)"', page)
        for odd in (f"/r/{token[:-1]}", f"{path}/x", f"{path}?next={token}", f"//r/{token}"):
            day.get(odd)
        day.post(path, receipt="1", act="answer")
        day.post(path, receipt="999", act="answer", who="self", words=WORDS)
        day.browser.request("DELETE", path)
        day.browser.post(path, headers={"Origin": "https://evil.example"})
        if receipt:
            chosen = {"receipt": receipt[1], "act": "acknowledge"}
            day.post(path, **chosen, who="proxy", name="李娜")
    return code


def codes(relay: Mailbox) -> list[str]:
    found = (re.search(r"^(\d{6})\s*$", mail.text, re.MULTILINE) for mail in relay.messages())
    return [code[1] for code in found if code]


@pytest.mark.slow
def test_what_opens_something_is_nowhere_but_in_mails_and_addresses(
    sise: Sise, ledger: Path, relay: Mailbox, database_url: str, tmp_path: Path
) -> None:
    sise.monkeypatch.setenv("SISE_DATABASE_URL", database_url)
    sise.monkeypatch.setenv("SISE_BASE_URL", "http://127.0.0.1")
    sise.done("init")
    sise.done("import", ledger)
    said = sise.done("night", "--inline").out
    mailed = [re.findall(r"/r/([0-9a-f]{32})", mail.text) for mail in relay.messages()]
    first = [tokens[0] for tokens in mailed if tokens]  # of each person's mail
    assert len(first) > 3
    entered = sise.done("login", "office@dinghai.example", "--json").json["url"].rpartition("/")[2]
    with free_port() as port, served(port, tmp_path) as server:
        day = Day(port)
        code = act_and_err(day, first, relay, server)
        for _ in range(2):
            day.get(f"/login/{entered}")
            day.post(f"/login/{entered}")
        for path in ("/", "/tasks/教-1", "/tasks/教-2", "/mailbox", "/healthz", "/metrics"):
            day.get(path)
        cookies = [cookie.value for cookie in day.browser.cookies.jar]
        day.browser.close()
    assert "已证明是本人（" in "".join(day.pages)
    assert "办理经过" in "".join(day.pages)
    assert len(cookies) == 2
    said += sise.done("task", "教-1", "--json").out + sise.done("deliver").out

    files = [f for f in tmp_path.rglob("*") if f.is_file() and f.name != "secret"]
    written = "".join(file.read_bytes().decode("latin-1") for file in files)
    places = {
        "the files": written,
        "the database": kept_in(database_url),
        "the pages": "".join(day.pages),
        "what the commands said": said,
    }
    for place, text in places.items():
        for secret in (*itertools.chain(*mailed), entered, *cookies):
            assert secret not in text, place
        assert not re.search(rf"(?<![\w.]){code}(?!\w)", text), place
