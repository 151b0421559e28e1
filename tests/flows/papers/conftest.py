"""The office with its reviewers, for what is signed off."""

import pytest

from flows.office import Office
from tests.conftest import Cast
from tests.sign_offs import Bench, gather_bench


@pytest.fixture
def bench(office: Office, cast: Cast) -> Bench:
    return gather_bench(office, cast)
