"""Pauses of a relay that will not have us (its circuit is open), and of one recipient domain on it.

They are rows, so that the workers of every process and machine keep them.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, delete, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col

from flows.alarm import write_alarm
from flows.database import changed, reading, transaction
from flows.office import Office
from models import RelayState
from notifications.mailer import Relay

BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15))  # then every 15 minutes
PROBE = timedelta(minutes=5)  # after which whoever probes counts as dead
DOMAIN_PAUSE = timedelta(minutes=15)

log = logging.getLogger(__name__)


def relay_of(office: Office) -> Relay | None:
    """None: no relay is set, or none that can be read."""
    try:
        return Relay.parse(office.smtp_url) if office.smtp_url else None
    except ValueError:
        return None


def circuit(session: Session, office: Office) -> RelayState | None:
    """Since when the office's relay has refused all mail, and its words; None: it has not."""
    relay = relay_of(office)
    return session.get(RelayState, (str(relay), "")) if relay else None


def is_open(office: Office) -> bool:
    with reading(office.engine) as session:
        return circuit(session, office) is not None


def may_probe(engine: Engine, relay: str, at: datetime) -> bool:
    """Whether the pause is over and nobody else has taken it on himself to try."""
    with transaction(engine, at) as session:
        over = update(RelayState).where(*_of(relay), col(RelayState.paused_until) <= at)
        return bool(changed(session, over.values(paused_until=at + PROBE)))


def end_pause(office: Office, at: datetime) -> None:
    """Somebody has mended something, and asks: the next delivery tries it."""
    if relay := relay_of(office):
        with transaction(office.engine, at) as session:
            changed(session, update(RelayState).where(*_of(str(relay))).values(paused_until=at))


def pause_relay(engine: Engine, relay: str, said: str, at: datetime, *, probed: bool) -> None:
    """Its circuit opens, or stays open for longer because a probe has failed.

    The one who opens it raises the alarm; the others who failed at that moment count for nothing.
    """
    with transaction(engine, at) as session:
        state = session.get(RelayState, (relay, ""))
        if state and probed:
            wait = BACK_OFF[min(state.failures, len(BACK_OFF) - 1)]
            state.failures, state.paused_until, state.said = state.failures + 1, at + wait, said
        elif not state:
            first = _insert(session).values(
                relay=relay,
                domain="",
                paused_until=at + BACK_OFF[0],
                since=at,
                failures=1,
                said=said,
            )
            if changed(session, first.on_conflict_do_nothing()):
                log.error("no mail can be sent, it stays queued and is tried again: %s", said)


def resume(session: Session, office: Office, relay: str, at: datetime) -> None:
    """The relay took a mail: whoever closes the circuit tells the office of the outage."""
    state = session.get(RelayState, (relay, ""))
    if state is None or not changed(session, delete(RelayState).where(*_of(relay))):
        return
    since = state.since or at
    log.warning("mail is sent again; it could not be since %s", office.local(since))
    if at - since >= BACK_OFF[0]:  # else others were served all the while
        write_alarm(session, office, state, since, at)


def pause_domain(session: Session, relay: str, domain: str, said: str, at: datetime) -> None:
    """Leave this domain alone for a while; mail to others goes on."""
    facts = {"paused_until": at + DOMAIN_PAUSE, "since": at, "failures": 1, "said": said}
    row = _insert(session).values(relay=relay, domain=domain, **facts)
    session.execute(row.on_conflict_do_update(index_elements=["relay", "domain"], set_=facts))


def _of(relay: str) -> tuple[Any, ...]:
    return col(RelayState.relay) == relay, col(RelayState.domain) == ""


def _insert(session: Session) -> Any:
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    return (sqlite_insert if on_sqlite else postgresql_insert)(RelayState)
