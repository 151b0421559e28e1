"""A duty and a series of measurements as an office would write them, for tests to vary."""

from datetime import date, time

from flows.database import transaction
from flows.duties.registering import load_duty
from flows.signoff.actor import COMMAND_LINE, Unattended
from models import DutyOccurrence, DutyTemplate
from tests.conftest import instant
from tests.kept import rows

MONTHLY = """
name = "summary"
title = "信访件月度汇总"
task_title = "{year}年{month}月信访件办理情况汇总"
procedure = "rectification"
number_format = "信汇〔{year}〕{n}号"
begins = 2022-06-01
recurrence = "FREQ=MONTHLY;BYMONTHDAY=-1"
within = "5wd"
units = ["区教育局"]
measures = ["汇总转办件办理进展", "列出超三个月未办结的"]
"""


def duty(text: str = MONTHLY, **said: str) -> str:
    """With these keys written otherwise; empty takes one out."""
    lines = text.strip().splitlines()
    for key, value in said.items():
        lines = [line for line in lines if not line.startswith(f"{key} =")]
        lines += [f"{key} = {value}"] if value else []
    return "\n".join(lines)


def load(office, text: str, on: date) -> None:
    """By the office's command, at nine that day."""
    now = instant(on, time(9))
    with transaction(office.engine, now) as session:
        load_duty(session, text, Unattended(COMMAND_LINE, on, now), file="duty.toml")


def template(office, name: str = "summary") -> DutyTemplate:
    return rows(office, DutyTemplate, DutyTemplate.name == name)[0]


def opened(office) -> list[tuple[date, str, bool]]:
    """(its day, its unit, whether a task was opened), in order."""
    return [(row.of, row.unit, row.task_id is not None) for row in rows(office, DutyOccurrence)]
