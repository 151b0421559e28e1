"""Kinds that are loaded, and an office that records."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, time
from typing import Any

import pytest

from flows.database import transaction
from flows.office import Office
from flows.papers.bulletins import issue
from flows.papers.progress import progress_facts
from flows.papers.reports import prepare_report
from flows.records.keeping import NotKept, Said, correct, keep
from flows.records.lines import read_lines
from flows.rulebook import load_kinds
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.working_days import load_calendar
from models import Record
from models.bulletin import BulletinKind
from models.refusal import Refusal
from models.report_form import parse_form
from notifications.papers.progress import ProgressFacts
from tests.conftest import SEEDS, instant

DAY = date(2022, 7, 14)
NOON = instant(DAY, time(12))
OFFICE = Unattended(COMMAND_LINE, DAY, NOON)

FORM = """
name = "progress"
title = "通报"
issuer = "区委"
opening = ["督查{visits}家，总产值{output}亿元，预警{warned}件。"]
[[section]]
title = "甲"
item = [{ task = "甲-1" }, { task = "密-1", say = [{ words = "另有{lead}件" }] }]
[[figure]]
id = "visits"
name = "督查单位"
unit = "家"
count = "units"
kinds = ["visit"]
[[figure]]
id = "warned"
name = "预警"
unit = "件"
count = "warned"
procedure = "rectification"
"""


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


def published_report(office: Office) -> ProgressFacts:
    """As of the day, from FORM."""
    form = parse_form(FORM, file="form.toml")
    with transaction(office.engine, NOON) as session:
        kept = issue(
            session,
            BulletinKind.PROGRESS,
            first=date(2022, 1, 1),
            last=DAY,
            today=DAY,
            now=NOON,
            said=lambda one, other: progress_facts(session, form, one, other),
        )
        return ProgressFacts.model_validate_json(kept.content)


def prepared_report(office: Office, last: date) -> int:
    """From FORM, by a command that names nobody; the draft's id."""
    form = parse_form(FORM, file="form.toml")
    with transaction(office.engine, NOON) as session:
        return prepare_report(session, OFFICE, form, last=last).id


@contextmanager
def refusing(words: str, kind: type[Refusal] = NotKept) -> Iterator[None]:
    """What is done here is refused, in these words."""
    with pytest.raises(kind) as refused:
        yield
    assert words in refused.value.chinese
