"""Whom the demo's leaders are paired with: as many as the notice says, the rest is ours."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from flows.pairings.pairing import Wanted, end_pairing, pair
from flows.pairings.standing import pairings
from flows.signoff.actor import IMPORT, Unattended
from models.organisation import PostKind
from seeds.cast import person
from seeds.matters import DEMONSTRATION
from seeds.notice import read

ASSUMED = f"{DEMONSTRATION}：村名为代号，领导和日期为演示所设，通报只载总数"


def load_pairings(session: Session, *, today: date, now: datetime, shift: timedelta) -> None:
    """Once: what is there is left alone."""
    said, by = read("pairings"), Unattended(IMPORT, today, now)
    if pairings(session, said["topic"]):
        return
    for entry in said["former"]:
        [made] = pair(session, [_wanted(said, entry, entry["from"] + shift)], by)
        last = entry["until"] + shift
        end_pairing(session, made, by, until_on=last, reason=entry["reason"])
    first = said["from"] + shift
    pair(session, [_wanted(said, entry, first) for entry in said["pairing"]], by)


def _wanted(said: dict[str, Any], entry: dict[str, Any], from_on: date) -> Wanted:
    name, address = person(entry["unit"], PostKind(entry["post"]))
    return Wanted(
        topic=said["topic"],
        leader=address or name,
        subject=entry["subject"],
        from_on=from_on,
        remarks=ASSUMED,
    )
