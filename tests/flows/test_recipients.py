"""Who is told: deputies, missing people, the way up, and one receipt for each person."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from flows.around import around
from flows.database import reading
from flows.recipients import Directory, Told
from models import Absence, Official, Post, Receipt, Task, Unit
from models.notice import Duty
from models.organisation import PostKind as P
from tests.conftest import Cast
from tests.kept import add, edit, play, rows, told

DAY = date(2022, 7, 14)
DUE = date(2022, 7, 13)


@dataclass
class Matter:
    unit_id: int
    handler_id: int | None
    supervising_leader_id: int | None = None
    id: int = 0


def resolve(office, matter: Matter, kind: P, on: date = DAY) -> list[Told]:
    """By the whole directory, and by what is read of it for one task: both say the same."""
    with reading(office.engine) as session:
        found = Directory.load(session, on).resolve(matter, kind)
        assert around(session, matter, on, [kind]).resolve(matter, kind) == found
        return found


@pytest.fixture
def matter(cast: Cast) -> Matter:
    """Alice's."""
    return Matter(cast.unit, cast.alice)


def away(official: int, deputy: int, first: date | None = None, last: date | None = None):
    return Absence(official_id=official, deputy_id=deputy, from_on=first, until_on=last)


def test_a_deputy_stands_in_on_the_first_and_on_the_last_day_of_an_absence(office, cast, matter):
    last = DAY + timedelta(days=4)
    add(office, away(cast.alice, cast.bob, DAY, last))
    herself, deputy = [Told(cast.alice, P.HANDLER)], [Told(cast.bob, P.HANDLER, cast.alice)]

    assert resolve(office, matter, P.HANDLER, DAY - timedelta(days=1)) == herself
    assert resolve(office, matter, P.HANDLER, DAY) == deputy
    assert resolve(office, matter, P.HANDLER, last) == deputy
    assert resolve(office, matter, P.HANDLER, last + timedelta(days=1)) == herself


def test_the_deputy_of_an_absent_deputy_stands_in_for_the_first(office, cast, matter):
    add(office, away(cast.alice, cast.bob), away(cast.bob, cast.carol))

    assert resolve(office, matter, P.HANDLER) == [Told(cast.carol, P.HANDLER, cast.alice)]


def test_of_several_the_first_post_and_the_last_absence_comes_first(office, cast, matter):
    for who in (cast.mallory, cast.bob):
        add(office, Post(official_id=who, unit_id=cast.unit, kind=P.UNIT_HEAD))
    add(office, away(cast.alice, cast.bob), away(cast.alice, cast.carol))

    heads = [told.official_id for told in resolve(office, matter, P.UNIT_HEAD)]
    assert heads == [cast.dora, cast.mallory, cast.bob]
    assert resolve(office, matter, P.HANDLER) == [Told(cast.carol, P.HANDLER, cast.alice)]


def test_deputies_who_point_in_a_ring_are_passed_by_to_the_next_level(office, cast, matter):
    add(office, away(cast.alice, cast.bob), away(cast.bob, cast.mallory))
    add(office, away(cast.mallory, cast.bob))

    assert resolve(office, matter, P.HANDLER) == [
        Told(cast.carol, P.SUPERVISING_LEADER, climbed_from=P.HANDLER)
    ]


def test_a_deputy_without_an_address_is_passed_by_to_the_next_level(office, cast, matter):
    add(office, away(cast.alice, cast.bob))
    edit(office, Official, cast.bob, email=None)

    assert [t.official_id for t in resolve(office, matter, P.HANDLER)] == [cast.carol]


def test_a_task_without_a_handler_is_handled_by_whoever_holds_that_post(office, cast, matter):
    matter.handler_id = None

    assert resolve(office, matter, P.HANDLER) == [Told(cast.alice, P.HANDLER)]


def test_a_task_without_any_handler_is_handled_by_the_head_of_its_unit(office, cast, matter):
    matter.handler_id = None
    [post] = rows(office, Post, Post.official_id == cast.alice)
    edit(office, Post, post.id, until_on=DAY - timedelta(days=1))

    assert resolve(office, matter, P.HANDLER) == [Told(cast.dora, P.HANDLER)]


def test_a_post_is_held_on_its_first_and_its_last_day(office, cast, matter):
    [post] = rows(office, Post, Post.official_id == cast.carol)
    edit(office, Post, post.id, from_on=DAY, until_on=DAY)
    carol = Told(cast.carol, P.SUPERVISING_LEADER)

    assert resolve(office, matter, P.SUPERVISING_LEADER) == [carol]
    for other in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
        assert [t.official_id for t in resolve(office, matter, P.SUPERVISING_LEADER, other)] == [
            cast.dora
        ]


def test_the_supervising_leader_of_the_row_beats_the_post_of_the_unit(office, cast, matter):
    matter.supervising_leader_id = cast.hugo

    assert resolve(office, matter, P.SUPERVISING_LEADER) == [Told(cast.hugo, P.SUPERVISING_LEADER)]


def test_office_and_leading_group_are_found_up_the_tree(office, cast, matter):
    assert resolve(office, matter, P.OFFICE) == [Told(cast.olga, P.OFFICE)]
    assert resolve(office, matter, P.COMMISSION_HEAD) == [Told(cast.hugo, P.COMMISSION_HEAD)]


def test_the_nearest_office_up_the_tree_is_told_and_no_other(office, cast, matter):
    add(office, Post(official_id=cast.mallory, unit_id=cast.unit, kind=P.OFFICE))

    assert resolve(office, matter, P.OFFICE) == [Told(cast.mallory, P.OFFICE)]


def test_an_office_beside_the_tree_is_better_than_none(office, cast):
    alone = Unit(name="区残联")
    add(office, alone)

    assert resolve(office, Matter(alone.id, None), P.OFFICE) == [Told(cast.olga, P.OFFICE)]


def test_a_reviewer_beside_the_tree_is_better_than_none_and_after_him_comes_the_office(
    office, cast, matter
):
    alone = Unit(name="区残联")
    add(office, alone)
    add(office, Post(official_id=cast.mallory, unit_id=alone.id, kind=P.REVIEWER))

    assert resolve(office, matter, P.REVIEWER) == [Told(cast.mallory, P.REVIEWER)]
    edit(office, Official, cast.mallory, email=None)
    assert resolve(office, matter, P.REVIEWER) == [
        Told(cast.olga, P.OFFICE, climbed_from=P.REVIEWER)
    ]


def test_from_another_unit_its_own_people_are_found(office, cast, matter):
    """As the lead unit of a task sees it."""
    other = Unit(name="区残联")
    add(office, other)
    add(office, Post(official_id=cast.mallory, unit_id=other.id, kind=P.UNIT_HEAD))
    seen_from = Matter(other.id, None)

    with reading(office.engine) as session:
        found = around(session, matter, DAY, units=[other.id]).resolve(seen_from, P.UNIT_HEAD)
        assert found == Directory.load(session, DAY).resolve(seen_from, P.UNIT_HEAD)
    assert found == [Told(cast.mallory, P.UNIT_HEAD)]


def test_a_unit_without_a_head_climbs_to_the_head_of_the_unit_above(office, cast, matter):
    """Whether the climb began below or at the head himself."""
    edit(office, Official, cast.dora, email=None)
    edit(office, Official, cast.carol, email=None)
    [top] = rows(office, Unit, Unit.name == "定海区委")
    add(office, Post(official_id=cast.mallory, unit_id=top.id, kind=P.UNIT_HEAD))

    for kind in (P.SUPERVISING_LEADER, P.UNIT_HEAD):
        [found] = resolve(office, matter, kind)
        assert (found.official_id, found.capacity) == (cast.mallory, P.UNIT_HEAD)
        assert found.climbed_from == kind


def test_the_way_up_ends_at_the_leading_group(office, cast, matter):
    for who in (cast.alice, cast.carol, cast.dora, cast.olga):
        edit(office, Official, who, email=None)

    assert resolve(office, matter, P.HANDLER) == [
        Told(cast.hugo, P.COMMISSION_HEAD, climbed_from=P.HANDLER)
    ]
    edit(office, Official, cast.hugo, email=None)
    assert resolve(office, matter, P.HANDLER) == []


def test_a_handler_without_an_address_is_answered_for_one_level_up_in_the_same_night(office, cast):
    edit(office, Official, cast.alice, email=None)
    cast.task("甲-1", DUE)

    result = play(office, DAY)

    assert told(office, "甲-1") == [("carol", "supervising_leader", "act")]
    assert rows(office, Receipt)[0].climbed_from == P.HANDLER
    assert result["unresolved"] == 1


def test_when_nobody_can_be_reached_the_notice_is_issued_and_counted(office, cast):
    for who in (cast.alice, cast.carol, cast.dora, cast.olga, cast.hugo):
        edit(office, Official, who, email=None)
    cast.task("甲-1", DUE)

    result = play(office, DAY)

    assert (result["notices"], result["recipients"], result["unresolved"]) == (1, 0, 1)
    assert told(office, "甲-1") == []


def test_red_tells_four_people_and_each_owes_something_else(office, cast):
    cast.task("甲-1", date(2022, 5, 13))

    play(office, DAY)

    assert told(office, "甲-1") == [
        ("alice", "handler", "act"),
        ("carol", "supervising_leader", "acknowledge"),
        ("dora", "unit_head", "acknowledge"),
        ("olga", "office", "copy"),
    ]


def test_one_person_in_two_capacities_gets_one_receipt_with_the_heavier_duty(office, cast):
    """Carol leads the unit's matters and stands in for Alice; Dora is the office as well."""
    add(office, away(cast.alice, cast.carol))
    add(office, Post(official_id=cast.dora, unit_id=cast.unit, kind=P.OFFICE))
    cast.task("甲-1", date(2022, 5, 13))

    play(office, DAY)

    assert told(office, "甲-1") == [
        ("carol", "handler", "act"),
        ("dora", "unit_head", "acknowledge"),
    ]
    acting = rows(office, Receipt, Receipt.duty == Duty.ACT)
    assert [r.stands_for_id for r in acting] == [cast.alice]


def test_a_handler_who_is_his_own_supervisor_still_has_to_act(office, cast):
    cast.task("甲-1", date(2022, 5, 13), supervising_leader_id=cast.alice)

    play(office, DAY)

    assert [(name, duty) for name, _, duty in told(office, "甲-1")] == [
        ("alice", "act"),
        ("dora", "acknowledge"),
        ("olga", "copy"),
    ]
    assert len(rows(office, Task)) == 1
