"""The office with everybody who decides."""

import pytest

from tests.requests import Asking
from tests.sign_offs import Bench


@pytest.fixture
def asking(bench: Bench) -> Asking:
    return Asking(bench)
