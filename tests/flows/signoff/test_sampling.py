"""Promises of the sample: anybody who has the list and the seed draws the same."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from flows.signoff.sampling import Candidate, draw

units = st.sampled_from(["区教育局", "区卫健局", "区水利局", "区住建局"])
lists = st.dictionaries(
    st.from_regex(r"[甲乙丙]-[0-9]{1,3}", fullmatch=True), units, max_size=60
).map(lambda found: [Candidate(number, unit) for number, unit in found.items()])
shares, floors = st.integers(1, 100), st.integers(1, 12)
seeds = st.text(max_size=20)


@given(lists, shares, floors, seeds)
def test_the_same_seed_draws_the_same(eligible, share, at_least, seed):
    assert draw(eligible, share, at_least, seed) == draw(eligible, share, at_least, seed)


@given(lists.flatmap(lambda found: st.tuples(st.just(found), st.permutations(found))),
       shares, floors, seeds)  # fmt: skip
def test_in_which_order_the_tasks_are_given_makes_no_difference(both, share, at_least, seed):
    one, other = both

    assert draw(one, share, at_least, seed) == draw(other, share, at_least, seed)


@given(lists, shares, floors, seeds)
def test_each_unit_gives_its_share_rounded_up(eligible, share, at_least, seed):
    drawn = draw(eligible, share, at_least, seed)

    of = {one.number: one.unit for one in eligible}
    taken, there = Counter(of[number] for number in drawn), Counter(of.values())
    assert all(taken[unit] * 100 >= n * share for unit, n in there.items())
    if len(drawn) > at_least:  # nothing was filled up
        assert all((taken[unit] - 1) * 100 < n * share for unit, n in there.items())


@given(lists, shares, floors, seeds)
def test_so_many_at_least_are_drawn_but_none_twice_and_never_more_than_there_are(
    eligible, share, at_least, seed
):
    drawn = draw(eligible, share, at_least, seed)

    assert len(set(drawn)) == len(drawn)
    assert set(drawn) <= {one.number for one in eligible}
    assert len(drawn) >= min(at_least, len(eligible))


@given(lists, floors, seeds)
def test_a_share_of_all_draws_all(eligible, at_least, seed):
    assert len(draw(eligible, 100, at_least, seed)) == len(eligible)


def test_another_seed_draws_another_sample_and_everybody_can_come_up():
    eligible = [Candidate(f"甲-{n}", "区教育局") for n in range(100)]

    drawn = [tuple(draw(eligible, 10, 5, f"seed {n}")) for n in range(200)]

    assert len(set(drawn)) == 200
    hits = Counter(number for sample in drawn for number in sample)
    assert set(hits) == {one.number for one in eligible}
    assert max(hits.values()) < 45  # of 20 that are expected


def test_the_places_are_those_of_a_hash_that_anybody_can_compute():
    eligible = [Candidate(f"甲-{n}", "区教育局") for n in range(6)]

    assert draw(eligible, 1, 3, "rectification 2022-10 0f") == ["甲-5", "甲-4", "甲-0"]
