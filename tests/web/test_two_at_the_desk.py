"""Two send the same form at the same moment: one act is recorded, and the other is told."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from threading import Barrier
from typing import Any

import pytest

from flows import history
from flows.database import reading, transaction
from flows.night import run_night
from flows.signing_in import offer_sign_in
from models import (
    Bulletin,
    DutyChange,
    Measurement,
    OfficeChange,
    Official,
    Pairing,
    PairingEnd,
    Post,
    Resending,
    ScoreMove,
    ScoreObjection,
    ScoreRuling,
    Task,
)
from models.organisation import PostKind
from tests.conftest import instant
from tests.flows.duties import files as duty_files
from tests.flows.measures import files as measure_files
from tests.flows.scores import files as score_files
from tests.kept import add, digests, play, rows
from tests.outboxes import to
from tests.petitions import load_kind
from tests.played import wound
from tests.sign_offs import gather_bench
from tests.smtp_peers import at_recipient, peer
from tests.web.conftest import DAY, DUE, NOON, _browser
from web.app import create_app

JUNE = date(2022, 6, 1)


@dataclass
class Two:
    """Browsers of people who are signed in. `counts`: what was told by each table before."""

    office: Any
    clock: Any
    people: dict[str, int]
    browsers: dict[str, Any] = field(default_factory=dict)

    def browser(self, name: str):
        if name not in self.browsers:
            with transaction(self.office.engine, NOON) as session:
                link = offer_sign_in(session, session.get_one(Official, self.people[name]), NOON)
            here = _browser(create_app(self.office, clock=self.clock))
            assert here.post(f"/login/{link}").status_code == 303
            self.browsers[name] = here
        return self.browsers[name]

    def seen(self, path: str, name: str = "olga") -> str:
        return re.search(r'name="seen" value="([^"]*)"', self.browser(name).get(path).text)[1]

    def at_once(self, path: str, **forms: dict[str, str]) -> str:
        """What the other one is told; exactly one is done, and the history stays sound."""
        ready = [(self.browser(name), form) for name, form in forms.items()]
        barrier = Barrier(len(ready))

        def send(one):
            browser, form = one
            barrier.wait()
            return browser.post(path, data=form)

        with ThreadPoolExecutor(len(ready)) as crowd:
            pages = list(crowd.map(send, ready))
        assert sorted(page.status_code for page in pages) == [303, 422]
        with reading(self.office.engine) as session:
            assert list(history.faults(session)) == []
        [lost] = [page.text for page in pages if page.status_code == 422]
        return lost


@pytest.fixture
def two(office, cast, clock):
    """Olga and Oscar are the office, Hugo and Hanna head the leading group."""
    for name, kind in (("oscar", PostKind.OFFICE), ("hanna", PostKind.COMMISSION_HEAD)):
        add(office, Official(name=name, unit_id=cast.unit, email=f"{name}@dinghai.example"))
        [found] = rows(office, Official, Official.name == name)
        add(office, Post(official_id=found.id, unit_id=cast.unit, kind=kind))
        cast.people[name] = found.id
    return Two(office, clock, cast.people)


def test_a_person_is_added_once(two, office):
    said = {"act": "add", "name": "李四", "unit": "区教育局", "email": "li@dinghai.example"}
    lost = two.at_once("/people/new", olga=said, oscar=said)
    assert "一个邮箱只能属于一个人" in lost
    assert len(rows(office, Official, Official.name == "李四")) == 1


def test_a_person_without_an_address_is_added_once(two, office):
    said = {"act": "add", "name": "李四", "unit": "区教育局"}
    lost = two.at_once("/people/new", olga=said, oscar=said)
    assert "已有同名的人" in lost
    assert len(rows(office, Official, Official.name == "李四")) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            {"act": "correct", "name": "米洛", "unit": "区教育局"},
            {"act": "correct", "name": "米拉", "unit": "区教育局"},
        ),
        ({"act": "retire", "reason": "调出"}, {"act": "retire", "reason": "调出"}),
        (
            {"act": "retire", "reason": "调出"},
            {"act": "give", "kind": "handler", "unit": "区教育局"},
        ),
        (
            {"act": "away", "deputy": "bob"},
            {"act": "away", "deputy": "dora"},
        ),
    ],
    ids=["corrected", "ended", "ended and given a post", "away"],
)
def test_of_two_changes_of_a_person_one_is_recorded(two, office, cast, first, second):
    path = f"/people/{cast.people['mallory']}"
    seen = {"seen": two.seen(path)}
    lost = two.at_once(path, olga=first | seen, oscar=second | seen)
    assert "已被他人改动" in lost
    assert len({row.at for row in rows(office, OfficeChange)} | {None}) == 2
    assert len({row.actor_id for row in rows(office, OfficeChange)}) == 1


def test_a_value_is_corrected_once(two, office):
    measure_files.load(office)
    measure_files.say(office, "2022-06", "-3", on=date(2022, 7, 5))
    path, said = (
        "/measurements/growth",
        {"subject": "企业01", "period": "2022-06", "reason": "补报"},
    )
    said["seen"] = two.seen(path)
    lost = two.at_once(path, olga=said | {"value": "6"}, oscar=said | {"value": "7"})
    values = [row.value for row in rows(office, Measurement)]
    assert values in (["-3", "6"], ["-3", "7"])
    winner = {"6": "olga", "7": "oscar"}[values[-1]]
    assert f"已由{winner}报为 {values[-1]}" in lost
    assert len(rows(office, Task)) == 1


def test_a_value_that_two_report_for_the_first_time_is_there_once(two, office):
    measure_files.load(office)
    path, said = (
        "/measurements/growth",
        {"subject": "企业01", "period": "2022-06", "reason": "新报"},
    )
    said["seen"] = two.seen(path)
    two.at_once(path, olga=said | {"value": "-6"}, oscar=said | {"value": "-7"})
    assert len(rows(office, Measurement)) == len(rows(office, Task)) == 1


def test_a_mail_is_sent_again_once(two, office, cast):
    cast.task("甲-1", DUE)
    with peer(at_recipient("RCPT", alice="550 5.1.1 user unknown")) as relay:
        run_night(to(relay, office), on=DAY, now=instant(DAY))
    key = digests(office, cast.alice)[0].id
    sure = {"sure": "yes", "seen": two.seen(f"/outbox/{key}")}
    two.at_once(f"/outbox/{key}/again", olga=sure, oscar=sure)
    assert len(rows(office, Resending)) == 1


@pytest.fixture
def result(two, office, cast):
    """The page of June's result, which was prepared and waits; a matter turned red in June."""
    load_kind(office, "score_objection")
    bench = gather_bench(office, cast)
    bench.task("甲-1", JUNE, title="校车监管不到位")
    score_files.load(office, score_files.RED)
    wound(office, JUNE, date(2022, 6, 30))
    lost = two.at_once("/scores", olga={"scheme": "monthly"}, oscar={"scheme": "monthly"})
    assert "正在待审批" in lost
    return "/scores/1"


@pytest.mark.parametrize("other", ["approve", "send_back"])
def test_a_result_is_prepared_and_decided_once(two, office, result, other):
    forms = {"hugo": {"act": "approve"}, "hanna": {"act": other, "reason": "有误"}}
    lost = two.at_once(f"{result}/decide", **forms)
    assert "他人已先处理" in lost
    assert len(rows(office, ScoreMove)) == 2


def test_a_result_is_approved_or_taken_back(two, office, result):
    forms = {"hugo": {"act": "approve"}, "oscar": {"act": "take_back", "reason": "有误"}}
    assert "他人已先处理" in two.at_once(f"{result}/decide", **forms)
    assert len(rows(office, ScoreMove)) == 2


def test_an_objection_is_raised_once_and_answered_once(two, office, cast, result):
    assert two.browser("hugo").post(f"{result}/decide", data={"act": "approve"}).status_code == 303
    add(office, Official(name="dana", unit_id=cast.unit, email="dana@dinghai.example"))
    [dana] = rows(office, Official, Official.name == "dana")
    add(office, Post(official_id=dana.id, unit_id=cast.unit, kind=PostKind.UNIT_HEAD))
    two.people["dana"] = dana.id
    unit = f"{result}/units/1"
    key = re.search(r'<option value="(move/\d+)"', two.browser("dora").get(unit).text)[1]
    said = {"key": key, "reason": "系统停机"}
    assert "已提出异议" in two.at_once(unit, dora=said, dana=said)
    [raised] = rows(office, ScoreObjection)
    [task] = rows(office, Task, Task.id == raised.task_id)
    at = f"/tasks/{task.number}/office/score"
    answer = {"act": "score", "seen": two.seen(at), "verdict": "change", "reason": "属实"}
    two.at_once(at, olga=answer | {"change": "+2"}, oscar=answer | {"change": "+1"})
    assert len(rows(office, ScoreRuling)) == 1


@pytest.mark.parametrize("other", ["approve", "send_back"])
def test_a_posting_is_prepared_and_decided_once(two, office, cast, other):
    cast.task("教-1", date(2022, 6, 28))
    play(office, date(2022, 6, 30))
    month = {"month": "2022-06"}
    assert "正在待审批" in two.at_once("/postings", olga=month, oscar=month)
    forms = {"hugo": {"act": "approve"}, "hanna": {"act": other, "reason": "有误"}}
    assert "他人已先处理" in two.at_once("/postings/1/decide", **forms)
    assert len(rows(office, Bulletin)) <= 1


def test_a_pairing_is_added_and_ended_once(two, office):
    said = {"topic": "薄弱村", "leader": "carol", "subject": "新建村", "kind": "village"}
    assert "已在结对" in two.at_once("/pairings", olga=said, oscar=said)
    ends = {"reason": "换届"}
    assert "结束" in two.at_once("/pairings/1", olga=ends, oscar=ends)
    assert len(rows(office, Pairing)) == len(rows(office, PairingEnd)) == 1


@pytest.mark.parametrize("act", ["pause", "end"])
def test_a_duty_is_paused_and_ended_once(two, office, cast, act):
    duty_files.load(office, duty_files.duty(), date(2022, 6, 20))
    said = {"act": act, "reason": "机构改革"}
    assert "状态已不允许" in two.at_once("/duties/summary", olga=said, oscar=said)
    assert len(rows(office, DutyChange)) == 2


def test_a_duty_s_file_is_not_written_over_what_another_wrote_meanwhile(two, office, cast):
    duty_files.load(office, duty_files.duty(), date(2022, 6, 20))
    path = "/duties/summary"
    said = {"act": "change", "reason": "放宽", "seen": two.seen(path)}
    forms = {
        name: said | {"text": duty_files.duty(within=f'"{n}wd"')}
        for n, name in enumerate(("olga", "oscar"), 7)
    }
    lost = two.at_once(path, **forms)
    [_, change] = rows(office, DutyChange)
    assert "summary已被他人改动" in lost
    other = "8wd" if "7wd" in change.source else "7wd"
    assert f"within = &#34;{other}&#34;" in lost, "what was written is given back"


def test_of_two_who_add_a_duty_under_one_name_the_second_looks_first(two, office, cast):
    said = {"seen": two.seen("/duties")}
    forms = {
        name: said | {"text": duty_files.duty(within=f'"{n}wd"')}
        for n, name in enumerate(("olga", "oscar"), 7)
    }
    assert "已有他人新建" in two.at_once("/duties", **forms)
    assert len(rows(office, DutyChange)) == 1
