"""A scheme of scores as an office would write it, and the office that counts by it."""

from datetime import date, time

from flows.database import reading, transaction
from flows.office import Office
from flows.scores.counting import score_facts
from flows.scores.schemes import find_scheme, load_scheme
from flows.scores.sheets import prepare
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.working_days import load_calendar
from models import ScoreSheet
from notifications.papers.scores import ScoreFacts
from tests.conftest import instant

HEAD = """
name = "monthly"
title = "月度考核"
period = "month"
base = 100
object_within = "5wd"
answer_within = "5wd"
"""
RED = """
[[rule]]
name = "red"
title = "转为红色预警"
event = "warned"
colours = ["red"]
points = -2
"""
JULY, END = date(2022, 7, 1), date(2022, 7, 31)
FIRST = date(2022, 8, 1)


def rule(event: str, points: str, **more: str) -> str:
    """Named as its event, or by `name`."""
    more = {"name": f'"{event}"', "title": f'"{event}"', **more}
    lines = [f"{key} = {value}" for key, value in more.items()]
    return "\n".join(["", "[[rule]]", f'event = "{event}"', f"points = {points}", *lines, ""])


def load(office: Office, *rules: str, head: str = HEAD, on: date = JULY) -> None:
    now = instant(on, time(9))
    with transaction(office.engine, now) as session:
        by = Unattended(COMMAND_LINE, on, now)
        load_scheme(session, head + "".join(rules), by, file="scores.toml")


def counted(office: Office, first: date = JULY, last: date = END) -> ScoreFacts:
    """As the rows say now."""
    with reading(office.engine) as session:
        calendar = load_calendar(session)
        return score_facts(session, find_scheme(session, "monthly"), first, last, calendar=calendar)


def said(facts: ScoreFacts) -> list[tuple[str, str, str, str]]:
    """(rule, day, matter, points) of each line."""
    return [(one.rule, f"{one.on:%m-%d}", one.task, str(one.points)) for one in facts.lines]


def prepared(office: Office, on: date = FIRST, first: date = JULY) -> ScoreSheet:
    now = instant(on, time(9))
    with transaction(office.engine, now) as session:
        by = Unattended(COMMAND_LINE, on, now)
        scheme = find_scheme(session, "monthly")
        return prepare(session, scheme, by, first, calendar=load_calendar(session))
