"""Promise: an answer stops the clock that asked for it; only the deadline itself goes on."""

from datetime import date

from flows.replies import answer
from models import Task
from models.warning import Colour
from tests.conftest import Cast
from tests.kept import colour, digests, notices, reply, rows, wind


def test_whoever_answers_in_time_is_left_in_peace(office, cast: Cast):
    cast.task("甲-1", date(2022, 7, 13))
    wind(office, date(2022, 7, 13), date(2022, 7, 18))

    assert reply(office, answer, cast.alice, "甲-1", on=date(2022, 7, 18), words="本月底完成")

    wind(office, date(2022, 7, 19), date(2022, 7, 22))
    assert colour(office, "甲-1") == Colour.BLUE
    assert rows(office, Task)[0].state == "in_progress"
    assert digests(office, cast.carol) == []
    last = digests(office, cast.alice)[-1]
    assert "2022年7月18日" in last.subject  # nothing was owed on the days after

    wind(office, date(2022, 7, 23), date(2022, 7, 23))  # ten days over all the same
    assert colour(office, "甲-1") == Colour.YELLOW
    assert [n.state for n in notices(office, "甲-1")] == ["superseded", "issued"]
