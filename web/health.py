"""What a watching machine asks: /healthz as JSON, /metrics for Prometheus."""

from collections.abc import Iterator
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlmodel import col

from flows.database import reading
from flows.health import Health, check
from flows.morning import board
from flows.office import Office
from models import Message
from models.message import MessageState
from models.warning import Colour
from web.desk import desk_of

router = APIRouter()


@router.api_route("/healthz", methods=["GET", "HEAD"])
def healthz(request: Request) -> Response:
    desk = desk_of(request)
    health = check(desk.office, desk.now(), caught=desk.mailbox is not None)
    answer = {
        "ok": health.ok,
        "last_night_on": health.last_night_on.isoformat() if health.last_night_on else None,
        "problems": health.problems,
        "warnings": health.warnings,
    }
    return JSONResponse(answer, status_code=200 if health.ok else 503)


@router.api_route("/metrics", methods=["GET", "HEAD"])
def metrics(request: Request) -> Response:
    registry = CollectorRegistry(auto_describe=False)
    desk = desk_of(request)
    registry.register(_Gauges(desk.office, desk.now()))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Gauges(Collector):
    """Read from the database at every scrape: the web process itself remembers nothing."""

    def __init__(self, office: Office, now: datetime) -> None:
        self.office, self.now = office, now

    def collect(self) -> Iterator[GaugeMetricFamily]:
        health = check(self.office, self.now)
        yield GaugeMetricFamily(
            "sise_healthy", "1 if no night is late and nothing is stuck", int(health.ok)
        )
        yield GaugeMetricFamily(
            "sise_last_night_age_days",
            "Days since the last business date played",
            self._age(health),
        )
        with reading(self.office.engine) as session:
            tasks = board(session)
            states = session.execute(
                select(col(Message.state), func.count()).group_by(col(Message.state))
            )
            mails: dict[MessageState, int] = dict(states.all())
        yield _by("sise_tasks", "Open tasks", "colour", {c: tasks.get(c, 0) for c in Colour})
        yield _by(
            "sise_messages",
            "Mails by state",
            "state",
            {state: mails.get(state, 0) for state in MessageState},
        )

    def _age(self, health: Health) -> int:
        today = self.office.local(self.now).date()
        return (today - health.last_night_on).days if health.last_night_on else -1


def _by(
    name: str, words: str, label: str, values: dict[Colour, int] | dict[MessageState, int]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([str(key)], value)
    return family
