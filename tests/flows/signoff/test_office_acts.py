"""What only the office does needs more than a link."""

from dataclasses import replace
from datetime import date

import pytest

from flows.database import transaction
from flows.signoff.exclusions import exclude
from flows.signoff.milestones import set_milestones
from flows.signoff.naming import name_reviewer
from flows.signoff.reassigning import reassign
from flows.working_days import load_calendar
from models import Task
from models.proof import Assurance, NotProved
from tests.responsibility import by
from tests.sign_offs import Bench

DAY, OCTOBER = date(2022, 7, 14), date(2022, 10, 12)
WHY = {"reason": "分工调整"}


@pytest.mark.parametrize(
    "deed",
    [
        lambda s, t, a, _, who: exclude(s, t, a, official_id=who, **WHY),
        lambda s, t, a, c, _: set_milestones(s, t, a, [("评估", OCTOBER)], calendar=c),
        lambda s, t, a, c, who: name_reviewer(s, t, {}, who, a, calendar=c, **WHY),
        lambda s, t, a, c, who: reassign(s, t, a, unit_id=1, handler_id=who, calendar=c, **WHY),
    ],
    ids="exclude milestones name reassign".split(),
)
def test_an_act_of_the_office_is_not_made_by_a_link_alone(bench: Bench, deed):
    bench.task("甲-1", DAY)
    actor = replace(by(bench.office, bench.cast.olga, DAY), assurance=Assurance.LINK)

    with transaction(bench.office.engine, actor.now) as session:
        task, calendar = session.get_one(Task, 1), load_calendar(session)
        with pytest.raises(NotProved):
            deed(session, task, actor, calendar, bench.cast.bob)
