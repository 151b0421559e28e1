"""One night, from claim to close. Each step commits once and can be repeated; dying between any
two loses nothing, because the next run goes on behind the last step that was committed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import Date, Integer, bindparam, select, update
from sqlmodel import Session, col

from flows import history
from flows.colour_counts import keep_days
from flows.database import changed, look, transaction, trial
from flows.delivery import deliver
from flows.digests import compose_digests
from flows.duties.opening import open_due
from flows.hooks.sending import send_webhooks
from flows.hooks.telling import LIVE
from flows.morning import write_summary
from flows.night_dates import LAST_NIGHT, refuse_or_stored, unfinished
from flows.night_lock import held
from flows.notices import issue_notices
from flows.office import Office
from flows.open_counts import put_together
from flows.reminders import write_reminders
from flows.signoff.chasing import write_chases
from flows.signoff.look_back_rounds import draw_look_backs
from flows.signoff.suspensions import resume_ended
from flows.signoff.telling import tell
from flows.sweep import SCANNED, sweep
from flows.tally import tally
from flows.working_days import load_calendar
from models import Night
from models.columns import written_out
from models.night import NightStep
from models.refusal import Refusal

ORDER = tuple(NightStep)
HOOKS_WITHIN = timedelta(minutes=2)  # no receiver keeps a night from its end; deliveries go on


class Fenced(Refusal):
    """A later runner has claimed this night; this one stops and has committed nothing more."""

    exit_code = 1

    def __init__(self) -> None:
        super().__init__(
            "另一个进程已接手本次夜间检查；本进程到此为止，此后未再写入任何内容",
            "another runner has taken this night over; this one stops and wrote nothing more",
        )


@dataclass(frozen=True)
class NightRun:
    """One claim of one night."""

    office: Office
    night_id: int
    epoch: int
    on: date
    now: datetime
    began: float
    before: Night | None  # the last one; a night that was claimed stays as it was

    def at(self) -> datetime:
        return self.now + timedelta(seconds=monotonic() - self.began)


@dataclass(frozen=True)
class Step:
    name: str
    act: Callable[[NightRun], None]


RunStep = Callable[[Step, NightRun], None]


def inline(step: Step, run: NightRun) -> None:
    step.act(run)


def run_night(
    office: Office,
    *,
    on: date,
    now: datetime,
    orchestrator: str = "inline",
    run_step: RunStep = inline,
) -> dict[str, Any]:
    """Play the night of a business date; a repeated one returns its stored result.

    Raises NightRefused or flows.night_lock.NightBusy.
    """
    with held(office.engine):
        last = look(office.engine, LAST_NIGHT)
        if stored := refuse_or_stored(last, on, office.local(now).date()):
            return stored
        if before := unfinished(last, on):  # it is finished first
            _play(office, before, now, orchestrator, run_step)
        return _play(office, on, now, orchestrator, run_step)


def rehearse_night(office: Office, *, on: date, now: datetime) -> dict[str, Any]:
    """What the night would do; nothing of it is kept."""
    with trial(office.engine) as session:
        if stored := refuse_or_stored(session.execute(LAST_NIGHT).first(), on, None):
            return stored
        night, before = _this_and_before(session, on)
        night = night or _row(on, now, "")
        night.orchestrator = "dry-run"
        session.add(night)
        session.flush()
        run = NightRun(office, night.id, night.epoch, on, now, monotonic(), before)
        for done, work in REHEARSED:
            if _advance(session, run, done):
                work(session, run)
        return _result(session, run)


def _play(
    office: Office, on: date, now: datetime, orchestrator: str, run_step: RunStep
) -> dict[str, Any]:
    run = _claim(office, on, now, orchestrator)
    for step in STEPS:
        run_step(step, run)
    closed = look(office.engine, _RESULT, {"night": run.night_id})
    stored: dict[str, Any] = json.loads(closed.result if closed else "")
    return stored


def _claim(office: Office, on: date, now: datetime, orchestrator: str) -> NightRun:
    with transaction(office.engine, now) as session:
        night, before = _this_and_before(session, on)
        if night is None:
            night = _row(on, now, orchestrator)
        else:
            night.epoch += 1
            night.orchestrator = orchestrator
        session.add(night)
        session.flush()
        return NightRun(office, night.id, night.epoch, on, now, monotonic(), before)


def _this_and_before(session: Session, on: date) -> tuple[Night | None, Night | None]:
    """The night of this date, if it was claimed before, and the last one before it."""
    found = session.scalars(_UP_TO, {"on": on}).all()
    this = next((night for night in found if night.on == on), None)
    return this, next((night for night in found if night.on < on), None)


def _row(on: date, now: datetime, orchestrator: str) -> Night:
    return Night(
        on=on,
        run_id=f"night-{on}",
        epoch=1,
        step=NightStep.CLAIMED,
        claimed_at=now,
        orchestrator=orchestrator,
    )


def _sweep(session: Session, run: NightRun) -> None:
    said: dict[str, Any] = {"night_id": run.night_id, "on": run.on, "now": run.now}
    said["calendar"] = load_calendar(session)
    open_due(session, on=run.on, now=run.now, calendar=said["calendar"])
    resume_ended(session, **said)
    keep_days(session, run.on)
    changed(session, _KEEP_SCANNED, {"night": run.night_id})
    sweep(session, **said)
    put_together(session)


def _issue(session: Session, run: NightRun) -> None:
    calendar = load_calendar(session)
    issue_notices(session, night_id=run.night_id, on=run.on, now=run.now, calendar=calendar)
    write_reminders(session, night_id=run.night_id, on=run.on, calendar=calendar)
    last = run.before.on if run.before else None
    draw_look_backs(session, last=last, on=run.on, now=run.now, calendar=calendar)
    write_chases(session, night_id=run.night_id, on=run.on, calendar=calendar)


def _compose(session: Session, run: NightRun) -> None:
    compose_digests(session, run.office, night_id=run.night_id, on=run.on, now=run.now)
    tell(session, run.office, on=run.on, now=run.now)


def _report(session: Session, run: NightRun) -> None:
    night = session.scalars(_NIGHT, {"night": run.night_id}).one()
    calendar = load_calendar(session)
    write_summary(session, run.office, night, run.before, now=run.now, calendar=calendar)


def _close(session: Session, run: NightRun) -> None:
    result = json.dumps(_result(session, run), ensure_ascii=False)
    changed(session, _KEEP_RESULT, {"night": run.night_id, "said": result})


def _deliver(run: NightRun) -> None:
    found = look(run.office.engine, _EPOCH_AND_HOOKS, {"night": run.night_id})
    if found is None or found.epoch != run.epoch:
        raise Fenced
    deliver(run.office, now=run.at())
    if found.hooked:
        send_webhooks(run.office, now=run.at(), within=HOOKS_WITHIN)


def _committing(
    done: NightStep, work: Callable[[Session, NightRun], None]
) -> Callable[[NightRun], None]:
    def act(run: NightRun) -> None:
        with transaction(run.office.engine, run.now) as session:
            if _advance(session, run, done):
                work(session, run)

    return act


def _advance(session: Session, run: NightRun, done: NightStep) -> bool:
    """Mark the step as done in the same transaction as its work. False: it was done before."""
    closed_at = run.now if done == NightStep.CLOSED else None
    known = {"night": run.night_id, "claim": run.epoch, "closed": closed_at}
    if changed(session, _MARK[done], known):
        return True
    if session.scalar(_EPOCH, {"night": run.night_id}) != run.epoch:
        raise Fenced
    return False


_ID = bindparam("night", type_=Integer())
_NIGHT = (  # as it stands in the database, whatever was read of it before
    select(Night).where(col(Night.id) == _ID).execution_options(populate_existing=True)
)
_UP_TO = (
    select(Night)
    .where(col(Night.on) <= bindparam("on", type_=Date()))
    .order_by(col(Night.on).desc())
    .limit(2)
)
_EPOCH = select(col(Night.epoch)).where(col(Night.id) == _ID)
_EPOCH_AND_HOOKS = _EPOCH.add_columns(LIVE.exists().label("hooked"))
_RESULT = select(col(Night.result)).where(col(Night.id) == _ID)
_KEEP_SCANNED = update(Night).where(col(Night.id) == _ID).values(scanned=SCANNED)
_KEEP_RESULT = update(Night).where(col(Night.id) == _ID).values(result=bindparam("said"))
_MARK = {
    done: update(Night)
    .where(
        col(Night.id) == _ID,
        col(Night.epoch) == bindparam("claim", type_=Integer()),
        col(Night.step).in_(written_out(*ORDER[: ORDER.index(done)])),
    )
    .values(step=done, closed_at=bindparam("closed"))
    for done in ORDER[1:]
}
REHEARSED = (
    (NightStep.SWEPT, _sweep),
    (NightStep.ISSUED, _issue),
    (NightStep.COMPOSED, _compose),
)
STEPS: tuple[Step, ...] = (
    Step("sweep", _committing(NightStep.SWEPT, _sweep)),
    Step("issue", _committing(NightStep.ISSUED, _issue)),
    Step("compose", _committing(NightStep.COMPOSED, _compose)),
    Step("deliver", _deliver),
    Step("report", _committing(NightStep.REPORTED, _report)),
    Step("send-summary", _deliver),
    Step("close", _committing(NightStep.CLOSED, _close)),
)


def _result(session: Session, run: NightRun) -> dict[str, Any]:
    """What `sise night --json` prints."""
    night = session.scalars(_NIGHT, {"night": run.night_id}).one()
    counted = tally(session, night, run.before)
    return {
        "date": run.on.isoformat(),
        "run_id": night.run_id,
        "orchestrator": night.orchestrator,
        "scanned": night.scanned,
        "escalated": counted.escalated,
        "relieved": counted.relieved,
        "notices": counted.notices,
        "recipients": counted.recipients,
        "messages": counted.messages,
        "unresolved": len(counted.unresolved) + len(counted.stalled),
        "seconds": round(monotonic() - run.began, 3),
        "audit_head": history.head(session)[1],
    }
