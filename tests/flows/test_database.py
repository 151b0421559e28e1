"""What the edge to the database promises beside all or nothing."""

from contextlib import closing
from datetime import date

import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, create_engine, event, insert, literal, select, text

from flows.database import changed, look, reading, transaction
from models import CalendarYear
from tests.conftest import instant

OTHERS = text(
    "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = '' AND pid <> pg_backend_pid()"
)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_after_a_pause_nobody_notices_that_the_database_was_restarted(engine: Engine):
    def long_ago(_connection, record) -> None:
        record.info["given_back"] = 0.0

    engine.dispose()  # what other tests used just now
    event.listen(engine, "checkin", long_ago)
    with reading(engine) as one, reading(engine) as another:
        assert one.scalar(select(1)) == another.scalar(select(1))
    event.remove(engine, "checkin", long_ago)
    admin = create_engine(engine.url, isolation_level="AUTOCOMMIT")
    with closing(admin.connect()) as connection:
        assert connection.scalar(OTHERS) >= 2
    admin.dispose()

    with reading(engine) as one, reading(engine) as another:
        assert one.scalar(select(1)) == another.scalar(select(1))


def test_whoever_comes_next_gets_the_connection_that_was_used_last(engine: Engine):
    """So that one is warm, instead of each of those that a rush has opened a little."""
    with engine.connect() as last, engine.connect():
        kept = last.connection.dbapi_connection
    with engine.connect() as following:
        assert following.connection.dbapi_connection is kept


@pytest.mark.parametrize("n", [0, 1, 2])
def test_an_insert_says_how_many_rows_it_wrote(engine: Engine, n: int):
    now = instant(date(2022, 1, 1))
    found = select(literal(2022), literal(now)).where(literal(n) > 0)
    found = found.union(select(literal(2023), literal(now)).where(literal(n) > 1))
    wrote = insert(CalendarYear).from_select(["year", "confirmed_at"], found)
    with transaction(engine, now) as session:
        assert changed(session, wrote) == n


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_one_question_alone_begins_no_transaction_and_the_next_one_does(engine: Engine):
    seen: list[TransactionStatus] = []

    def note(connection, *_rest) -> None:
        seen.append(connection.connection.dbapi_connection.info.transaction_status)

    event.listen(engine, "after_cursor_execute", note)
    assert look(engine, select(literal(1))) == (1,)
    with reading(engine) as session:
        session.scalar(select(1))
    assert seen == [TransactionStatus.IDLE, TransactionStatus.INTRANS]


def test_a_question_that_finds_nothing_says_so(engine: Engine):
    assert look(engine, select(CalendarYear)) is None
