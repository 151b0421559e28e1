"""What the history keeps of units, people, posts and absences, whoever changes them."""

from datetime import date
from typing import Any

from flows.office_changes import Entry
from models import Absence, Official, Post, Unit
from models.office_change import Subject
from models.organisation import PostKind

ADDED, POST, ABSENCE = "added", "post", "absence"


def of_unit(unit: Unit, fact: str, before: Any, after: Any) -> Entry:
    return Entry(Subject.UNIT, str(unit.id), unit.name, fact, before, after)


def of_official(official: Official, fact: str, before: Any, after: Any) -> Entry:
    return Entry(Subject.OFFICIAL, str(official.id), official.name, fact, before, after)


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def post_facts(
    kind: PostKind, unit: str, from_on: date | None, until_on: date | None
) -> dict[str, Any]:
    return {"kind": kind.value, "unit": unit, "from": day(from_on), "until": day(until_on)}


def absence_facts(deputy: str, from_on: date | None, until_on: date | None) -> dict[str, Any]:
    return {"deputy": deputy, "from": day(from_on), "until": day(until_on)}


def facts_of_post(post: Post, unit: str) -> dict[str, Any]:
    return post_facts(post.kind, unit, post.from_on, post.until_on)


def facts_of_absence(absence: Absence, deputy: str) -> dict[str, Any]:
    return absence_facts(deputy, absence.from_on, absence.until_on)
