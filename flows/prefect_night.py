"""The night as a Prefect flow: its steps as tasks, its summary as an artifact.

The only module that imports Prefect. Importing it takes seconds and configures logging: enter
flows.prefect_server.prefect_api first. Prefect stores parameters, so only dates go through them.
"""

import logging
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from prefect import Task, flow, get_client, task
from prefect.artifacts import create_markdown_artifact
from prefect.client.schemas.objects import State, TaskRun
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.runtime import flow_run
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings
from prefect.states import Failed
from sqlalchemy.exc import OperationalError

from flows.night import NightRun, Step, run_night
from flows.office import Office, open_office
from flows.prefect_server import PrefectUnavailable
from models.warning import LADDER
from notifications.wording import colour_word
from sise import clock
from sise.settings import BadSetting, load_settings

REACH_SECONDS = 4
CLIENT_RETRIES = 1  # by itself Prefect waits minutes for an API that has gone
RETRY_AFTER = [1.0, 10.0]  # seconds: a lock that is soon let go, a database that restarts
DRAIN_SECONDS = 10

log = logging.getLogger(__name__)


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

    with temporary_settings({PREFECT_API_URL: api, PREFECT_CLIENT_MAX_RETRIES: CLIENT_RETRIES}):
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
def night(on: date | None = None) -> Any:
    """The deployment's flow: its worker's settings say which office this is, its clock the date."""
    office, now = _office(), clock.now()
    return _play(office, on or office.local(now).date(), now, Outcome())


def _office() -> Office:
    settings = load_settings()
    if not settings.home.is_absolute():
        # A worker runs each flow in an empty folder: a home in it would have a secret of its own.
        raise BadSetting(f"SISE_HOME is '{settings.home}'; on a worker write it from the root on")
    return open_office(settings)


def _play(office: Office, on: date, now: datetime, outcome: Outcome) -> Any:
    try:
        outcome.result = run_night(office, on=on, now=now, orchestrator="prefect", run_step=as_task)
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


def _drain() -> None:
    """Send what Prefect still holds in its queues, before its API may end."""
    for worker in (EventsWorker, APILogWorker):
        worker.drain_all(timeout=DRAIN_SECONDS, at_exit=False)
