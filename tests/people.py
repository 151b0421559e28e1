"""Who is in the office of every test, and by which rules it works: written once, then put back."""

from datetime import datetime
from pathlib import Path

from sqlmodel import Session, select

from flows.rulebook import load_policy, load_procedure
from models import Official, Policy, Post, Procedure, Unit
from models.organisation import PostKind

SEEDS = Path(__file__).parent.parent / "seeds"
TOP = "定海区委"
CAST = (
    ("alice", PostKind.HANDLER, "unit"),
    ("bob", None, "unit"),
    ("carol", PostKind.SUPERVISING_LEADER, "unit"),
    ("dora", PostKind.UNIT_HEAD, "unit"),
    ("olga", PostKind.OFFICE, "top"),
    ("hugo", PostKind.COMMISSION_HEAD, "top"),
    ("mallory", None, "unit"),
)


def shipped_rules(session: Session, now: datetime) -> tuple[Policy, Procedure]:
    """The default policy and the rectification procedure, as shipped."""
    policy, procedure = (
        (SEEDS / folder / file).read_text(encoding="utf-8")
        for folder, file in (("policies", "default.toml"), ("procedures", "rectification.toml"))
    )
    return (
        load_policy(session, policy, file="default.toml", now=now),
        load_procedure(session, procedure, file="rectification.toml", now=now),
    )


def gather_people(session: Session) -> tuple[int, dict[str, int]]:
    """The unit of the cast, and each of them by name."""
    top = _unit(session, TOP)
    unit = _unit(session, "区教育局", top)
    return unit, {
        name: _person(session, name, unit if at == "unit" else top, kind) for name, kind, at in CAST
    }


def gather_reviewers(session: Session) -> tuple[int, int, int]:
    """The lead unit; Leo, who heads it; Rita, who verifies for the supervision group."""
    top = session.exec(select(Unit.id).where(Unit.name == TOP)).one()
    lead = _unit(session, "区委办", top)
    leo = _person(session, "leo", lead, PostKind.UNIT_HEAD)
    return lead, leo, _person(session, "rita", top, PostKind.REVIEWER)


def _unit(session: Session, name: str, parent: int | None = None) -> int:
    unit = Unit(name=name, parent_id=parent)
    session.add(unit)
    session.flush()
    return unit.id


def _person(session: Session, name: str, unit: int, kind: PostKind | None) -> int:
    official = Official(name=name, unit_id=unit, email=f"{name}@dinghai.example")
    session.add(official)
    session.flush()
    if kind:
        session.add(Post(official_id=official.id, unit_id=unit, kind=kind))
    return official.id
