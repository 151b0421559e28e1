"""The night on Prefect where Prefect can be had: a night must not depend on its orchestrator."""

import gc
import logging
from datetime import date, datetime
from typing import Any

from flows.database import look
from flows.night import run_night
from flows.night_dates import LAST_NIGHT, refuse_or_stored
from flows.office import Office
from flows.prefect_server import PrefectUnavailable, prefect_api

log = logging.getLogger(__name__)


def run_orchestrated_night(office: Office, *, on: date, now: datetime) -> dict[str, Any]:
    """Play the night; its result says whether Prefect has kept it. Raises what run_night raises."""
    # Prefect takes seconds to start: not for a night that is refused or was played before.
    last = look(office.engine, LAST_NIGHT)
    if stored := refuse_or_stored(last, on, office.local(now).date()):
        return stored
    try:
        with prefect_api(office.home) as api:
            return _on_prefect(office, on, now, api)
    except PrefectUnavailable as reason:
        log.warning("%s; the night is played without it", reason)
    return run_night(office, on=on, now=now)


def _on_prefect(office: Office, on: date, now: datetime, api: str) -> dict[str, Any]:
    collecting = gc.isenabled()
    gc.disable()  # of what is imported nothing goes
    try:
        # Seconds long, and only right once prefect_api has set the environment.
        from flows.prefect_night import run_night_on_prefect
    except Exception as error:
        raise PrefectUnavailable(f"Prefect cannot be imported: {error}") from error
    finally:
        if collecting:
            gc.enable()
    return run_night_on_prefect(office, on=on, now=now, api=api)
