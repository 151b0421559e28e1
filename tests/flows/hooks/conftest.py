"""An office whose transitions other programs are told of."""

from collections.abc import Callable
from datetime import date, datetime, time

import pytest

from flows.database import transaction
from flows.hooks.registering import add_webhook
from flows.office import Office
from tests.conftest import instant

DAY = date(2022, 7, 14)
EVE = instant(date(2022, 7, 1), time(9))
NOON = instant(DAY, time(12))


@pytest.fixture
def hook(office: Office) -> Callable[..., str]:
    """Registers an address; returns its secret."""

    def add(address: str, *, name: str = "大屏", at: datetime = EVE, **facts: object) -> str:
        said = {"events": (), "procedures": (), "by": "命令行"} | facts
        with transaction(office.engine, at) as session:
            return add_webhook(session, office, name=name, address=address, now=at, **said)

    return add
