"""Promises of the requests: each is asked by link, decided with proof, and does what it says."""

from datetime import date, timedelta

import pytest
from sqlmodel import col

from flows.database import reading
from flows.replies import answer
from flows.signoff.deciding import NeedsReason, NotOpen
from flows.signoff.levels import NotIndependent
from flows.signoff.packets import Changed, shown_in
from flows.signoff.request_bounds import NotAllowed
from flows.signoff.requests import AlreadyAsked, NothingAsked
from flows.signoff.roles import NotYours
from models import (
    ChangeRequest,
    DeadlineChange,
    Decision,
    Exclusion,
    Official,
    Post,
    Reassignment,
    Referral,
    Task,
    Transition,
    Unit,
)
from models.decision import ReferralState, Verdict
from models.organisation import PostKind
from models.proof import Assurance, NotProved
from models.request_machine import RequestKind, RequestState
from models.signoff import TaskState
from models.task import Track
from models.warning import Colour
from tests.kept import add, colour, edit, notices, play, reply, rows
from tests.requests import Asking

K = RequestKind
DUE, DAY, LATER = date(2022, 7, 13), date(2022, 7, 14), date(2022, 8, 12)
UNTIL = date(2022, 8, 31)


def the_request(asking: Asking) -> ChangeRequest:
    return rows(asking.office, ChangeRequest)[-1]


def blue(asking: Asking) -> None:
    asking.bench.task("甲-1", DUE)
    play(asking.office, DAY)
    assert colour(asking.office, "甲-1") == Colour.BLUE


def test_an_extension_is_asked_by_link_and_referred_to_whom_the_procedure_names(asking: Asking):
    asking.bench.task("甲-1", DUE)

    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER)

    request, [referral] = the_request(asking), rows(asking.office, Referral)
    assert (request.state, request.assurance) == (RequestState.ASKED, Assurance.LINK)
    assert referral.official_id == asking.bench.cast.hugo
    assert (referral.given_on, referral.decide_by) == (DAY, date(2022, 7, 19))
    with reading(asking.office.engine) as session:
        shown = shown_in(session, request.packet)
    assert (shown["kind"], shown["reason"], shown["until_on"]) == (
        "extension",
        "情况复杂，需再核实",
        "2022-08-12",
    )
    assert (shown["asked_by"], shown["handler"], shown["task"]["due_on"]) == (
        "alice",
        "alice",
        "2022-07-13",
    )
    assert [row["kind"] for row in shown["deadlines"]] == ["opened"]


def test_a_granted_extension_moves_the_deadline_and_relieves_the_colour_and_says_why(
    asking: Asking,
):
    blue(asking)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER, legal_basis="《条例》第三十四条")

    asking.grant("甲-1", DAY)

    task = asking.task()
    assert (task.due_on, task.original_due_on, task.colour) == (LATER, DUE, Colour.GREEN)
    [_, change] = rows(asking.office, DeadlineChange)
    assert (change.kind, change.previous_due_on, change.due_on) == ("extension", DUE, LATER)
    assert (change.reason, change.legal_basis) == ("情况复杂，需再核实", "《条例》第三十四条")
    assert change.actor_id == asking.bench.cast.hugo
    [lifted] = rows(asking.office, Transition, col(Transition.event) == "relieve")
    assert lifted.reason == "情况复杂，需再核实"
    assert [n.state for n in notices(asking.office, "甲-1")] == ["lifted"]
    assert the_request(asking).state == RequestState.GRANTED


@pytest.mark.parametrize(
    ("kind", "given", "state"),
    [
        (K.EXTENSION, {"until_on": LATER}, TaskState.ASSIGNED),
        (K.SUSPENSION, {"until_on": UNTIL}, TaskState.ASSIGNED),
        (K.LONG_TERM, {}, TaskState.ASSIGNED),
        (K.END_LONG_TERM, {"until_on": UNTIL}, TaskState.LONG_TERM),
        (K.REVIEW, {}, TaskState.LONG_TERM),
        (K.OBJECTION, {}, TaskState.ASSIGNED),
    ],
)
def test_what_is_refused_changes_nothing_of_the_task(asking: Asking, kind, given, state):
    task = asking.bench.task("甲-1", DUE, opened_on=DAY - timedelta(days=3), state=state)
    before = task.model_dump(exclude={"stage_on"})
    asking.ask("甲-1", kind, DAY, **given)

    with pytest.raises(NeedsReason):
        asking.refuse("甲-1", DAY, reason=" ")
    asking.refuse("甲-1", DAY)

    assert asking.task().model_dump(exclude={"stage_on"}) == before
    assert the_request(asking).state == RequestState.REFUSED
    assert [d.verdict for d in rows(asking.office, Decision)] == [Verdict.REFUSE]
    assert asking.dates() == [("opened", DUE)]


def test_a_suspended_task_has_no_clock_no_notice_and_no_colour(asking: Asking):
    blue(asking)
    asking.ask("甲-1", K.SUSPENSION, DAY, until_on=UNTIL)

    asking.grant("甲-1", DAY)

    task = asking.task()
    assert (task.state, task.colour, task.due_on) == ("suspended", Colour.GREEN, DUE)
    [relieved] = rows(asking.office, Transition, col(Transition.event) == "relieve")
    assert relieved.reason == "等待法院判决（依据：《行政诉讼法》第八十七条）"
    assert [n.state for n in notices(asking.office, "甲-1")] == ["lifted"]
    play(asking.office, date(2022, 8, 20))
    assert asking.task().colour == Colour.GREEN


def test_the_office_resumes_before_the_end_and_the_deadline_moves_by_the_days(asking: Asking):
    blue(asking)
    asking.ask("甲-1", K.SUSPENSION, DAY, until_on=UNTIL)
    asking.grant("甲-1", DAY)

    with pytest.raises(NotYours):
        asking.resume("甲-1", DAY, who=asking.bench.cast.alice)
    asking.resume("甲-1", DAY + timedelta(days=10))

    task = asking.task()
    assert (task.state, task.due_on) == ("in_progress", DUE + timedelta(days=10))
    change = rows(asking.office, DeadlineChange)[-1]
    assert (change.kind, change.reason) == ("suspension", "等待法院判决")
    assert change.legal_basis == "《行政诉讼法》第八十七条"
    assert change.actor_id == asking.bench.cast.hugo


def test_a_suspension_that_ends_on_its_first_day_moves_nothing(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.SUSPENSION, DAY, until_on=UNTIL)
    asking.grant("甲-1", DAY)

    asking.resume("甲-1", DAY)

    assert asking.task().due_on == DUE
    assert asking.dates() == [("opened", DUE)]


def test_a_task_that_is_made_long_term_is_due_at_its_first_review(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.LONG_TERM, DAY)

    asking.grant("甲-1", DAY)

    task = asking.task()
    assert (task.state, task.track, task.review_every) == ("long_term", Track.LONG_TERM, "3mo")
    assert task.due_on == date(2022, 10, 14)
    assert asking.dates()[-1] == ("review", date(2022, 10, 14))


def test_a_nearer_milestone_is_the_first_review(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.milestones("甲-1", DAY, ("建立制度", LATER), ("全面推开", date(2023, 3, 1)))
    asking.ask("甲-1", K.LONG_TERM, DAY, review_every="2mo", until_on=UNTIL)

    asking.grant("甲-1", DAY)

    assert (asking.task().due_on, asking.task().review_every) == (LATER, "2mo")


def test_a_granted_review_accepts_what_was_due_and_leads_to_the_next_one(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.milestones(
        "甲-1", DAY, ("建立制度", LATER), ("中期评估", UNTIL), ("全面推开", date(2023, 3, 1))
    )
    asking.ask("甲-1", K.LONG_TERM, DAY)
    asking.grant("甲-1", DAY)

    for asked_on, next_on in (
        (date(2022, 8, 10), UNTIL),  # the next milestone is nearer than a cycle
        (date(2022, 9, 5), date(2022, 12, 5)),  # late: a cycle after the review itself
        (date(2022, 12, 1), date(2023, 3, 1)),
    ):
        request = asking.ask("甲-1", K.REVIEW, asked_on)
        assert request.until_on == next_on
        asking.grant("甲-1", asked_on)
        assert asking.task().due_on == next_on

    assert [kind for kind, _ in asking.dates()] == ["opened", "review", *["review"] * 3]
    asking.ask("甲-1", K.REVIEW, date(2023, 3, 1))
    asking.grant("甲-1", date(2023, 3, 1))
    assert asking.task().due_on == date(2023, 6, 1)


def test_a_long_term_task_gets_a_deadline_again(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.LONG_TERM, DAY)
    asking.grant("甲-1", DAY)
    asking.ask("甲-1", K.END_LONG_TERM, DAY, until_on=UNTIL)

    asking.grant("甲-1", DAY)

    task = asking.task()
    assert (task.state, task.track, task.review_every) == ("in_progress", Track.DEADLINE, "")
    assert (task.due_on, asking.dates()[-1]) == (UNTIL, ("end_long_term", UNTIL))


def test_the_clock_stands_still_while_an_objection_is_open(asking: Asking):
    asking.bench.task("甲-1", DUE, opened_on=date(2022, 7, 11))

    asking.ask("甲-1", K.OBJECTION, DUE)

    play(asking.office, date(2022, 8, 20))
    task = asking.task()
    assert (task.state, task.colour) == ("objected", Colour.GREEN)
    assert rows(asking.office, Referral)[0].official_id == asking.bench.cast.olga


def test_an_objection_upheld_passes_the_task_to_whoever_is_named(asking: Asking):
    cast = asking.bench.cast
    asking.bench.task("甲-1", DUE, opened_on=date(2022, 7, 11), supervising_leader_id=cast.carol)
    play(asking.office, DAY)
    asking.ask("甲-1", K.OBJECTION, DAY)

    asking.grant("甲-1", DAY, unit_id=asking.bench.lead_unit, handler_id=asking.bench.leo)

    task = asking.task()
    assert (task.state, task.unit_id, task.handler_id) == (
        "assigned",
        asking.bench.lead_unit,
        asking.bench.leo,
    )
    assert (task.supervising_leader_id, task.colour) == (None, Colour.GREEN)
    assert [n.state for n in notices(asking.office, "甲-1")] == ["lifted"]
    [passed] = rows(asking.office, Reassignment)
    assert (passed.from_handler_id, passed.to_handler_id) == (cast.alice, asking.bench.leo)
    play(asking.office, DAY + timedelta(days=1))
    assert colour(asking.office, "甲-1") == Colour.BLUE


def test_an_objection_upheld_without_another_unit_withdraws_the_task(asking: Asking):
    asking.bench.task("甲-1", DUE, opened_on=date(2022, 7, 11))
    asking.ask("甲-1", K.OBJECTION, DAY)

    asking.grant("甲-1", DAY)

    assert asking.task().state == "withdrawn"
    assert the_request(asking).state == RequestState.GRANTED


@pytest.mark.parametrize(
    ("whose", "said"),
    [
        ({"unit_id": 9999}, "通讯录"),
        ({"unit_id": 1, "handler_id": 9999}, "通讯录"),
        ({"handler_id": "alice"}, "原责任单位"),
        ({"handler_id": "mallory"}, "回避"),
    ],
)
def test_an_objection_is_not_upheld_in_favour_of_nobody(asking: Asking, whose, said: str):
    cast = asking.bench.cast
    task = asking.bench.task("甲-1", DUE, opened_on=date(2022, 7, 11))
    add(
        asking.office,
        Exclusion(
            task_id=task.id,
            official_id=cast.mallory,
            reason="亲属",
            from_on=DUE,
            by_id=cast.olga,
            at=task.created_at,
        ),
    )
    asking.ask("甲-1", K.OBJECTION, DAY)
    named = {k: cast.people[v] if isinstance(v, str) else v for k, v in whose.items()}

    with pytest.raises(NotAllowed, match="nothing was recorded") as refused:
        asking.grant("甲-1", DAY, **named)

    assert said in refused.value.chinese
    assert rows(asking.office, Decision) == rows(asking.office, Reassignment) == []
    assert asking.task().state == "objected"


def test_what_is_taken_back_is_nobodys_to_decide(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER)

    with pytest.raises(NotYours):
        asking.take_back("甲-1", DAY, who=asking.bench.cast.mallory)
    asking.take_back("甲-1", DAY)

    assert the_request(asking).state == RequestState.WITHDRAWN
    with pytest.raises(NotOpen):
        asking.grant("甲-1", DAY)
    with pytest.raises(NothingAsked, match="taken back already"):
        asking.take_back("甲-1", DAY)


def test_an_objection_taken_back_is_none(asking: Asking):
    asking.bench.task("甲-1", DUE, opened_on=date(2022, 7, 11))
    asking.ask("甲-1", K.OBJECTION, DAY)

    asking.take_back("甲-1", DAY)

    assert asking.task().state == "assigned"
    play(asking.office, DAY)
    assert colour(asking.office, "甲-1") == Colour.BLUE


def test_nothing_is_taken_back_where_nothing_was_asked(asking: Asking):
    asking.bench.task("甲-1", DUE)

    with pytest.raises(NothingAsked, match="no request waits"):
        asking.take_back("甲-1", DAY)


def test_one_request_waits_at_a_time(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER)

    with pytest.raises(AlreadyAsked) as refused:
        asking.ask("甲-1", K.SUSPENSION, DAY, until_on=UNTIL)

    assert "延期申请" in refused.value.chinese


def test_whoever_asked_or_handles_it_does_not_decide(asking: Asking):
    """Hugo would decide; he handles it himself, or came to do so meanwhile."""
    asking.bench.task("甲-1", DUE, handler_id=asking.bench.cast.hugo)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER, who=asking.bench.cast.hugo)
    assert rows(asking.office, Referral) == []

    asking.take_back("甲-1", DAY, who=asking.bench.cast.hugo)
    edit(asking.office, Task, asking.task().id, handler_id=asking.bench.cast.alice)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER)
    edit(asking.office, Task, asking.task().id, handler_id=asking.bench.cast.hugo)
    with pytest.raises(NotIndependent):
        asking.grant("甲-1", DAY)


def test_a_grant_needs_proof_and_the_page_that_was_shown(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER)

    with pytest.raises(NotProved):
        asking.grant("甲-1", DAY, assurance=Assurance.LINK)
    with pytest.raises(Changed):
        asking.grant("甲-1", DAY, packet="0" * 64)
    with pytest.raises(NotAllowed, match="granted or refused"):
        asking.decide("甲-1", Verdict.APPROVE, DAY)
    assert asking.dates() == [("opened", DUE)]


def test_an_application_by_link_lets_the_request_lapse(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER)

    asking.bench.apply("甲-1", DAY)

    assert the_request(asking).state == RequestState.LAPSED
    assert ReferralState.VOID in {r.state for r in rows(asking.office, Referral)}
    with pytest.raises(NotOpen):
        asking.grant("甲-1", DAY)


def test_of_two_who_are_asked_the_first_decides(asking: Asking):
    cast = asking.bench.cast
    top = rows(asking.office, Unit)[0].id
    add(asking.office, Official(name="ida", unit_id=top, email="ida@dinghai.example"))
    ida = rows(asking.office, Official)[-1].id
    add(asking.office, Post(official_id=ida, unit_id=top, kind=PostKind.COMMISSION_HEAD))
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER)

    asking.grant("甲-1", DAY, who=ida)

    with pytest.raises(NotOpen, match="ida has decided"):
        asking.grant("甲-1", DAY, who=cast.hugo)
    assert {r.state for r in rows(asking.office, Referral)} == {
        ReferralState.DECIDED,
        ReferralState.OVERTAKEN,
    }


def test_an_answer_does_not_end_the_request(asking: Asking):
    blue(asking)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER)
    reply(asking.office, answer, asking.bench.cast.alice, "甲-1", on=DAY)

    asking.grant("甲-1", DAY)

    assert (asking.task().state, asking.task().due_on) == ("in_progress", LATER)
