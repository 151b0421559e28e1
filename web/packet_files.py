"""The files of a packet, with where each is handed out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import bindparam
from sqlmodel import Session, select

from models import Evidence


@dataclass(frozen=True)
class File:
    name: str
    kind: str
    size: int
    path: str  # empty: it is listed only


def listed(shown: Mapping[str, Any]) -> list[File]:
    """Without a way to each."""
    return [
        File(file["name"], file["kind"], file["size"], "") for file in shown.get("evidence", ())
    ]


def files_of(
    session: Session, application_id: int, shown: Mapping[str, Any], path: Callable[[int], str]
) -> list[File]:
    """In the order of the packet."""
    files = shown.get("evidence", ())
    rows = session.execute(_KEPT, {"application": application_id}) if files else ()
    kept = {(name, sha256): key for name, sha256, key in rows}
    found = []
    for file in files:
        key = kept.get((file["name"], file["sha256"]))
        found.append(File(file["name"], file["kind"], file["size"], path(key) if key else ""))
    return found


_KEPT = select(Evidence.name, Evidence.sha256, Evidence.id).where(
    Evidence.application_id == bindparam("application")
)


def evidence_path(number: str, evidence_id: int) -> str:
    """At the desk."""
    return f"/tasks/{quote(number)}/evidence/{evidence_id}"
