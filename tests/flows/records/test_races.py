"""Of two who do the same at once one does it, and the other is told."""

from concurrent.futures import ThreadPoolExecutor

from flows.database import transaction
from flows.records.figures import approve
from models import FigureApproval, Official, Record
from models.refusal import Refusal
from tests.flows.records.test_figures import reported
from tests.kept import rows
from tests.records import DAY, NOON, corrected, kept, said, with_kinds


def at_once(act, times=4):
    def tried(_):
        try:
            act()
        except Refusal as refused:
            return refused.chinese
        return None

    with ThreadPoolExecutor(times) as pool:
        return sorted(pool.map(tried, range(times)), key=lambda told: told or "")


def test_a_record_is_corrected_once(office, cast):
    first = kept(with_kinds(office), said("visit", "区教育局", "区卫健局"))

    told = at_once(lambda: corrected(office, first.id, said("visit", "区教育局")))

    assert told[0] is None
    assert all("已由第 2 号更正" in one for one in told[1:])
    assert len(rows(office, Record)) == 2


def test_a_reference_is_used_once(office, cast):
    with_kinds(office)

    told = at_once(lambda: kept(office, said("directive", reference="区委批〔2022〕1号")))

    assert told[0] is None
    assert all("已用于第 1 号" in one for one in told[1:])
    assert len(rows(office, Record)) == 1


def test_a_figure_is_approved_once(office, cast):
    key = reported(office, cast.alice)

    def approving():
        with transaction(office.engine, NOON) as session:
            approve(session, key, session.get_one(Official, cast.olga), on=DAY, now=NOON)

    told = at_once(approving)

    assert told[0] is None
    assert all("已由olga核准" in one for one in told[1:])
    assert len(rows(office, FigureApproval)) == 1
