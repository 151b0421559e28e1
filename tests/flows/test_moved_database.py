"""A database file that is put in the place of another, while pages are served, is the one that is
read and written from then on."""

import shutil
from datetime import date

import pytest
from sqlmodel import select

from flows.database import open_engine, reading, transaction
from models import Unit
from tests.conftest import instant

NOW = instant(date(2022, 7, 14))


def names(engine) -> set[str]:
    with reading(engine) as session:
        return set(session.exec(select(Unit.name)))


@pytest.fixture
def served(blank_sqlite, tmp_path):
    """Whose connections are kept open between two pages."""
    file = tmp_path / "sise.db"
    shutil.copy(blank_sqlite, file)
    engine = open_engine(f"sqlite:///{file}")
    add(engine, "旧局")
    yield engine, file
    engine.dispose()


def add(engine, name: str) -> None:
    with transaction(engine, NOW) as session:
        session.add(Unit(name=name))


def test_what_is_written_afterwards_stands_in_the_file_that_is_there(served, blank_sqlite):
    engine, file = served
    assert names(engine) == {"旧局"}
    fresh = file.with_name("fresh.db")
    shutil.copy(blank_sqlite, fresh)
    for of_the_old in ("-wal", "-shm"):
        file.with_name(file.name + of_the_old).unlink(missing_ok=True)
    fresh.replace(file)

    assert names(engine) == set()
    add(engine, "新局")

    another = open_engine(f"sqlite:///{file}")
    assert names(another) == {"新局"}
    another.dispose()


def test_a_file_that_stays_keeps_its_connections(served):
    engine, _ = served
    with engine.connect() as first:
        raw = first.connection.dbapi_connection
    with engine.connect() as second:
        assert second.connection.dbapi_connection is raw
