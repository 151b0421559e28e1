"""Kinds that are loaded, and an office that records."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from typing import Any

import pytest

from flows.database import transaction
from flows.office import Office
from flows.records.keeping import NotKept, Said, correct, keep
from flows.records.lines import read_lines
from flows.rulebook import load_kinds
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.working_days import load_calendar
from models import Record
from models.refusal import Refusal
from tests.conftest import SEEDS, instant

DAY = date(2022, 7, 14)
NOON = instant(DAY, time(12))
OFFICE = Unattended(COMMAND_LINE, DAY, NOON)


def with_kinds(office: Office) -> Office:
    with transaction(office.engine, NOON) as session:
        for file in ("acts.toml", "outcomes.toml"):
            load_kinds(session, (SEEDS / "kinds" / file).read_text("utf-8"), file=file)
    return office


def said(kind: str, *lines: str, **facts: Any) -> Said:
    return Said(**{"kind": kind, "on": DAY, "lines": read_lines(lines), **facts})


def kept(office: Office, one: Said, opens: Any = ()) -> Record:
    with transaction(office.engine, NOON) as session:
        return keep(session, one, OFFICE, opens=opens, calendar=load_calendar(session))


def corrected(office: Office, key: int, one: Said | None, reason: str = "录错") -> Record:
    with transaction(office.engine, NOON) as session:
        return correct(session, key, one, OFFICE, reason=reason)


@contextmanager
def refusing(words: str, kind: type[Refusal] = NotKept) -> Iterator[None]:
    """What is done here is refused, in these words."""
    with pytest.raises(kind) as refused:
        yield
    assert words in refused.value.chinese
