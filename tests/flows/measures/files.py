"""A series as an office would write it, for tests to vary."""

from datetime import date, time

from flows.database import transaction
from flows.measures.reporting import Reading, Reported, report
from flows.measures.series import find_series, load_series
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.working_days import load_calendar
from tests.conftest import instant

GROWTH = """
name = "growth"
title = "营收同比增长"
unit = "%"
period = "month"
better = "higher"
green = 5
yellow = 0

[[subject]]
name = "企业01"
unit = "区教育局"

[[subject]]
name = "企业02"
unit = "区教育局"

[follow_up]
procedure = "rectification"
number_format = "码跟〔{year}〕{n}号"
within = "10wd"
measures = ["约谈企业，查明原因"]
"""


def series(text: str = GROWTH, **said: str) -> str:
    """With these keys of its first part written otherwise; empty takes one out."""
    head, mark, rest = text.strip().partition("\n\n[[")
    lines = head.splitlines()
    for key, value in said.items():
        lines = [line for line in lines if not line.startswith(f"{key} =")]
        lines += [f"{key} = {value}"] if value else []
    return "\n".join(lines) + mark + rest


def load(office, text: str = GROWTH, on: date = date(2022, 1, 1), reason: str = "") -> None:
    now = instant(on)
    with transaction(office.engine, now) as session:
        by = Unattended(COMMAND_LINE, on, now)
        load_series(session, text, by, file="series.toml", reason=reason)


def say(
    office, period: str, value: str, *, on: date, subject: str = "企业01", reason: str = ""
) -> Reported:
    """One value, by the office's command at nine that day."""
    now = instant(on, time(9))
    with transaction(office.engine, now) as session:
        kept = find_series(session, "growth")
        by = Unattended(COMMAND_LINE, on, now)
        reading = Reading(subject, period, value, reason)
        [told] = report(session, kept, [reading], by, calendar=load_calendar(session))
        return told
