"""What a test on PostgreSQL begins with is what the same nights would have left there."""

from datetime import timedelta

import pytest

from flows.audit import contradictions
from flows.database import reading
from flows.keyring import OCTETS
from tests.conftest import gather_cast, office_on
from tests.databases import empty_postgres, empty_sqlite, pour, whole
from tests.flows.test_rehearsal import LAST, _live_them
from tests.kept import everything, outcome, play
from tests.played import rows_of_all
from tests.sign_offs import gather_bench


@pytest.fixture
def both(sqlite_engine, postgres_engine, blank_sqlite, tmp_path):
    """An office on each kind of database, after the same month of fates of each kind."""
    empty_sqlite(sqlite_engine, blank_sqlite)
    empty_postgres(postgres_engine)
    (tmp_path / "secret").write_text("5e" * OCTETS)
    offices = [office_on(engine, tmp_path) for engine in (sqlite_engine, postgres_engine)]
    for office in offices:
        _live_them(gather_bench(office, gather_cast(office.engine)))
    return offices


def test_a_month_leaves_the_same_on_either_and_goes_on_from_what_was_poured(both):
    here, there = (office.engine for office in both)
    assert outcome(here) == outcome(there)

    pour(whole(here).read_bytes(), there)
    assert rows_of_all(here) == rows_of_all(there)
    assert everything(here) == everything(there)

    for office in both:
        play(office, LAST + timedelta(days=1))
    assert outcome(here) == outcome(there)
    with reading(there) as session:
        assert list(contradictions(session)) == []
