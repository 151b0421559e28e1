"""The night on Prefect's own API: what it keeps, and that the night does not depend on it."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event
from threading import enumerate as enumerate_threads
from time import monotonic

import pytest
import yaml
from sqlalchemy import create_engine
from sqlmodel import Session, select

from flows.database import reading
from flows.night import STEPS, Step, run_night
from flows.night_dates import NightRefused
from flows.night_lock import held
from flows.orchestrated import run_orchestrated_night
from flows.prefect_server import prefect_api
from models import Night, NightShard
from tests.conftest import Cast, instant
from tests.forked import begun, children_of, gone, kill

pytestmark = [pytest.mark.prefect, pytest.mark.slow]

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ROOT = Path(__file__).parent.parent.parent
PATIENCE = 60  # seconds
NOWHERE = "http://127.0.0.1:9/api"  # the discard port: nobody listens


def hold(home: Path, told: Connection) -> None:
    """Say where the API is, and which process serves it; then hold it for ever."""
    os.environ.pop("PREFECT_API_URL", None)
    with prefect_api(home) as url:
        told.send((url, *children_of(os.getpid())))
        Event().wait()


class Held:
    """A local API that a process of its own has started."""

    def __init__(self, home: Path) -> None:
        told, child = Pipe()
        self.holder = begun(hold, home, child)
        child.close()
        with told:
            self.url, self.server = told.recv()

    def goes(self) -> None:
        """With its holder, which is killed and can do nothing more."""
        kill(self.holder)
        gone(self.server)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def environment() -> Iterator[None]:
    """What a night sets for Prefect stays within these tests."""
    before = dict(os.environ)
    os.environ.pop("PREFECT_API_URL", None)
    os.environ["NO_PROXY"] = "127.0.0.1"
    # What is left to send to an API that has gone is given up here, not in some later test.
    os.environ["PREFECT_CLIENT_MAX_RETRIES"] = "0"
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def apis(environment, home: Path, starting_prefect) -> Iterator[list[Held]]:
    """One after the other: each until a test has made it go."""
    with starting_prefect(home):
        held = [Held(home)]
    yield held
    if held[-1].holder.is_alive():
        held[-1].goes()


@pytest.fixture
def held_api(apis: list[Held], home: Path) -> Held:
    if not apis[-1].holder.is_alive():
        apis.append(Held(home))
    return apis[-1]


@pytest.fixture
def api(held_api: Held) -> str:
    return held_api.url


@pytest.fixture(scope="module")
def on_prefect(apis: list[Held], home: Path):
    """Imported late, as its callers do: Prefect reads the environment that prefect_api sets."""
    os.environ["PREFECT_API_URL"] = apis[-1].url
    with prefect_api(home):
        from flows import prefect_night
    del os.environ["PREFECT_API_URL"]

    return prefect_night


@contextmanager
def told_of(api: str) -> Iterator[None]:
    """As a worker is; without the heartbeats of flows, whose end takes a second."""
    from prefect import settings

    said = {settings.PREFECT_API_URL: api, settings.PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    with settings.temporary_settings(said):
        yield


@contextmanager
def client(api: str):
    from prefect import get_client

    with told_of(api), get_client(sync_client=True) as found:
        yield found


def kept(api: str, name: str):
    """The newest flow run of this name that Prefect's API knows."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName
    from prefect.client.schemas.sorting import FlowRunSort

    with client(api) as prefect:
        [run] = prefect.read_flow_runs(
            flow_run_filter=FlowRunFilter(name=FlowRunFilterName(any_=[name])),
            sort=FlowRunSort.EXPECTED_START_TIME_DESC,
            limit=1,
        )
    return run


def steps_of(api: str, run, awaited: int = 0) -> dict[str, bool]:
    """The tasks of a run, and whether each was completed, once so many are: of tasks, unlike flows,
    the server writes down what it has heard behind its answer."""
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
    from prefect.client.schemas.sorting import TaskRunSort

    until, found = monotonic() + PATIENCE, dict[str, bool]()
    with client(api) as prefect:
        while monotonic() < until:
            tasks = prefect.read_task_runs(
                flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run.id])),
                sort=TaskRunSort.END_TIME_DESC,
                limit=200,
            )
            found = {one.name: bool(one.state and one.state.is_completed()) for one in tasks}
            if sum(found.values()) >= awaited:
                break
    return found


def summary_of(api: str, run) -> str:
    """The artifact that a run has left."""
    mine = {"artifacts": {"flow_run_id": {"any_": [str(run.id)]}}}
    with client(api) as prefect:
        [found] = prefect.request("POST", "/artifacts/filter", json=mine).json()
    assert found["key"] == run.name
    return found["data"]


def test_prefect_keeps_the_night_its_steps_and_its_summary(office, cast: Cast, on_prefect, api):
    cast.task("甲-1", DUE)

    result = on_prefect.run_night_on_prefect(office, on=DAY, now=instant(DAY), api=api)

    assert result["orchestrator"] == "prefect"
    assert result["escalated"]["blue"] == 1
    run = kept(api, "night-2022-07-14")
    assert run.state.is_completed()
    assert run.parameters == {"on": "2022-07-14"}
    assert steps_of(api, run, len(STEPS)) == {step.name: True for step in STEPS}
    said = summary_of(api, run)
    assert "预警升级：蓝色 1\n" in said
    assert result["audit_head"] in said


@on_sqlite
def test_a_repeated_night_on_prefect_gives_the_stored_result_and_plays_no_step(
    office, on_prefect, api
):
    first = run_night(office, on=DAY, now=instant(DAY))

    again = on_prefect.run_night_on_prefect(office, on=DAY, now=instant(DAY), api=api)

    assert again == first
    assert steps_of(api, kept(api, "night-2022-07-14")) == {}


@on_sqlite
def test_a_refused_night_is_refused_on_prefect_in_the_same_words(office, on_prefect, api, capfd):
    run_night(office, on=DAY, now=instant(DAY))
    yesterday = DAY - timedelta(days=1)

    with pytest.raises(NightRefused, match="lies before the last night"):
        on_prefect.run_night_on_prefect(office, on=yesterday, now=instant(DAY), api=api)

    run = kept(api, "night-2022-07-13")
    assert run.state.is_failed()
    assert run.state.message.startswith("2022-07-13 早于最近一次夜间检查（2022-07-14）")
    assert capfd.readouterr() == ("", "")


@on_sqlite
def test_a_night_may_be_played_from_a_schedulers_thread(office, on_prefect, api):
    def play():
        return on_prefect.run_night_on_prefect(office, on=DAY, now=instant(DAY), api=api)

    with ThreadPoolExecutor(1) as scheduler:
        result = scheduler.submit(play).result()

    assert result["orchestrator"] == "prefect"
    assert len(steps_of(api, kept(api, "night-2022-07-14"), len(STEPS))) == len(STEPS)


def test_each_deployment_is_of_a_flow_that_is_there_and_asked_for_by_its_name(on_prefect):
    deployed = yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]

    for deployment in deployed:
        module, _, function = deployment["entrypoint"].rpartition(".")
        assert module == on_prefect.__name__
        assert getattr(on_prefect, function).name == deployment["name"]
    assert {"night", on_prefect.SWEEP_PARTS, on_prefect.SEND_MAIL} == {d["name"] for d in deployed}


@pytest.fixture
def worker(office, database_url: str, environment, monkeypatch) -> None:
    """What stands in the environment of a worker."""
    for name in ("SISE_HOME", "SISE_DATABASE_URL"):
        monkeypatch.setenv(name, str(office.home) if name == "SISE_HOME" else database_url)


@pytest.mark.usefixtures("worker")
def test_a_night_that_asks_for_help_in_vain_does_all_of_it(
    office, cast: Cast, on_prefect, api, caplog
):
    """No such deployment is there: its parts, and what is in none of them, are its own work."""
    for n in range(10):
        cast.task(f"甲-{n}", DUE)

    with told_of(api):
        result = on_prefect.night(on=DAY, helpers=1)

    assert result["escalated"]["blue"] == result["notices"] == 10
    kept_steps = steps_of(api, kept(api, "night-2022-07-14"), len(STEPS))
    assert kept_steps == {step.name: True for step in STEPS}
    assert "no help could be asked for" in caplog.text
    with reading(office.engine) as session:
        parts = session.exec(select(NightShard)).all()
    assert sum(part.moved for part in parts) == 10


@on_sqlite
@pytest.mark.usefixtures("worker")
def test_a_night_that_another_worker_plays_is_left_to_it(office, on_prefect, api):
    with held(office.engine), told_of(api):
        state = on_prefect.night(on=DAY, return_state=True)

    assert state.is_cancelled()
    assert "另一个进程正在执行夜间检查" in state.message


def test_a_step_whose_database_is_away_is_tried_again(on_prefect, api, tmp_path, monkeypatch):
    monkeypatch.setattr(on_prefect, "RETRY_AFTER", [0.0, 0.0])
    folder = tmp_path / "later"
    engine = create_engine(f"sqlite:///{folder / 'sise.db'}")
    tries = []

    def act(_run) -> None:
        tries.append("try")
        if len(tries) == 2:
            folder.mkdir()
        with engine.connect():
            pass

    play(on_prefect, api, Step("sweep", act))

    engine.dispose()
    assert tries == ["try", "try"]


def test_a_step_that_is_wrong_is_not_tried_again(on_prefect, api):
    tries = []

    def act(_run) -> None:
        tries.append("try")
        raise ValueError("wrong for good")

    with pytest.raises(ValueError, match="wrong for good"):
        play(on_prefect, api, Step("sweep", act))

    assert tries == ["try"]


def play(on_prefect, api: str, step: Step) -> None:
    """One step as a task of a flow of its own."""
    from prefect import flow

    @flow(name="one step")
    def alone() -> None:
        on_prefect.as_task(step, None)

    with told_of(api):
        alone()


@on_sqlite
def test_without_an_answer_from_the_api_the_night_is_played_inline(
    office, on_prefect, monkeypatch, caplog
):
    monkeypatch.setenv("PREFECT_API_URL", NOWHERE)
    monkeypatch.setattr(on_prefect, "CLIENT_RETRIES", 0)

    result = run_orchestrated_night(office, on=DAY, now=instant(DAY))

    assert result["orchestrator"] == "inline"
    assert f"Prefect's API at {NOWHERE} does not answer" in caplog.text
    assert "Traceback" not in caplog.text
    with Session(office.engine) as session:  # not claimed twice: Prefect was missed before
        assert session.exec(select(Night)).one().epoch == 1


def still_sending() -> list[str]:
    """Prefect's threads that have something for an API yet, given a moment to end."""
    threads = [
        t for t in enumerate_threads() if t.name in ("EventsWorkerThread", "APILogWorkerThread")
    ]
    for thread in threads:
        thread.join(timeout=2)
    return [thread.name for thread in threads if thread.is_alive()]


@on_sqlite
def test_a_night_goes_on_when_its_api_dies_with_a_parent_that_is_killed(
    office, cast: Cast, on_prefect, held_api: Held, monkeypatch, caplog, capfd
):
    cast.task("甲-1", DUE)
    monkeypatch.setattr(on_prefect, "CLIENT_RETRIES", 0)
    going = Step("go", lambda _: held_api.goes())
    monkeypatch.setattr("flows.night.STEPS", (going, *STEPS))

    result = on_prefect.run_night_on_prefect(office, on=DAY, now=instant(DAY), api=held_api.url)

    assert result["escalated"]["blue"] == 1
    assert "Prefect's record of it is not complete" in caplog.text
    assert capfd.readouterr() == ("", "")
    assert not still_sending()  # else the process would not end for minutes
