"""What is changed beside the history is found, because it no longer follows from it."""

from datetime import date

import pytest
from sqlalchemy import text

from flows.audit import contradictions
from flows.database import reading
from tests.conftest import Cast
from tests.played import wound

DAY = date(2022, 7, 14)


def found(office):
    with reading(office.engine) as session:
        return [english for _, english in contradictions(session)]


@pytest.fixture
def blue(office, cast: Cast):
    cast.task("甲-1", date(2022, 7, 13))
    wound(office, DAY, DAY)


def test_an_office_that_nobody_tampered_with_contradicts_nothing(office, blue):
    assert found(office) == []


@pytest.mark.parametrize(
    ("forgery", "said"),
    [
        ("UPDATE task SET colour = 'green'", "甲-1: colour is green, history says blue"),
        ("UPDATE task SET state = 'withdrawn', colour = 'green'", "甲-1: state is withdrawn"),
        ("UPDATE task SET due_on = '2027-01-01'", "甲-1: deadline is 2027-01-01, history says"),
        ("UPDATE notice SET state = 'answered'", "notice's state is answered, history says issued"),
        ("UPDATE open_count SET n = 2 WHERE n = 1", "2 open are counted as blue, the ledger has 1"),
        ("DELETE FROM open_count", "0 open are counted as blue, the ledger has 1"),
    ],
    ids=["a colour", "a state", "a deadline", "an answer", "a count", "a count that is gone"],
)
def test_a_forged_value_is_named_with_what_the_history_says(office, blue, forgery, said):
    with office.engine.begin() as connection:
        connection.execute(text(forgery))

    assert any(said in fault for fault in found(office))
