"""Promise: whoever alters what happened is found out, by a mail that left the house long ago."""

from datetime import date

from sqlalchemy import text

from flows import history
from flows.database import reading
from flows.replies import answer
from tests.conftest import Cast
from tests.kept import extend, reply, summaries, wind


def test_the_past_cannot_be_rewritten(office, cast: Cast):
    for n in range(3):
        cast.task(f"甲-{n}", date(2022, 7, 13))
    wind(office, date(2022, 7, 14), date(2022, 7, 18))
    reply(office, answer, cast.alice, "甲-0", on=date(2022, 7, 18), words="已整改")
    extend(office, "甲-1", date(2022, 9, 1), on=date(2022, 7, 18))
    wind(office, date(2022, 7, 19), date(2022, 7, 20))
    with reading(office.engine) as session:
        assert list(history.faults(session)) == []
        _number, head = history.head(session)
    assert head in summaries(office)[-1].body.text

    with office.engine.begin() as connection:
        connection.execute(
            text("UPDATE transition SET reason = '已按期完成' WHERE event = 'answer'")
        )

    with reading(office.engine) as session:
        [(chinese, english)] = history.faults(session)
    assert english.endswith("its history rows were changed")
    assert chinese.endswith("所载历史记录被改动")
