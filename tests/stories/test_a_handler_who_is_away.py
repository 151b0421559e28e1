"""Promise: while an official is away the deputy is told and may act, and never afterwards."""

from datetime import date

from flows.replies import answer
from models import Absence
from tests.conftest import Cast
from tests.kept import add, digests, notices, play, reply, told, wind


def test_a_handler_who_is_away(office, cast: Cast):
    """Alice is away from the 14th to the 22nd; Bob stands in."""
    add(
        office,
        Absence(
            official_id=cast.alice,
            deputy_id=cast.bob,
            from_on=date(2022, 7, 14),
            until_on=date(2022, 7, 22),
        ),
    )
    cast.task("甲-1", date(2022, 7, 13))
    cast.task("乙-1", date(2022, 7, 21))
    cast.task("丙-1", date(2022, 7, 22))

    wind(office, date(2022, 7, 14), date(2022, 7, 22))
    assert told(office, "甲-1")[0] == ("bob", "handler", "act")
    assert told(office, "乙-1") == [("bob", "handler", "act")]
    assert digests(office, cast.alice) == []
    assert "alice不在岗，由您代理" in digests(office, cast.bob)[0].body.text
    assert reply(office, answer, cast.bob, "乙-1", on=date(2022, 7, 22), words="代为报告")
    assert notices(office, "乙-1")[-1].state == "answered"

    play(office, date(2022, 7, 23))
    assert told(office, "丙-1") == [("alice", "handler", "act")]
    assert "丙-1" in digests(office, cast.alice)[-1].body.text
    assert "丙-1" not in digests(office, cast.bob)[-1].body.text
