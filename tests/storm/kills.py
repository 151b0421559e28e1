"""`make storm`: fifty processes are killed while they send. It takes minutes."""

import pytest

from flows.office import Office
from tests.conftest import Cast
from tests.killing import kill_again_and_again

pytestmark = pytest.mark.storm


@pytest.mark.parametrize("carried", [0, 2])
def test_fifty_kills_in_three_thousand_mails_lose_nothing(
    office: Office, cast: Cast, database_url: str, carried: int
) -> None:
    """By one process, and with two that carry its mail."""
    kill_again_and_again(
        office, database_url, mails=3000, kills=50, workers=4, seed=20220714, carried=carried
    )
