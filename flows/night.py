"""One night, from claim to close. Each step commits once and can be repeated; dying between any
two loses nothing, because the next run goes on behind the last step that was committed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session, col

from flows import history
from flows.database import changed, reading, transaction, trial
from flows.delivery import deliver
from flows.digests import compose_digests
from flows.duties.opening import open_due
from flows.hooks.sending import send_webhooks
from flows.morning import write_summary
from flows.night_lock import held
from flows.notices import issue_notices
from flows.office import Office
from flows.reminders import write_reminders
from flows.signoff.chasing import write_chases
from flows.signoff.look_back_rounds import draw_look_backs
from flows.signoff.suspensions import resume_ended
from flows.signoff.telling import tell
from flows.sweep import scanned, sweep
from flows.tally import tally
from flows.working_days import load_calendar
from models import Night
from models.night import NightStep
from models.refusal import Refusal

ORDER = tuple(NightStep)
HOOKS_WITHIN = timedelta(minutes=2)  # no receiver keeps a night from its end; deliveries go on


class NightRefused(Refusal):
    """This night may not be played: its date is out of order."""


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
        today = office.local(now).date()
        with reading(office.engine) as session:
            if stored := refuse_or_stored(session, on, today):
                return stored
        if unfinished := _unfinished(office, on):
            _play(office, unfinished, now, orchestrator, run_step)
        return _play(office, on, now, orchestrator, run_step)


def rehearse_night(office: Office, *, on: date, now: datetime) -> dict[str, Any]:
    """What the night would do; nothing of it is kept."""
    with trial(office.engine) as session:
        if stored := refuse_or_stored(session, on, None):
            return stored
        night = session.scalar(select(Night).where(col(Night.on) == on)) or _row(on, now, "")
        night.orchestrator = "dry-run"
        session.add(night)
        session.flush()
        run = NightRun(office, night.id, night.epoch, on, now, monotonic())
        for done, work in REHEARSED:
            if _advance(session, run, done):
                work(session, run)
        return _result(session, run)


def refuse_or_stored(session: Session, on: date, today: date | None) -> dict[str, Any] | None:
    """None: the night may be played. `today` None: a rehearsal, which may look ahead."""
    last = session.scalar(select(Night).order_by(col(Night.on).desc()).limit(1))
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


def _unfinished(office: Office, on: date) -> date | None:
    """An earlier night that died before its end; it is finished first."""
    with reading(office.engine) as session:
        return session.scalar(
            select(col(Night.on))
            .where(col(Night.on) < on, col(Night.step) != NightStep.CLOSED)
            .limit(1)
        )


def _play(
    office: Office, on: date, now: datetime, orchestrator: str, run_step: RunStep
) -> dict[str, Any]:
    run = _claim(office, on, now, orchestrator)
    for step in STEPS:
        run_step(step, run)
    with reading(office.engine) as session:
        stored: dict[str, Any] = json.loads(session.get_one(Night, run.night_id).result)
        return stored


def _claim(office: Office, on: date, now: datetime, orchestrator: str) -> NightRun:
    with transaction(office.engine, now) as session:
        night = session.scalar(select(Night).where(col(Night.on) == on))
        if night is None:
            night = _row(on, now, orchestrator)
        else:
            night.epoch += 1
            night.orchestrator = orchestrator
        session.add(night)
        session.flush()
        return NightRun(office, night.id, night.epoch, on, now, monotonic())


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
    looked_at = scanned(session)
    sweep(session, **said)
    changed(session, update(Night).where(col(Night.id) == run.night_id).values(scanned=looked_at))


def _issue(session: Session, run: NightRun) -> None:
    calendar = load_calendar(session)
    issue_notices(session, night_id=run.night_id, on=run.on, now=run.now, calendar=calendar)
    write_reminders(session, night_id=run.night_id, on=run.on, calendar=calendar)
    draw_look_backs(session, on=run.on, now=run.now, calendar=calendar)
    write_chases(session, night_id=run.night_id, on=run.on, calendar=calendar)


def _compose(session: Session, run: NightRun) -> None:
    office, calendar = run.office, load_calendar(session)
    compose_digests(
        session, office, night_id=run.night_id, on=run.on, now=run.now, calendar=calendar
    )
    tell(session, office, on=run.on, now=run.now, calendar=calendar)


def _report(session: Session, run: NightRun) -> None:
    night = session.get_one(Night, run.night_id, populate_existing=True)
    write_summary(session, run.office, night, now=run.now, calendar=load_calendar(session))


def _close(session: Session, run: NightRun) -> None:
    changed(
        session,
        update(Night)
        .where(col(Night.id) == run.night_id)
        .values(result=json.dumps(_result(session, run), ensure_ascii=False)),
    )


def _deliver(run: NightRun) -> None:
    with reading(run.office.engine) as session:
        _unfenced(session, run)
    deliver(run.office, now=run.at())
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
    night = _unfenced(session, run)
    if ORDER.index(night.step) >= ORDER.index(done):
        return False
    if not changed(
        session,
        update(Night)
        .where(col(Night.id) == run.night_id, col(Night.epoch) == run.epoch)
        .values(step=done, closed_at=run.now if done == NightStep.CLOSED else None),
    ):
        raise Fenced
    return True


def _unfenced(session: Session, run: NightRun) -> Night:
    night = session.get_one(Night, run.night_id)
    if night.epoch != run.epoch:
        raise Fenced
    return night


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
    night = session.get_one(Night, run.night_id, populate_existing=True)
    counted = tally(session, night)
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
