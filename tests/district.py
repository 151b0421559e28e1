"""The demo district after its nights, played once in a run for all that look at it."""

import json
import os
import shutil
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from fcntl import LOCK_EX, flock

import pytest
from sqlmodel import col, select

from flows.database import open_engine, reading, transaction
from flows.office import Office
from models import Task
from models.workdays import Calendar
from seeds.district import FIRST_NIGHT, LAST_NIGHT, load_district
from seeds.load import load_rulebook
from seeds.story import play
from tests.conftest import instant, office_on
from tests.databases import whole

END_OF_JULY = date(2022, 7, 29)


@dataclass
class Played:
    """`refused`: answers until the end of July for which no notice was live."""

    office: Office
    refused: list[str]
    leads_in_july: set[str]


def load(engine, on=FIRST_NIGHT, shift=timedelta()):
    now = instant(on)
    with transaction(engine, now) as session:
        load_rulebook(session, now=now)
        load_district(session, today=on, now=now, calendar=Calendar(), shift=shift)


def colours(session, prefix=""):
    tasks = session.exec(select(Task).where(col(Task.number).startswith(prefix)))
    return Counter(str(task.colour) for task in tasks)


@pytest.fixture(scope="session")
def played(blank_sqlite, tmp_path_factory):
    """Nobody changes it: what is tried on it is rolled back."""
    with whole_run(tmp_path_factory) as folder:
        if not (folder / "said.json").exists():
            shutil.rmtree(folder / "home", ignore_errors=True)
            said = _play_all(blank_sqlite, folder / "home")
            (folder / "said.json").write_text(json.dumps(said, default=str), "utf-8")
    home = shutil.copytree(folder / "home", tmp_path_factory.mktemp("district") / "home")
    engine = open_engine(f"sqlite:///{home / 'sise.db'}")
    refused, leads = json.loads((folder / "said.json").read_text("utf-8"))
    yield Played(office_on(engine, home), refused, set(leads))
    engine.dispose()


@contextmanager
def whole_run(tmp_path_factory):
    """A folder of all workers of this run, for one of them at a time."""
    folder = tmp_path_factory.getbasetemp()
    folder = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "played district"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield folder


def _play_all(blank_sqlite, home):
    """What `Played` says of it, as JSON has it."""
    home.mkdir()
    engine = open_engine(f"sqlite:///{shutil.copy(blank_sqlite, home / 'sise.db')}")
    office = office_on(engine, home)
    load(engine)
    refused = play(office, FIRST_NIGHT, END_OF_JULY)
    with reading(engine) as session:
        leads = colours(session, "线索")
    play(office, END_OF_JULY + timedelta(days=1), LAST_NIGHT)
    whole(engine)
    return refused, sorted(leads)
