"""The hours in prefect.yaml are planned by Prefect's own scheduler, as its server runs it."""

import asyncio
import os
from datetime import datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from flows.prefect_server import SILENT
from tests.forked import begun

ROOT = Path(__file__).parent.parent.parent

pytestmark = [pytest.mark.prefect, pytest.mark.slow]


def plan(home: Path, schedules: list[dict[str, str]], told: Connection) -> None:
    """Say when the runs are to start that Prefect has planned for a deployment."""
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        del os.environ[name]
    os.environ.update(SILENT, PREFECT_HOME=str(home / "prefect"))
    told.send(asyncio.run(_planned(schedules)))


async def _planned(schedules: list[dict[str, str]]) -> list[datetime]:
    from prefect.server import models
    from prefect.server.database import provide_database_interface
    from prefect.server.schemas.core import Deployment, Flow
    from prefect.server.services.scheduler import schedule_deployments

    database = provide_database_interface()
    await database.create_db()
    async with database.session_context(begin_transaction=True) as session:
        flow = await models.flows.create_flow(session, Flow(name="night"))
        await models.deployments.create_deployment(
            session,
            Deployment.model_validate(
                {
                    "name": "night",
                    "flow_id": flow.id,
                    "schedules": [{"schedule": schedule} for schedule in schedules],
                }
            ),
        )
    await schedule_deployments()
    async with database.session_context() as session:
        runs = await models.flow_runs.read_flow_runs(session)
        return [run.next_scheduled_start_time for run in runs if run.state.type == "SCHEDULED"]


def test_the_nights_of_the_deployment_are_planned(tmp_path: Path, starting_prefect: Any) -> None:
    [night] = [
        one
        for one in yaml.safe_load((ROOT / "prefect.yaml").read_text("utf-8"))["deployments"]
        if one["name"] == "night"
    ]
    told, child = Pipe()

    with starting_prefect(tmp_path):
        (tmp_path / "prefect").mkdir(exist_ok=True)
        planner = begun(plan, tmp_path, night["schedules"], child, quiet=False)
        child.close()
        with told:
            planned = told.recv()
    planner.join()

    clocks = {one.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%H:%M") for one in planned}
    quarters = {f"{hour:02}:{minute:02}" for hour in range(2, 6) for minute in (0, 15, 30, 45)}
    assert clocks
    assert clocks <= quarters
