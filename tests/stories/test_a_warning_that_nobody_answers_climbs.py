"""Promise: silence does not make a matter go away. It climbs, and each level is told once."""

from datetime import date

from models.warning import Colour
from tests.conftest import Cast
from tests.kept import colour, digests, notices, play, told, wind


def test_a_warning_that_nobody_answers_climbs(office, cast: Cast):
    cast.task("甲-1", date(2022, 7, 13))

    wind(office, date(2022, 7, 14), date(2022, 7, 19))
    assert colour(office, "甲-1") == Colour.BLUE
    assert [name for name, _, _ in told(office, "甲-1")] == ["alice"]
    assert digests(office, cast.carol) == []

    play(office, date(2022, 7, 20))  # the answer was owed by the 19th
    assert colour(office, "甲-1") == Colour.YELLOW
    assert [name for name, _, _ in told(office, "甲-1")] == ["alice", "carol"]

    wind(office, date(2022, 7, 21), date(2022, 7, 26))  # the next one by the 25th
    assert colour(office, "甲-1") == Colour.RED
    assert [name for name, _, _ in told(office, "甲-1")] == ["alice", "carol", "dora", "olga"]

    wind(office, date(2022, 8, 12), date(2022, 8, 15))  # a month over by now
    assert [n.number for n in notices(office, "甲-1")] == [
        "定督〔2022〕1号",
        "定督〔2022〕2号",
        "定督〔2022〕3号",
    ]
    assert "红色" in digests(office, cast.dora)[-1].subject
