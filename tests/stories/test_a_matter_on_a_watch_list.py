"""Promise: a matter on a watch list turns colour earlier, and goes back when it leaves the list."""

from datetime import date, timedelta

from sqlmodel import select

from flows.audit import contradictions
from flows.database import reading, transaction
from flows.history import faults
from flows.signoff.lists import join, leave
from models import WatchList
from models.warning import Colour
from seeds.load import load_rulebook
from tests.conftest import Cast, instant
from tests.kept import colour, told, wind
from tests.responsibility import act

DUE, JOINED = date(2022, 7, 20), date(2022, 7, 4)


def test_a_matter_on_a_watch_list(office, cast: Cast):
    """Two matters of one deadline; one is listed on the 4th, under Hugo, and leaves on the 22nd."""
    for number in ("甲-1", "甲-2"):
        cast.task(number, DUE)
    with transaction(office.engine, instant(JOINED)) as session:
        load_rulebook(session, now=instant(JOINED))

    def on_the_list(move, **said):
        def deed(session, task, actor, calendar):
            name = WatchList.name == "listed_supervision"
            watch_list = session.exec(select(WatchList).where(name)).one()
            return move(session, task, watch_list, actor, calendar=calendar, **said)

        return deed

    act(office, "甲-1", cast.olga, JOINED, on_the_list(join, leader_id=cast.hugo, reason="挂牌"))
    days = {}
    for n in range(1, 19):
        on = JOINED + timedelta(days=n)
        wind(office, on, on)
        for number in ("甲-1", "甲-2"):
            days.setdefault((number, colour(office, number)), on)

    assert days["甲-1", Colour.BLUE] == DUE - timedelta(days=10)
    assert days["甲-1", Colour.RED] <= DUE  # nobody answers
    assert days["甲-2", Colour.BLUE] == DUE + timedelta(days=1)
    assert ("hugo", "commission_head", "copy") in told(office, "甲-1")

    left = date(2022, 7, 22)
    act(office, "甲-1", cast.olga, left, on_the_list(leave, reason="整改见效"))

    assert colour(office, "甲-1") == colour(office, "甲-2") == Colour.BLUE
    wind(office, left + timedelta(days=1), left + timedelta(days=2))
    assert colour(office, "甲-1") == Colour.BLUE
    with reading(office.engine) as session:
        assert list(faults(session)) == list(contradictions(session)) == []
