"""Rows that go in by the thousand stand as they would have, written one by one."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy import URL, func, text, true
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from flows.database import reading, transaction
from flows.history import faults
from flows.ledger.apply import apply_ledger
from flows.ledger.rows import Ledger, LedgerRow
from flows.many_rows import SENT_AT_ONCE, add_rows
from flows.open_counts import SHOWN, is_open, open_by_colour, open_by_unit
from flows.word_search import MOST, with_words
from models import DeadlineChange, Measure, MeasurementSeries, Task, Unit
from models.task import Track
from models.warning import Colour
from models.workdays import Calendar
from tests.conftest import instant, shipped_rules
from tests.databases import keep
from tests.flows.ledger.conftest import TODAY
from tests.flows.ledger.offices import ODD

ROWS = 5300
STRANGE = (
    *ODD,
    r"{\"a\": 1}\n\\",
    "a\tb\r\nc\\",
    r"\N",
    r"\.",
    "%s %(rows)s :rows ?",
    "'; --",
    "ß œ",
    "🀄🏽",
    "a",
    '"',
)


TITLES = [STRANGE[n % len(STRANGE)] for n in range(ROWS)]
_imported: dict[URL, Callable[[], None]] = {}


@pytest.fixture
def imported(engine):
    """Imported once into each kind of database, and put back for whoever looks next."""
    if engine.url in _imported:
        _imported[engine.url]()
    else:
        import_them(engine)
        _imported[engine.url] = keep(engine)
    with reading(engine) as session:
        yield session, TITLES


def import_them(engine):
    rows = tuple(
        LedgerRow(
            number=f"查{n:05}",
            title=title,
            unit=f"单位{n % 3}",
            due_on=None if n % 7 == 0 else TODAY,
            track=Track.LONG_TERM if n % 7 == 0 else Track.DEADLINE,
            handler=f"人{n % 3}",
            handler_email=f"p{n % 3}@example.cn",
            measures=(title, "第二条"),
            restricted=n % 5 == 0,
            row=n,
        )
        for n, title in enumerate(TITLES)
    )
    with transaction(engine, instant(TODAY)) as session:
        shipped_rules(session, instant(TODAY))
        session.add_all(Unit(name=f"单位{n}") for n in range(3))
        session.flush()
        ledger = Ledger(rows)
        apply_ledger(session, ledger, today=TODAY, now=instant(TODAY), calendar=Calendar())


def test_all_are_there_in_the_order_of_the_file_with_every_character(imported):
    session, titles = imported
    tasks = session.exec(select(Task).order_by(col(Task.id))).all()
    assert [task.number for task in tasks] == [f"查{n:05}" for n in range(ROWS)]
    assert [task.title for task in tasks] == titles
    assert {(task.cycle, task.review_every, task.created_at) for task in tasks} == {
        (1, "", instant(TODAY))
    }
    first = select(Measure.text).where(col(Measure.position) == 1).order_by(col(Measure.task_id))
    assert session.exec(first).all() == titles


def test_what_is_open_is_counted_as_the_tasks_say(imported):
    session, _ = imported
    assert open_by_colour(session) == dict.fromkeys(Colour, 0) | {Colour.GREEN: ROWS}
    assert open_by_colour(session, SHOWN)[Colour.GREEN] == sum(n % 5 != 0 for n in range(ROWS))
    by_unit = (
        select(col(Task.unit_id), col(Task.colour), func.count())
        .where(is_open(), col(Task.restricted).is_(False))
        .group_by(col(Task.unit_id), col(Task.colour))
    )
    assert open_by_unit(session) == {(unit, c): n for unit, c, n in session.exec(by_unit)}


def test_each_is_found_by_its_number_and_its_title(imported):
    session, titles = imported
    ids = dict(session.exec(select(Task.number, Task.id)).all())
    for n in (SENT_AT_ONCE - 1, SENT_AT_ONCE, 1249, 1250, ROWS - 1):
        assert ids[f"查{n:05}"] in with_words(session, f"查{n:05}", true())
    for title in STRANGE:
        found = with_words(session, title, true())
        wanted = {ids[f"查{n:05}"] for n, said in enumerate(titles) if said == title}
        assert wanted <= {*found} or len(found) > MOST
    for character in {*"".join(STRANGE)}:
        found = with_words(session, character, true())
        wanted = {ids[f"查{n:05}"] for n, said in enumerate(titles) if character in said}
        assert wanted <= {*found} or len(found) > MOST


def test_the_history_is_sealed(imported):
    session, _ = imported
    opened = select(col(DeadlineChange.at), func.count()).group_by(col(DeadlineChange.at))
    assert session.exec(opened).all() == [(instant(TODAY), ROWS)]
    assert [*faults(session)] == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_characters_are_taken_by_twos_however_strange_they_are(engine):
    asked = text("SELECT tsvector_to_array(task_grams(:number, :title))")
    with reading(engine) as session:
        for title in (*STRANGE, "", " ", "甲", "甲乙", "甲\n乙"):
            words = session.scalar(text("SELECT lower(:words)"), {"words": f"甲-1 {title}"})
            grams = session.scalar(asked, {"number": "甲-1", "title": title})
            assert set(grams) == {words[-1], *(a + b for a, b in pairwise(words))}


def test_what_the_database_refuses_is_said_as_of_any_statement_without_the_words(engine):
    with transaction(engine, instant(TODAY)) as session:
        table = MeasurementSeries.__table__
        rows = [("甲", "密文"), ("乙", "密文"), ("甲", "密文")]
        with pytest.raises(IntegrityError) as refused:
            add_rows(session, table, ("name", "source"), rows, {"loaded_at": instant(TODAY)})
    assert "密文" not in str(refused.value)
