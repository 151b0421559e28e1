"""The office with everybody who decides."""

import pytest

from flows.office import Office
from tests.conftest import Cast
from tests.requests import Asking
from tests.sign_offs import Bench, gather_bench


@pytest.fixture
def bench(office: Office, cast: Cast) -> Bench:
    return gather_bench(office, cast)


@pytest.fixture
def asking(bench: Bench) -> Asking:
    return Asking(bench)
