"""The demo district after its nights, played once for all that look at it."""

import shutil
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

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
    home = tmp_path_factory.mktemp("district")
    engine = open_engine(f"sqlite:///{shutil.copy(blank_sqlite, home / 'sise.db')}")
    office = office_on(engine, home)
    load(engine)
    refused = play(office, FIRST_NIGHT, END_OF_JULY)
    with reading(engine) as session:
        leads = set(colours(session, "线索"))
    play(office, END_OF_JULY + timedelta(days=1), LAST_NIGHT)
    yield Played(office, refused, leads)
    engine.dispose()
