"""Promise: the clocks of the regulation on petitions run as a reader counts them by hand.

2022: the National Day holiday is 1 to 7 October, with 8 and 9 October worked; 1 to 4 May is off,
with 24 April and 7 May worked. A day off at the end of a limit counts as the next day worked.
"""

from datetime import date, timedelta

import pytest

from flows.database import reading
from flows.explain import explain
from flows.signoff.completeness import Incomplete
from flows.signoff.request_bounds import NotAllowed
from flows.working_days import load_calendar
from models.refusal import Refusal
from models.request_machine import RequestKind
from models.warning import Colour
from tests.kept import colour, play
from tests.petitions import load_kind
from tests.petitions import move as moved
from tests.petitions import receive as received
from tests.requests import Asking
from tests.sign_offs import Bench

DAY = timedelta(days=1)


def d(month: int, day: int, year: int = 2022) -> date:
    return date(year, month, day)


# What happened on which day, and by when the next thing is owed: the date in the ledger of dates,
# and the first night that finds it overdue.
EXAMPLES = [
    # received on a Friday: 15 days end on Saturday, so Monday counts
    ([("received", d(7, 1))], d(7, 16), d(7, 19)),
    # received on 16 September: 1 October is a holiday, and 8 October the first day worked
    ([("received", d(9, 16))], d(10, 1), d(10, 9)),
    # passed on after ten days: the unit has 15 days of its own
    ([("received", d(7, 1)), ("forwarded", d(7, 11))], d(7, 26), d(7, 27)),
    # passed on too late: its own 15 days run from the passing on, not from the receipt
    ([("received", d(7, 1)), ("forwarded", d(7, 28))], d(8, 12), d(8, 13)),
    # accepted on 31 July: 60 days later is 29 September
    ([("received", d(7, 20)), ("in_hand", d(7, 31))], d(9, 29), d(9, 30)),
    # accepted on 5 August: 60 days end in the holiday, 8 October counts
    ([("received", d(7, 25)), ("in_hand", d(8, 5))], d(10, 4), d(10, 9)),
    # accepted on the last day of the year: over the end of February
    (
        [("received", d(12, 20)), ("forwarded", d(12, 27)), ("in_hand", d(12, 31))],
        d(3, 1, 2023),
        d(3, 2, 2023),
    ),
    # answered: a review may be asked for in 30 days
    ([("received", d(5, 5)), ("in_hand", d(5, 10)), ("answered", d(6, 30))], d(7, 30), d(8, 2)),
    # asked for on the last day that counts: 30 days for the review
    (
        [
            ("received", d(5, 5)),
            ("in_hand", d(5, 10)),
            ("answered", d(6, 30)),
            ("review", d(8, 1)),
        ],
        d(8, 31),
        d(9, 1),
    ),
    # answered again, and 30 days more for the re-review
    (
        [
            ("received", d(5, 5)),
            ("in_hand", d(5, 10)),
            ("answered", d(6, 30)),
            ("review", d(7, 20)),
            ("review_answered", d(8, 18)),
            ("re_review", d(9, 1)),
        ],
        d(10, 1),
        d(10, 9),
    ),
]


@pytest.fixture
def petitions(bench: Bench) -> Asking:
    bench.cast.procedure_id = load_kind(bench.office, "petition")
    return Asking(bench)


def receive(asking: Asking, on: date) -> None:
    received(asking.office, on)


def move(asking: Asking, stage: str, on: date, from_on: date | None = None) -> None:
    moved(asking.office, asking.bench.cast, stage, on, from_on)


def led_to(asking: Asking, *steps: tuple[str, date]) -> None:
    (_, received), *rest = steps
    receive(asking, received)
    for stage, on in rest:
        move(asking, stage, on)


@pytest.mark.parametrize(("steps", "due_on", "overdue_on"), EXAMPLES)
def test_each_stage_is_owed_by_the_day_that_a_reader_counts(petitions, steps, due_on, overdue_on):
    led_to(petitions, *steps)

    assert petitions.task("信-1").due_on == due_on
    play(petitions.office, overdue_on - DAY)
    assert colour(petitions.office, "信-1") == Colour.GREEN
    play(petitions.office, overdue_on)
    assert colour(petitions.office, "信-1") == Colour.BLUE


def test_what_was_late_in_one_stage_is_in_time_again_in_the_next(petitions):
    receive(petitions, d(7, 1))
    play(petitions.office, d(7, 20))
    assert colour(petitions.office, "信-1") == Colour.BLUE

    move(petitions, "forwarded", d(7, 20))

    assert colour(petitions.office, "信-1") == Colour.GREEN
    assert petitions.dates("信-1") == [("opened", d(7, 16)), ("stage", d(8, 4))]


def test_what_is_recorded_later_counts_from_the_day_on_which_it_was(petitions):
    receive(petitions, d(7, 1))
    move(petitions, "in_hand", d(7, 18), from_on=d(7, 8))

    assert petitions.task("信-1").due_on == d(9, 6)
    for wrong in (d(7, 7), d(7, 20)):  # before it was accepted; not yet
        with pytest.raises(NotAllowed):
            move(petitions, "answered", d(7, 19), from_on=wrong)


def test_sixty_days_and_thirty_more_and_no_more_where_the_head_approves(petitions):
    led_to(petitions, ("received", d(5, 9)), ("in_hand", d(5, 16)))  # 60 days: 15 July
    with pytest.raises(NotAllowed):
        petitions.ask("信-1", RequestKind.EXTENSION, d(7, 1), until_on=d(8, 15))
    petitions.ask("信-1", RequestKind.EXTENSION, d(7, 1), until_on=d(8, 14))
    petitions.grant("信-1", d(7, 4), who=petitions.bench.cast.dora)

    assert petitions.task("信-1").due_on == d(8, 14)  # a Sunday
    with pytest.raises(NotAllowed):
        petitions.ask("信-1", RequestKind.EXTENSION, d(8, 1), until_on=d(8, 20))
    play(petitions.office, d(8, 15))
    assert colour(petitions.office, "信-1") == Colour.GREEN
    play(petitions.office, d(8, 16))
    assert colour(petitions.office, "信-1") == Colour.BLUE


def test_an_extension_that_was_asked_for_lapses_with_the_stage(petitions):
    led_to(petitions, ("received", d(5, 9)), ("in_hand", d(5, 16)))
    petitions.ask("信-1", RequestKind.EXTENSION, d(7, 1), until_on=d(8, 14))
    move(petitions, "answered", d(7, 4))

    with pytest.raises(Refusal):
        petitions.grant("信-1", d(7, 5), who=petitions.bench.cast.dora)
    assert petitions.task("信-1").due_on == d(8, 3)


def test_the_days_of_a_hearing_are_not_counted(petitions):
    led_to(petitions, *EXAMPLES[-1][0])  # the re-review ends on 1 October, a holiday
    petitions.ask(
        "信-1", RequestKind.SUSPENSION, d(9, 13), until_on=d(9, 22), legal_basis="第三十六条"
    )
    petitions.grant("信-1", d(9, 13), who=petitions.bench.cast.dora)
    play(petitions.office, d(9, 23))

    assert petitions.task("信-1").due_on == d(10, 11)  # ten days, 13 to 22 September, are not
    play(petitions.office, d(10, 12))
    assert colour(petitions.office, "信-1") == Colour.BLUE


def test_only_a_re_review_has_a_hearing(petitions):
    led_to(petitions, ("received", d(5, 9)), ("in_hand", d(5, 16)))
    with pytest.raises(NotAllowed, match="in the stage"):
        petitions.ask("信-1", RequestKind.SUSPENSION, d(6, 1), until_on=d(6, 10))


def test_a_unit_objects_within_five_working_days_of_the_passing_on(petitions):
    led_to(petitions, ("received", d(9, 20)), ("forwarded", d(9, 29)))
    # 30 September is the first, then 8, 9, 10 and 11 October
    with pytest.raises(NotAllowed, match="11 October"):
        petitions.ask("信-1", RequestKind.OBJECTION, d(10, 12))
    petitions.ask("信-1", RequestKind.OBJECTION, d(10, 11))


def test_whoever_has_accepted_it_objects_no_more(petitions):
    led_to(petitions, ("received", d(9, 20)), ("in_hand", d(9, 29)))
    with pytest.raises(NotAllowed, match="in the stage"):
        petitions.ask("信-1", RequestKind.OBJECTION, d(9, 30))


def test_a_review_that_is_asked_for_too_late_is_none(petitions):
    led_to(petitions, *EXAMPLES[7][0])  # until Saturday 30 July, so until Monday
    with pytest.raises(NotAllowed, match="1 August"):
        move(petitions, "review", d(8, 2))
    move(petitions, "review", d(8, 2), from_on=d(8, 1))  # it came in time, and is recorded late


def test_no_stage_is_passed_over(petitions):
    receive(petitions, d(7, 1))
    with pytest.raises(NotAllowed, match="forwarded, in_hand"):
        move(petitions, "answered", d(7, 4))


def test_a_petition_is_closed_once_it_was_answered(petitions):
    led_to(petitions, ("received", d(5, 9)), ("in_hand", d(5, 16)))
    with pytest.raises(Incomplete):
        petitions.bench.apply("信-1", d(6, 1))
    move(petitions, "answered", d(6, 1))
    petitions.bench.apply("信-1", d(7, 1))
    assert petitions.task("信-1").state == "under_review"


def test_the_stage_is_told_and_a_day_that_is_over_is_told_as_it_was(petitions):
    led_to(petitions, ("received", d(7, 1)), ("forwarded", d(7, 11)))
    with reading(petitions.office.engine) as session:
        calendar, zone = load_calendar(session), petitions.office.timezone
        said = {
            on: explain(session, "信-1", on=on, calendar=calendar, timezone=zone)
            for on in (d(7, 8), d(7, 11))
        }
    assert said[d(7, 8)].due_on == d(7, 16)
    assert "转送待受理" in "".join(said[d(7, 11)].sentences("zh-CN"))
    assert "第二十三条" in "".join(said[d(7, 11)].sentences("zh-CN"))
