"""The history is tamper-evident: whatever is altered shows, and nothing else does."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from flows import history
from flows.database import reading, transaction, trial
from flows.replies import acknowledge, answer
from models import ChainLink, Transition
from tests.conftest import Cast, instant
from tests.kept import extend, play, reply, rows, summaries
from tests.played import as_played

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)


@pytest.fixture
def lived(office, cast: Cast):
    """An office with some history: four links, of an opening, a night, a reply, a new date."""

    def live() -> None:
        cast.task("甲-1", DUE)
        play(office, DAY)
        reply(office, acknowledge, cast.alice, "甲-1", on=DAY)
        extend(office, "甲-1", date(2022, 9, 13), on=DAY)

    as_played(office.engine, "some history", live)
    return office


def faults(office) -> list[str]:
    with reading(office.engine) as session:
        return [english for _, english in history.faults(session)]


def tamper(office, statement: str) -> None:
    """As somebody would who has the database but not our code."""
    with office.engine.begin() as connection:
        connection.execute(text(statement))


def test_an_undisturbed_history_has_no_faults(lived):
    assert faults(lived) == []
    assert [link.number for link in rows_of_chain(lived)] == [1, 2, 3, 4]


def rows_of_chain(office) -> list[ChainLink]:
    with reading(office.engine) as session:
        return sorted(session.exec(ChainLink.__table__.select()), key=lambda link: link.number)


def test_every_commit_that_wrote_history_adds_one_link_and_others_none(office, cast: Cast):
    def count() -> int:
        return len(rows_of_chain(office))

    assert count() == 0
    cast.task("甲-1", DUE)
    assert count() == 1
    play(office, DAY)
    assert count() == 2  # the sweep; nothing was superseded
    play(office, DAY + timedelta(days=1))
    assert count() == 2  # nothing moved
    reply(office, answer, 1, "甲-1", on=DAY)
    assert count() == 3
    assert not reply(office, answer, 1, "甲-1", on=DAY)
    assert count() == 3


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE transition SET reason = '改' WHERE id = 2", "its history rows were changed"),
        ("UPDATE transition SET actor_id = 7 WHERE id = 2", "its history rows were changed"),
        ("UPDATE transition SET cause = '' WHERE id = 1", "its history rows were changed"),
        ("UPDATE deadline_change SET due_on = '2022-12-31'", "its history rows were changed"),
        ("DELETE FROM deadline_change WHERE id = 2", "its history rows were changed"),
        ("UPDATE transition SET id = 99 WHERE id = 2", "its history rows were changed"),
        ("UPDATE chain_link SET rows = hash WHERE number = 3", "the link itself was changed"),
        ("UPDATE chain_link SET hash = rows WHERE number = 3", "the link itself was changed"),
        (
            "UPDATE chain_link SET at = '2022-07-01 00:00:00+00' WHERE number = 3",
            "the link itself was changed",
        ),
        ("DELETE FROM chain_link WHERE number = 3", "does not follow link 2"),
        ("DELETE FROM chain_link WHERE number = 4", "rows belong to no link"),
        ("UPDATE chain_link SET number = 9 WHERE number = 3", "does not follow"),
    ],
)
def test_what_was_altered_shows(lived, statement: str, said: str):
    tamper(lived, statement.replace("+00", "" if lived.engine.name == "sqlite" else "+00"))

    assert any(said in fault for fault in faults(lived))


def test_the_fault_names_the_link(lived):
    tamper(lived, "UPDATE transition SET said_by = 'mallory' WHERE id = 2")

    assert faults(lived) == ["link 3: its history rows were changed"]


def test_two_rows_that_changed_places_show(lived):
    for statement in (
        "UPDATE transition SET id = 100 WHERE id = 3",
        "UPDATE transition SET id = 3 WHERE id = 4",
        "UPDATE transition SET id = 4 WHERE id = 100",
    ):
        tamper(lived, statement)

    assert faults(lived) == ["link 4: its history rows were changed"]


def test_two_links_that_changed_places_show(lived):
    for statement in (
        "UPDATE chain_link SET number = 100 WHERE number = 3",
        "UPDATE chain_link SET number = 3 WHERE number = 4",
        "UPDATE chain_link SET number = 4 WHERE number = 100",
    ):
        tamper(lived, statement)

    assert any("link 3: does not follow link 2" in fault for fault in faults(lived))


def test_a_row_written_past_the_chain_shows(lived):
    [newest] = [t for t in rows(lived, Transition) if t.event == "relieve"]
    with lived.engine.begin() as connection:
        values = {**newest.model_dump(exclude={"id"}), "link_id": "made up"}
        connection.execute(Transition.__table__.insert(), values)

    assert faults(lived) == ["transition: 1 rows belong to no link"]


def test_a_row_slipped_into_an_old_link_shows(lived):
    [newest] = [t for t in rows(lived, Transition) if t.event == "relieve"]
    [first] = [link for link in rows_of_chain(lived) if link.number == 2]
    with lived.engine.begin() as connection:
        values = {**newest.model_dump(exclude={"id"}), "link_id": first.id}
        connection.execute(Transition.__table__.insert(), values)

    assert faults(lived) == ["link 2: its history rows were changed"]


def test_the_head_stands_in_the_morning_summary_and_in_the_result(office, cast: Cast):
    cast.task("甲-1", DUE)

    result = play(office, DAY)

    with reading(office.engine) as session:
        number, head = history.head(session)
    assert result["audit_head"] == head
    [summary] = summaries(office)
    assert f"链号 {number}\n{head}" in summary.body.text
    assert head in summary.body.html


def test_what_is_not_kept_leaves_no_link(office, cast: Cast):
    cast.task("甲-1", DUE)
    before = rows_of_chain(office)
    broken: dict[str, Any] = {"machine": "none", "task_id": 1}

    with trial(office.engine) as session:
        history.link_id(session)
    with pytest.raises(IntegrityError), transaction(office.engine, instant(DAY)) as session:
        session.add(Transition(link_id=history.link_id(session), **broken))

    assert rows_of_chain(office) == before
