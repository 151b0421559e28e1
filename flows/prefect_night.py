"""The night as a Prefect flow: its steps as tasks, its summary as an artifact. Where there are
helpers, its sweep and its mail are shared with flow runs on other workers.

The only module that imports Prefect. Importing it takes seconds and configures logging: enter
flows.prefect_server.prefect_api first. Prefect stores parameters, so only dates go through them.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import date, datetime
from functools import partial
from time import sleep
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from prefect import Task, flow, get_client, task
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State, TaskRun
from prefect.concurrency.sync import concurrency
from prefect.deployments import run_deployment
from prefect.events.clients import PrefectEventsClient
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.runtime import flow_run
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_CLIENT_MAX_RETRIES,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    temporary_settings,
)
from prefect.states import Cancelled, Completed, Failed
from sqlalchemy.exc import OperationalError

from flows.delivery import deliver
from flows.mail_waits import hindrance, on_its_way
from flows.night import NightRun, RunStep, Step, run_night
from flows.night_lock import NightBusy
from flows.office import Office, open_office
from flows.outbox import Outbox, a_worker
from flows.prefect_server import PrefectUnavailable
from flows.shards import divide, sweep_parts
from models.refusal import Refusal
from models.warning import LADDER
from notifications.wording import colour_word
from sise import clock
from sise.settings import BadSetting, load_settings

REACH_SECONDS = 20  # one that is busy answers late; where nobody listens, none of it is waited for
CLIENT_RETRIES = 1  # by itself Prefect waits minutes for an API that has gone
EVENT_RETRIES = 2  # for each event; a night's process does not end before the last of them
RETRY_AFTER = [1.0, 10.0]  # seconds: a lock that is soon let go, a database that restarts
DRAIN_SECONDS = 10
SWEEP_PARTS, SEND_MAIL = "sweep-parts", "send-mail"  # each flow, and its deployment
PARTS_EACH = 4  # of the sweep: what one helper leaves undone is small, and quick ones do more
RELAY = "sise-relay"  # how many deliveries at once, over all machines
SLOT_SECONDS = 60  # after which the slot of a dead worker comes free
ROOM_WITHIN = 90  # seconds: longer than that
LOOK_EVERY = 1.0  # seconds

log = logging.getLogger(__name__)

Act = Callable[[NightRun], None]
Sent = TypeVar("Sent")


class Outcome:
    """What the night itself came to, whatever becomes of Prefect's account of it."""

    result: dict[str, Any] | None = None
    error: Exception | None = None


def run_night_on_prefect(office: Office, *, on: date, now: datetime, api: str) -> dict[str, Any]:
    """Play the night as a flow run that Prefect's API keeps.

    Raises PrefectUnavailable when, for want of Prefect, the night did not end; it can then be
    played inline. What the night itself raises is raised unchanged.
    """
    outcome, lost = Outcome(), None

    @flow(name="night", flow_run_name="night-{on}", persist_result=False)
    def recorded(on: date) -> Any:
        return _play(office, on, now, outcome)

    settings = {
        PREFECT_API_URL: api,
        PREFECT_CLIENT_MAX_RETRIES: CLIENT_RETRIES,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,  # nobody listens, and its end takes a second
    }
    with temporary_settings(settings), _gives_up_soon():
        _reach(api)
        try:
            recorded(on, return_state=True)
        except Exception as error:
            lost = error
        finally:
            _drain()
    if outcome.error:
        raise outcome.error
    if outcome.result is None:
        raise PrefectUnavailable(f"Prefect lost the night: {lost}") from lost
    if lost:
        log.warning("the night is done, but Prefect's record of it is not complete: %s", lost)
    return outcome.result


def _run_name() -> str:
    today = clock.business_date(clock.now(), ZoneInfo(load_settings().timezone))
    return f"night-{flow_run.parameters.get('on') or today}"


@flow(name="night", flow_run_name=_run_name, persist_result=False)
def night(on: date | None = None, helpers: int = 0) -> Any:
    """The deployment's flow: its worker's settings say which office this is, its clock the date."""
    now = clock.now()
    run_step = partial(_with_helpers, helpers) if helpers > 0 else as_task
    with _office() as office:
        return _play(office, on or office.local(now).date(), now, Outcome(), run_step)


@flow(name=SWEEP_PARTS, persist_result=False)
def help_to_sweep(night_id: int) -> Any:
    """Take parts of this night's sweep, until none is free."""
    with _office() as office:
        n = sweep_parts(office, night_id, worker=a_worker(), now=clock.now())
    return Completed(message=f"parts swept: {n}")


@flow(name=SEND_MAIL, persist_result=False)
def help_to_send() -> Any:
    """Send what the outbox owes, if the relay takes one more of us."""
    with _office() as office:
        done = _while_the_relay_has_room(lambda: deliver(office, now=clock.now()))
    return Completed(message=f"sent: {done.sent}, waiting: {done.waiting}" if done else "no room")


@contextmanager
def _office() -> Iterator[Office]:
    settings = load_settings()
    if not settings.home.is_absolute():
        # A worker runs each flow in an empty folder: a home in it would have a secret of its own.
        raise BadSetting(f"SISE_HOME is '{settings.home}'; on a worker write it from the root on")
    office = open_office(settings)
    try:
        yield office
    finally:
        office.engine.dispose()


def _play(
    office: Office, on: date, now: datetime, outcome: Outcome, run_step: RunStep | None = None
) -> Any:
    try:
        outcome.result = run_night(
            office, on=on, now=now, orchestrator="prefect", run_step=run_step or as_task
        )
    except NightBusy as error:  # another worker is at it
        outcome.error = error
        return Cancelled(message=error.said(office.language))
    except Refusal as error:
        outcome.error = error
        return Failed(message=error.said(office.language))
    except Exception as error:
        outcome.error = error
        # Raised, it would be pickled into Prefect's storage; the step's task has the traceback.
        return Failed(message=f"{type(error).__name__}: {error}")
    create_markdown_artifact(key=f"night-{on}", markdown=summary(outcome.result))
    return outcome.result


def as_task(step: Step, run: NightRun) -> None:
    """Play one step as a task. Steps can be repeated, so a database that hiccups is tried again."""

    @task(
        name=step.name,
        task_run_name=step.name,
        retries=len(RETRY_AFTER),
        persist_result=False,
        retry_delay_seconds=RETRY_AFTER,
        retry_condition_fn=_is_transient,
    )
    def act() -> None:
        step.act(run)  # not a parameter: Prefect would walk through the office and store it

    act()


def _with_helpers(helpers: int, step: Step, run: NightRun) -> None:
    """Whoever comes, helps; whatever is left, the step does itself."""
    shared = {"sweep": _sweep_together, "deliver": _deliver_together}.get(step.name)
    as_task(Step(step.name, partial(shared, helpers, step.act)) if shared else step, run)


def _sweep_together(helpers: int, sweep: Act, run: NightRun) -> None:
    if divide(run, helpers * PARTS_EACH):
        _ask(SWEEP_PARTS, helpers, run, {"night_id": run.night_id})
        sweep_parts(run.office, run.night_id, worker=a_worker(), now=run.now)
    sweep(run)


def _deliver_together(helpers: int, send: Act, run: NightRun) -> None:
    """It ends when nothing is on its way any more, and what a dead helper held was sent too."""
    if Outbox(run.office.engine).queued() and not hindrance(run.office, now=run.at()):
        _ask(SEND_MAIL, helpers, run, {})
    _while_the_relay_has_room(partial(send, run))
    while on_its_way(run.office, now=run.at()):  # by the clock that it sends by
        sleep(LOOK_EVERY)
    _while_the_relay_has_room(partial(send, run))


def _ask(deployment: str, helpers: int, run: NightRun, given: dict[str, Any]) -> None:
    """Of whoever comes too late, nothing is left to do. Asking twice is asking once."""
    try:
        for n in range(helpers):
            run_deployment(
                f"{deployment}/{deployment}",
                parameters=given,
                timeout=0,
                idempotency_key=f"{deployment}-{run.night_id}-{run.epoch}-{n}",
            )
    except Exception as error:  # no such deployment, or Prefect's API is away
        log.warning("no help could be asked for, this worker goes on alone: %s", error)


def _while_the_relay_has_room(send: Callable[[], Sent]) -> Sent | None:
    """Under the global concurrency limit for the relay, where there is one. None: it stayed full,
    so that others send."""
    room = ExitStack()
    try:
        room.enter_context(
            concurrency(
                RELAY,
                timeout_seconds=ROOM_WITHIN,
                lease_duration=SLOT_SECONDS,
                raise_on_lease_renewal_failure=False,
            )
        )
    except TimeoutError:
        return None
    except Exception as error:  # a night does not depend on Prefect
        log.warning("the limit for the relay could not be asked, mail is sent: %s", error)
    try:
        return send()
    finally:
        with suppress(Exception):  # what it cannot be told, the server forgets by itself
            room.close()


def _is_transient(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    return isinstance(state.result(raise_on_failure=False), OperationalError)


def summary(result: dict[str, Any]) -> str:
    """The night in a few lines of Chinese Markdown, for Prefect's pages."""
    escalated, mail = result["escalated"], result["messages"]
    moved = [f"{colour_word(c)} {escalated[c]}" for c in LADDER if escalated.get(c)]
    lines = {
        "检查事项": result["scanned"],
        "预警升级": "、".join(moved) or "无",
        "签发预警单": f"{result['notices']}，通知 {result['recipients']} 人",
        "无人可通知": result["unresolved"],
        "邮件": f"生成 {mail['queued']}，已发送 {mail['sent']}，待发送 {mail['deferred']}",
        "邮件异常": f"失败 {mail['failed']}，结果不明 {mail['unknown']}",
        "用时": f"{result['seconds']} 秒",
        "审计链": f"`{result['audit_head']}`",
    }
    said = "".join(f"- {name}：{value}\n" for name, value in lines.items())
    return f"# {result['date']} 夜间督办\n\n{said}"


def _reach(api: str) -> None:
    with get_client(sync_client=True, httpx_settings={"timeout": REACH_SECONDS}) as client:
        if error := client.api_healthcheck():
            raise PrefectUnavailable(f"Prefect's API at {api} does not answer: {error}")


@contextmanager
def _gives_up_soon() -> Iterator[None]:
    """What an API that went in mid-night cannot be sent is given up soon and in silence: that the
    record is not complete is said in one line, once the night is done."""
    said = logging.raiseExceptions
    logging.raiseExceptions = False  # Prefect's log heeds it too
    EventsWorker.set_client_override(PrefectEventsClient, reconnection_attempts=EVENT_RETRIES)
    try:
        yield
    finally:
        EventsWorker.set_client_override(None)
        logging.raiseExceptions = said


def _drain() -> None:
    """Send what Prefect still holds in its queues, before its API may end."""
    for worker in (EventsWorker, APILogWorker):
        worker.drain_all(timeout=DRAIN_SECONDS, at_exit=False)
