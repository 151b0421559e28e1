"""A post that ended on the day written down for it decides nothing from the next day on."""

from datetime import date

import pytest
from sqlmodel import select

from flows.database import transaction
from flows.signoff.deciding import PostEnded
from models import Absence, Decision, Post
from models.decision import Verdict
from tests.conftest import instant
from tests.flows.signoff.test_hand_over import nina, pass_post  # noqa: F401  # a fixture
from tests.kept import add, everything, rows
from tests.sign_offs import Bench

DAY, NEXT, DUE = date(2022, 7, 14), date(2022, 7, 15), date(2022, 12, 30)


def end_post(bench: Bench, who: int, last: date = DAY) -> None:
    """As an import or the page of the person writes it down ahead."""
    with transaction(bench.office.engine, instant(DAY)) as session:
        post = session.exec(select(Post).where(Post.official_id == who)).one()
        post.until_on = last
        session.add(post)


def test_whoever_was_asked_decides_on_the_last_day_and_not_on_the_next(bench: Bench):
    dora = bench.cast.dora
    for number in ("甲-1", "甲-2"):
        bench.task(number, DUE)
        bench.apply(number, DAY)
    end_post(bench, dora)
    bench.decide("甲-1", dora, Verdict.APPROVE, DAY)
    before = everything(bench.office.engine)

    with pytest.raises(PostEnded):
        bench.decide("甲-2", dora, Verdict.APPROVE, NEXT)
    assert everything(bench.office.engine) == before


def test_a_deputy_decides_no_longer_than_the_post_lasts(bench: Bench):
    dora, bob = bench.cast.dora, bench.cast.bob
    add(bench.office, Absence(official_id=dora, deputy_id=bob, from_on=DAY, until_on=NEXT))
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)
    assert bench.asked("甲-1") == [bob]
    end_post(bench, dora)

    with pytest.raises(PostEnded):
        bench.decide("甲-1", bob, Verdict.APPROVE, NEXT)


def test_handed_over_its_successor_decides(bench: Bench, nina: int):  # noqa: F811  # the fixture
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)
    pass_post(bench, bench.cast.dora, nina)
    bench.decide("甲-1", nina, Verdict.APPROVE, NEXT)

    assert [one.official_id for one in rows(bench.office, Decision)] == [nina]


@pytest.mark.parametrize("afterwards", ["back", "another deputy"])
def test_a_deputy_decides_what_he_was_asked_and_nothing_that_comes_later(
    bench: Bench, afterwards: str
):
    """Also when the absent one is back, or has another deputy; a link is not taken away."""
    dora, bob = bench.cast.dora, bench.cast.bob
    add(bench.office, Absence(official_id=dora, deputy_id=bob, from_on=DAY, until_on=DAY))
    if afterwards == "another deputy":
        alter = bench.cast.mallory
        add(bench.office, Absence(official_id=dora, deputy_id=alter, from_on=NEXT))
    for number in ("甲-1", "甲-2"):
        bench.task(number, DUE)
    bench.apply("甲-1", DAY)
    bench.decide("甲-1", bob, Verdict.APPROVE, NEXT)
    bench.apply("甲-2", NEXT)

    [decision] = rows(bench.office, Decision)
    assert decision.official_id == bob
    assert bench.asked("甲-2") == [dora if afterwards == "back" else bench.cast.mallory]
