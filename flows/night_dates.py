"""Which night may be played: none before the last one, none that has not come yet."""

import json
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import col

from models import Night
from models.night import NightStep
from models.refusal import Refusal


class NightRefused(Refusal):
    """This night may not be played: its date is out of order."""


def refuse_or_stored(last: Row[Any] | None, on: date, today: date | None) -> dict[str, Any] | None:
    """None: the night may be played. `last`: as `LAST_NIGHT` finds it. `today` None: a
    rehearsal, which may look ahead."""
    if today is not None and on > today:
        raise NightRefused(
            f"{on} 还没有到（今天是 {today}）；如需预演请加 --dry-run",
            f"{on} has not come yet (today is {today}); use --dry-run to look ahead",
        )
    if last and on < last.on:
        raise NightRefused(
            f"{on} 早于最近一次夜间检查（{last.on}），不能倒序执行；请检查系统时钟是否被调回",
            f"{on} lies before the last night, {last.on}; was the clock set back?",
        )
    if last and last.on == on and last.step == NightStep.CLOSED:
        stored: dict[str, Any] = json.loads(last.result)
        return stored
    return None


def unfinished(last: Row[Any] | None, on: date) -> date | None:
    """An earlier night that died before its end. It can only be the last: none is claimed before
    those before it have ended."""
    return last.on if last and last.on < on and last.step != NightStep.CLOSED else None


LAST_NIGHT = (
    select(col(Night.on), col(Night.step), col(Night.result))
    .order_by(col(Night.on).desc())
    .limit(1)
)
