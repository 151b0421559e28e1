"""The office sets the milestones; the nearest one that is open is never behind the next review."""

from datetime import date

import pytest
from sqlmodel import col

from flows.database import reading
from flows.signoff.packets import Changed, shown_in
from flows.signoff.request_bounds import NotAllowed
from flows.signoff.roles import NotYours
from models import ChangeRequest, Milestone
from models.request_machine import RequestKind
from models.signoff import CLOSED
from tests.kept import edit, rows
from tests.requests import Asking

K = RequestKind
DUE, DAY = date(2022, 7, 13), date(2022, 7, 14)
AUGUST, OCTOBER = date(2022, 8, 12), date(2022, 10, 12)


def kept(asking: Asking) -> list[tuple[str, date, bool]]:
    return [(m.title, m.due_on, bool(m.done_on)) for m in rows(asking.office, Milestone)]


def test_those_accepted_stay_and_the_others_are_as_the_office_says(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.milestones("甲-1", DAY, ("建立制度", AUGUST), ("评估", OCTOBER))
    edit(asking.office, Milestone, rows(asking.office, Milestone)[0].id, done_on=DAY)

    asking.milestones("甲-1", DAY, ("推开", OCTOBER))

    assert kept(asking) == [("建立制度", AUGUST, True), ("推开", OCTOBER, False)]


def test_a_nearer_one_brings_the_review_forward_and_its_removal_does_not_put_it_off(
    asking: Asking,
):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.LONG_TERM, DAY)
    asking.grant("甲-1", DAY)

    asking.milestones("甲-1", DAY, ("建立制度", AUGUST))
    assert (asking.task().due_on, asking.dates()[-1]) == (AUGUST, ("review", AUGUST))
    asking.milestones("甲-1", DAY)
    assert asking.task().due_on == AUGUST


@pytest.mark.parametrize(
    ("title", "due_on", "said"),
    [
        (" ", AUGUST, "写明内容"),
        ("建立制度", DAY, "须晚于今天"),
        ("建立制度", date(2202, 1, 1), "不晚于2100年"),
    ],
)
def test_a_milestone_has_words_and_lies_ahead(asking: Asking, title, due_on, said):
    asking.bench.task("甲-1", DUE)

    with pytest.raises(NotAllowed) as refused:
        asking.milestones("甲-1", DAY, (title, due_on))

    assert said in refused.value.chinese
    assert kept(asking) == []


def test_an_overdue_one_may_stay_among_new_ones(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.milestones("甲-1", DAY, ("建立制度", AUGUST))

    asking.milestones("甲-1", date(2022, 9, 1), ("建立制度", AUGUST), ("评估", OCTOBER))

    assert len(kept(asking)) == 2


def test_only_the_office_sets_them_and_not_when_the_task_is_closed(asking: Asking):
    task = asking.bench.task("甲-1", DUE)
    with pytest.raises(NotYours):
        asking.milestones("甲-1", DAY, ("建立制度", AUGUST), who=asking.bench.cast.alice)

    for state in CLOSED:
        edit(asking.office, type(task), task.id, state=state)
        with pytest.raises(NotAllowed, match="settled"):
            asking.milestones("甲-1", DAY, ("建立制度", AUGUST))


def test_whoever_decides_on_a_review_meanwhile_is_shown_what_there_is_now(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.LONG_TERM, DAY)
    asking.grant("甲-1", DAY)
    before = asking.ask("甲-1", K.REVIEW, date(2022, 9, 1)).packet

    asking.milestones("甲-1", date(2022, 9, 1), ("评估", OCTOBER))

    request = rows(asking.office, ChangeRequest, col(ChangeRequest.kind) == K.REVIEW)[0]
    with reading(asking.office.engine) as session:
        assert shown_in(session, request.packet)["milestones"][0]["title"] == "评估"
    with pytest.raises(Changed):
        asking.grant("甲-1", date(2022, 9, 2), packet=before)
    asking.grant("甲-1", date(2022, 9, 2))
    assert kept(asking) == [("评估", OCTOBER, True)]
