"""The office takes a task off the ledger from every open state, and nothing is owed on it after."""

from datetime import date

import pytest
from sqlmodel import col

from flows.signoff.roles import NotNow, NotYours, SayWhy
from models import Application, ChangeRequest, Referral, Transition
from models.application import ApplicationState
from models.decision import ReferralState
from models.request_machine import RequestKind, RequestState
from models.signoff import CLOSED, OPEN
from models.warning import Colour
from tests.kept import notices, play, rows
from tests.requests import Asking

DUE, DAY = date(2022, 7, 13), date(2022, 7, 14)


@pytest.mark.parametrize("state", OPEN)
def test_it_is_withdrawn_from_every_open_state(asking: Asking, state):
    level = 1 if state == "under_review" else None
    asking.bench.task("甲-1", DUE, state=state, level=level)

    asking.withdraw("甲-1", DAY)

    assert (asking.task().state, asking.task().level) == ("withdrawn", None)


@pytest.mark.parametrize("state", CLOSED)
def test_what_is_closed_is_not_withdrawn(asking: Asking, state):
    asking.bench.task("甲-1", DUE, state=state)

    with pytest.raises(NotNow):
        asking.withdraw("甲-1", DAY)


def test_only_the_office_withdraws_and_says_why(asking: Asking):
    asking.bench.task("甲-1", DUE)

    with pytest.raises(NotYours, match="supervision office"):
        asking.withdraw("甲-1", DAY, who=asking.bench.cast.alice)
    with pytest.raises(SayWhy, match="give the reason"):
        asking.withdraw("甲-1", DAY, reason=" ")
    assert asking.task().state == "assigned"


def test_the_warning_the_application_and_whoever_was_asked_are_let_go(asking: Asking):
    asking.bench.task("甲-1", DUE)
    play(asking.office, DAY)
    asking.bench.apply("甲-1", DAY)

    asking.withdraw("甲-1", DAY)

    assert asking.task().colour == Colour.GREEN
    assert [n.state for n in notices(asking.office, "甲-1")] == ["lifted"]
    assert rows(asking.office, Application)[0].state == ApplicationState.LAPSED
    assert {r.state for r in rows(asking.office, Referral)} == {ReferralState.VOID}
    [lifted] = rows(
        asking.office, Transition, col(Transition.machine) == "warning", Transition.event == "lift"
    )
    assert lifted.reason == "重复交办"


@pytest.mark.parametrize("kind", [RequestKind.EXTENSION, RequestKind.OBJECTION])
def test_a_request_that_waits_lapses(asking: Asking, kind):
    asking.bench.task("甲-1", DUE, opened_on=date(2022, 7, 11))
    given = {} if kind == RequestKind.OBJECTION else {"until_on": date(2022, 8, 1)}
    asking.ask("甲-1", kind, DAY, **given)

    asking.withdraw("甲-1", DAY)

    assert rows(asking.office, ChangeRequest)[0].state == RequestState.LAPSED
    assert {r.state for r in rows(asking.office, Referral)} == {ReferralState.VOID}
