"""Two who decide, or decide and recall, at the same moment: one wins, the other reads by whom."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from threading import Barrier

import pytest
from sqlmodel import col

from models import Decision, Official, Post, Task, Transition
from models.organisation import PostKind
from models.refusal import Refusal
from tests.conftest import instant
from tests.kept import add, rows
from tests.look_backs import FIRST, another_reviewer, put_down, sign_off
from tests.web.conftest import DUE, _browser
from tests.web.reviewing import APPLIED, WORDS, chosen
from web.app import create_app


@pytest.fixture
def two(bench, review, office):
    """Dora and Dana both head the unit, and are both asked."""
    dana = Official(name="dana", unit_id=bench.cast.unit, email="dana@dinghai.example")
    add(office, dana)
    [found] = rows(office, Official, Official.name == "dana")
    add(office, Post(official_id=found.id, unit_id=bench.cast.unit, kind=PostKind.UNIT_HEAD))
    review.people["dana"] = found.id
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    return ("dora", "dana")


def proved(office, clock, review, name, verdict, **facts):
    """A browser that only has to send."""
    here, path = _browser(create_app(office, clock=clock)), review.link(name, "甲-1")
    review.prove(here, path)
    return here, path, chosen(here.get(path), verdict, **facts)


def test_of_two_reviewers_at_once_one_wins_and_the_other_is_told_by_name(
    two, review, office, clock
):
    ready = [proved(office, clock, review, name, "approve") for name in two]
    barrier = Barrier(2)

    def send(one):
        here, path, form = one
        barrier.wait()
        return here.post(path, data=form)

    with ThreadPoolExecutor(2) as both:
        pages = list(both.map(send, ready))

    assert sorted(page.status_code for page in pages) == [303, 409]
    [decision] = rows(office, Decision)
    [winner] = rows(office, Official, Official.id == decision.official_id)
    (lost,) = (page for page in pages if page.status_code == 409)
    assert f"已由{winner.name}先行作出决定" in lost.text
    assert rows(office, Task)[0].level == 2
    (here, path, _) = ready[1 - two.index(winner.name)]
    assert f"{winner.name}已于2022年7月14日 12:00 先行作出决定“同意”" in here.get(path).text


def test_of_an_approval_and_a_recall_at_once_one_wins(two, bench, review, office, clock):
    here, path, form = proved(office, clock, review, "dora", "return", reason=WORDS)
    barrier = Barrier(2)

    def decide():
        barrier.wait()
        return here.post(path, data=form)

    def recall():
        barrier.wait()
        try:
            bench.recall("甲-1", APPLIED)
        except Refusal as refused:
            return refused
        return None

    with ThreadPoolExecutor(2) as both:
        page, refused = both.submit(decide), both.submit(recall)
        page, refused = page.result(), refused.result()

    moves = rows(office, Transition, col(Transition.event).in_(("return", "recall")))
    assert len(moves) == 1
    if refused is None:
        assert page.status_code == 409
        assert "alice已于" in page.text
        assert WORDS in page.text
        assert rows(office, Decision) == []
    else:
        assert page.status_code == 303
        assert "不能办理" in refused.chinese


def test_a_look_back_is_decided_point_by_point_and_reopens_what_falls_short(
    bench, review, office, clock
):
    review.people["ruth"] = another_reviewer(bench)
    sign_off(bench, "甲-1")
    put_down(bench, "甲-1", FIRST)
    clock.now = instant(FIRST, time(12))
    here, path = _browser(create_app(office, clock=clock)), review.link("ruth", "甲-1")
    review.prove(here, path)
    page = here.get(path)
    for said in ("请回头看检查", "台账与实际一致", "当时的销号申请", "稳固", "虚假整改"):
        assert said in page.text
    missing = here.post(path, data=chosen(page, "solid"))
    assert "还缺第 1、2、3、4、5 条" in missing.text
    key = chosen(page)
    (referral,) = (name.removeprefix("packet-") for name in key)
    sent = chosen(page, "recurred", reason="问题再次发生") | {
        f"point-{referral}-{n}": "no" if n == 3 else "yes" for n in range(1, 6)
    }
    unsaid = here.post(path, data=sent)
    assert unsaid.status_code == 409
    assert "请写明情况" in unsaid.text
    assert unsaid.text.count(" checked") == 6, "the answers come back"

    done = here.post(path, data=sent | {f"remark-{referral}-3": "又出现两起"})

    assert done.status_code == 303
    assert "作出决定“反弹”" in here.get(path).text
    [task] = rows(office, Task)
    assert (task.state, task.cycle) == ("in_progress", 2)
