"""The ladders in words: which versions there are, since when, and how many open matters keep
each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlmodel import Session, col

from flows.office_changes import changes_of
from flows.open_counts import open_by_policy
from flows.rulebook import ladder_of
from models import Policy, Procedure, WatchList
from models.ladder import Ladder
from models.office_change import Subject
from notifications.ladder_words import reminders, rungs
from web.desk_pages import desk_page, looking, whoever_sees_all

router = APIRouter()
PATH = "/policies"


@dataclass(frozen=True)
class Version:
    """`open` matters keep it; `current` is what a matter that opens now would take."""

    policy: Policy
    ladder: Ladder
    open: int
    current: bool


@router.api_route(PATH, methods=["GET", "HEAD"])
def policies(request: Request) -> Response:
    with looking(request, whoever_sees_all) as (session, viewer):
        return desk_page(
            request,
            viewer,
            "policies.html",
            may_load=viewer.keeps_directory,
            versions=_those_in_use_first(_versions(session)),
            used=_used(session),
            rungs=rungs,
        )


@router.api_route(PATH + "/{name}", methods=["GET", "HEAD"])
def one_policy(request: Request, name: str) -> Response:
    with looking(request, whoever_sees_all) as (session, viewer):
        found = [one for one in _versions(session) if one.policy.name == name]
        if not found:
            raise HTTPException(404)
        return desk_page(
            request,
            viewer,
            "policy.html",
            changes=changes_of(session, Subject.POLICY, name),
            versions=found,
            used=_used(session).get(name, ()),
            rungs=rungs,
            reminders=reminders,
        )


def _versions(session: Session) -> list[Version]:
    """By name, the newest version first."""
    n = open_by_policy(session)
    rows = session.scalars(select(Policy).order_by(col(Policy.name), col(Policy.id).desc())).all()
    newest = {policy.name: policy.id for policy in reversed(rows)}
    return [
        Version(policy, ladder_of(policy), n.get(policy.id, 0), newest[policy.name] == policy.id)
        for policy in rows
    ]


def _those_in_use_first(versions: Sequence[Version]) -> list[Version]:
    kept = {one.policy.name for one in versions if one.open}
    return sorted(versions, key=lambda one: one.policy.name not in kept)


def _used(session: Session) -> Mapping[str, Sequence[str]]:
    """The titles of the procedures and lists that a policy is for, by its name."""
    found: dict[str, list[str]] = {}
    for table in (Procedure, WatchList):
        titles = select(col(table.policy_name), col(table.title)).order_by(col(table.id))
        for name, title in session.execute(titles):
            found.setdefault(name, []).append(title)
    return found
