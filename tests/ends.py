"""What a night came to, to be compared with another one: every row of every table.

What may differ is named: what each run draws anew and the numbers that rows happen to get
(tests/kept.py); at which instant it was; how many links the chain has, which the summary tells (a
sweep in parts makes one for each); and what a mail bears that was on its way when its sender died
(how often and by whom it was tried, and that it may have arrived twice).
"""

import re
from collections.abc import Container
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from tests.kept import outcome

Rows = list[dict[str, Any]]
LINK = re.compile(r"链号\s*\d+")
OF_A_DEATH = {
    "message": ("attempts", "possible_duplicate"),
    "message_attempt": ("n", "worker", "relay"),
}


def ended(engine: Engine) -> dict[str, Rows]:
    found = outcome(engine)
    for name, table in found.items():
        for row in table:
            row.update({k: "an instant" for k, v in row.items() if isinstance(v, datetime)})
            for of_a_death in OF_A_DEATH.get(name, ()):
                del row[of_a_death]
    for row in found["message_body"]:
        row.update({k: LINK.sub("…", v) for k, v in row.items() if isinstance(v, str)})
    for row in found["night"]:
        if row["result"]:
            row["result"]["messages"].pop("unknown")
    sent = [row for row in found["message_attempt"] if row["outcome"] == "sent"]
    found["message_attempt"] = sorted(sent, key=lambda row: row["message_id"])
    return found


def difference(mine: dict[str, Rows], theirs: dict[str, Rows], without: Container[str] = ()) -> str:
    """The first row that differs; empty if none does."""
    for table, kept in theirs.items():
        if table in without:
            continue
        for n, (one, other) in enumerate(zip(mine[table], kept, strict=False)):
            if wrong := [name for name in other if one.get(name) != other[name]]:
                return f"{table} {n}: " + "; ".join(_apart(k, one.get(k), other[k]) for k in wrong)
        if len(mine[table]) != len(kept):
            return f"{table}: {len(mine[table])} rows instead of {len(kept)}"
    return ""


def _apart(name: str, one: object, other: object) -> str:
    """From where they differ."""
    mine, theirs = str(one), str(other)
    begin = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), 0)
    return f"{name} …{mine[begin : begin + 60]}… instead of …{theirs[begin : begin + 60]}…"
