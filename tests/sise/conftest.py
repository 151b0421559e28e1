"""The `sise` command as a person starts it, in this process: real settings, clock and database."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

import flows.office
from flows.database import open_engine
from notifications.mailbox import Mailbox
from sise import clock
from sise.commands import edge
from sise.main import run
from tests.conftest import SHANGHAI
from tests.flows.ledger.conftest import write_sheets

HEADINGS = (
    "问题编号",
    "反馈问题",
    "责任单位",
    "责任人",
    "责任人邮箱",
    "分管领导",
    "交办日期",
    "整改时限",
)
DIRECTORY = (
    ("单位", "上级单位", "姓名", "职务类别", "邮箱"),
    ("区委督查室", "", "周敏", "office", "office@dinghai.example"),
    ("区教育局", "区委督查室", "王芳", "unit_head", "head@dinghai.example"),
    ("区教育局", "", "陈刚", "supervising_leader", "leader@dinghai.example"),
)


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Sise:
    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys, self.monkeypatch = capsys, monkeypatch

    @property
    def home(self) -> Path:
        return Path(os.environ["SISE_HOME"])

    def __call__(self, *words: object) -> Said:
        """Run one command, whatever its end."""
        self.monkeypatch.setattr(sys, "argv", ["sise", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            run()
        told = self.capsys.readouterr()
        return Said(int(end.value.code or 0), told.out, told.err)

    def done(self, *words: object) -> Said:
        said = self(*words)
        assert (said.code, said.err) == (0, ""), said
        return said

    def refused(self, *words: object, code: int) -> str:
        """Every error is words on stderr alone."""
        said = self(*words)
        assert said.code == code, said
        assert said.out == ""
        assert "Traceback" not in said.err
        return said.err.strip()


@pytest.fixture(scope="session")
def compiled(sqlite_engine: Engine) -> Callable[[str], Engine]:
    """Each command opens an engine, and would compile all its statements anew: on SQLite they
    share one dialect, and what was compiled for it."""
    kept: dict[Any, Any] = {}
    sqlite_engine.connect().close()  # of which a dialect learns what it has to know

    def opened(url: str) -> Engine:
        engine = open_engine(url)
        if engine.dialect.name == "sqlite":
            engine.dialect = sqlite_engine.dialect
            engine.update_execution_options(compiled_cache=kept)
        return engine

    return opened


@pytest.fixture
def zone() -> ZoneInfo:
    """The office's day does not end before the test does: in its last minutes it lies further east,
    where the next one has begun."""
    ends_soon = clock.now().astimezone(SHANGHAI).time() >= time(23, 50)
    return ZoneInfo("Asia/Tokyo") if ends_soon else SHANGHAI


@pytest.fixture
def sise(
    tmp_path: Path,
    zone: ZoneInfo,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    compiled: Callable[[str], Engine],
) -> Sise:
    """In an empty folder, with nothing set but SISE_HOME, and the zone in the last minutes."""
    monkeypatch.setattr(flows.office, "open_engine", compiled)
    for name in [name for name in os.environ if name.startswith("SISE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(edge.out, "_width", 400)  # as into a pipe, whatever COLUMNS says
    monkeypatch.setenv("SISE_HOME", str(tmp_path / "home"))
    if zone != SHANGHAI:
        monkeypatch.setenv("SISE_TIMEZONE", zone.key)
    return Sise(capsys, monkeypatch)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where homes are kept as commands left them, for each test to begin with a copy."""
    return tmp_path_factory.mktemp("homes")


def after(sise: Sise, home: Path, *words: object) -> Sise:
    """What this command leaves in SISE_HOME, kept in `home` from the first time on."""
    if not home.exists():
        sise.done(*words)
        shutil.copytree(sise.home, home)
    else:
        shutil.copytree(home, sise.home, dirs_exist_ok=True)
    return sise


@pytest.fixture
def ready(sise: Sise, homes: Path) -> Sise:
    """After `sise init`, on SQLite in SISE_HOME."""
    return after(sise, homes / "ready", "init")


@pytest.fixture
def today(zone: ZoneInfo) -> date:
    return clock.business_date(clock.now(), zone)


@pytest.fixture
def ledger(tmp_path: Path, today: date) -> Path:
    """One task for each colour of the default policy, whatever holidays lie in between."""
    rows = [
        (number, title, "区教育局", "李伟", "li@dinghai.example", "陈刚", opened, due)
        for number, title, due in (
            ("教-1", "校车[/red]监管[bold]不到位", today - timedelta(days=60)),
            ("教-2", "食堂招标不规范", today - timedelta(days=25)),
            ("教-3", "课后服务收费公示不全", today - timedelta(days=9)),
            ("教-4", "教师编制核查", today + timedelta(days=40)),
        )
        for opened in (today - timedelta(days=90),)
    ]
    file = tmp_path / "台账.xlsx"
    write_sheets(file, {"台账": (HEADINGS, *rows), "通讯录": DIRECTORY})
    return file


@pytest.fixture
def kept(ready: Sise, ledger: Path, homes: Path, today: date) -> Sise:
    """An office with its ledger."""
    return after(ready, homes / f"kept {today}", "import", ledger)


@pytest.fixture
def relay(sise: Sise) -> Iterator[Mailbox]:
    """A real SMTP server, that the settings name as the relay."""
    with Mailbox() as mailbox:
        sise.monkeypatch.setenv("SISE_SMTP_URL", mailbox.url)
        sise.monkeypatch.setenv("SISE_MAIL_HOURS", "always")
        yield mailbox
