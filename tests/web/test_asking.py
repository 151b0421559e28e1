"""What a handler asks for on pages: its bounds said before, one at a time, taken back."""

import re
from datetime import date, timedelta
from urllib.parse import urljoin

import pytest
from sqlmodel import col

from models import ChangeRequest, DeadlineChange, Message, Referral, ReplyLink, Task
from models.message import MessageKind
from models.request_machine import RequestKind
from tests.kept import edit, play, rows
from tests.web.conftest import DAY, DUE, NOON, _browser
from tests.web.test_applying import said_beside
from tests.web.test_proof import prove
from web.app import create_app

REASON = "汛期施工受阻，需要延后两周。"
EXTENSION = {"reason": REASON, "until_on": "2022-08-10", "who": "self"}


@pytest.fixture
def home(bench, night, link):
    bench.task("甲-1", DUE)
    night()
    return link("alice", "甲-1")


def of(home, kind):
    return f"{home}/tasks/甲-1/requests/{kind}"


def requests(office):
    return rows(office, ChangeRequest)


def test_the_card_of_the_mails_link_offers_what_is_possible_and_no_more(browser, home):
    page = browser.get(home)

    for way in (
        "申请销号",
        "申请延期",
        "申请中止",
        "转为长期坚持",
        "最多延至2022年8月12日，还可延期 2 次",
    ):
        assert way in page.text
    for not_now in ("提出异议", "阶段复核", "转回限期整改"):  # objecting was possible in May
        assert not_now not in page.text
    assert page.text.index("提交</button>") < page.text.index("其他办理")


def test_an_objection_is_offered_within_its_five_days(browser, bench, night, link, cast):
    cast.task("甲-1", DUE, opened_on=date(2022, 7, 11))
    night()

    assert "提出异议（不属于本单位）" in browser.get(link("alice", "甲-1")).text


def test_whoever_only_has_to_know_is_offered_nothing(browser, cast, bench, night, link):
    bench.task("甲-1", date(2022, 5, 10))
    night()

    for name in ("carol", "dora", "olga"):
        assert "其他办理" not in browser.get(link(name, "甲-1")).text
        assert browser.get(f"{link(name, '甲-1')}/tasks/甲-1").status_code == 404
    assert "申请延期" not in browser.get(link("alice", "甲-1")).text, "thirty days are over"


def leads_to(browser, page, words: str) -> str:
    """Where a way of this page leads: the page itself does not repeat the link."""
    token = page.url.path.split("/")[2]
    assert token not in page.text
    [way] = re.findall(rf'href="([^"]+)">{words}<', page.text)
    return browser.get(urljoin(str(page.url), way)).headers["location"]


def test_the_mails_own_link_has_one_way_for_each_matter(browser, bench, night, link):
    for n in (1, 2):
        bench.task(f"甲-{n}", DUE)
    night()
    everything = link("alice")

    page = browser.get(everything)
    assert page.text.count("申请销号及其他办理") == 2
    ways = browser.get(f"{everything}/tasks/甲-2")
    assert leads_to(browser, ways, "申请延期") == (
        f"{everything}/tasks/%E7%94%B2-2/requests/extension"
    )


def test_a_reminder_leads_to_an_extension_before_it_is_too_late(browser, bench, night, link):
    bench.task("甲-8", date(2022, 7, 17))
    night()
    everything = link("alice")
    way = leads_to(browser, browser.get(everything), "申请销号及其他办理")
    assert way == f"{everything}/tasks/%E7%94%B2-8"

    sent = browser.post(f"{everything}/tasks/甲-8/requests/extension", data=EXTENSION)

    assert sent.status_code == 303


def test_an_extension_is_asked_for_and_waits(browser, home, office, bench):
    page = browser.get(of(home, "extension"))
    assert "最多延至2022年8月12日，还可延期 2 次；由领导小组组长审批" in page.text
    assert " checked" not in page.text

    sent = browser.post(of(home, "extension"), data=EXTENSION)

    assert sent.status_code == 303
    page = browser.get(sent.headers["location"])
    for said in ("申请已提交", "2022年8月10日", REASON, "hugo", "撤回申请"):
        assert said in page.text
    [request] = requests(office)
    assert (request.kind, request.said_by, request.assurance) == ("extension", "alice", "link")
    assert "申请延期：等待审批" in browser.get(home).text
    [task] = rows(office, Task)
    assert task.due_on == DUE


@pytest.mark.parametrize("written", ["2022-08-10", "2022.8.10", "2022年8月10日", "２０２２/8/10"])
def test_dates_are_read_as_people_write_them(browser, home, office, written):
    browser.post(of(home, "extension"), data=EXTENSION | {"until_on": written})

    assert requests(office)[0].until_on == date(2022, 8, 10)


@pytest.mark.parametrize(
    ("kind", "facts", "field", "sentence"),
    [
        ("extension", {"until_on": ""}, "until_on", "请填写日期"),
        ("extension", {"until_on": "八月"}, "until_on", "日期请写成"),
        ("extension", {"reason": "雨"}, "reason", "现有 1 个字"),
        ("extension", {"reason": "字" * 4001}, "reason", "现有 4001 个字"),
        ("suspension", {}, "legal_basis", "请写明法律或政策依据"),
    ],
)
def test_a_fault_is_said_beside_its_field_and_nothing_is_lost(
    browser, home, digest_of_database, kind, facts, field, sentence
):
    sent = EXTENSION | facts
    before = digest_of_database()

    page = browser.post(of(home, kind), data=sent)

    assert page.status_code == 422
    assert sentence in said_beside(page, field)
    assert sent["reason"] in page.text
    assert sent["until_on"] in page.text
    assert digest_of_database() == before


@pytest.mark.parametrize(
    ("facts", "sentence"), [({}, "本人办理还是代办"), ({"who": "proxy"}, "姓名")]
)
def test_who_asks_has_to_be_said(browser, home, digest_of_database, facts, sentence):
    before = digest_of_database()

    page = browser.post(
        of(home, "extension"), data={"reason": REASON, "until_on": "2022-8-1"} | facts
    )

    assert page.status_code == 422
    assert sentence in page.text
    assert digest_of_database() == before


@pytest.mark.parametrize(
    ("kind", "facts", "sentence"),
    [
        ("extension", {"until_on": "2022-09-01"}, "新时限不得晚于2022年8月12日"),
        ("extension", {"until_on": "2022-07-01"}, "须晚于"),
        ("objection", {}, "异议须在"),
        ("review", {}, "不能提出“阶段复核申请”"),
        ("end_long_term", {}, "不能提出“转回限期整改的申请”"),
    ],
)
def test_what_the_rules_do_not_allow_is_refused_in_a_sentence_and_the_words_given_back(
    browser, home, digest_of_database, kind, facts, sentence
):
    before = digest_of_database()

    page = browser.post(of(home, kind), data=EXTENSION | facts)

    assert page.status_code == 409
    assert sentence in page.text
    assert REASON in page.text
    assert digest_of_database() == before


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("suspension", {"legal_basis": "行政诉讼法"}),
        ("long_term", {"until_on": "", "review_every": "1mo"}),
    ],
)
def test_the_other_kinds_are_asked_for_too(browser, home, office, kind, facts):
    page = browser.get(of(home, kind))
    assert "审批。" in page.text

    assert browser.post(of(home, kind), data=EXTENSION | facts).status_code == 303
    assert requests(office)[0].kind == kind


def test_one_request_waits_at_a_time(browser, home, digest_of_database):
    browser.post(of(home, "extension"), data=EXTENSION)
    assert "申请延期" in browser.get(of(home, "long_term")).text
    before = digest_of_database()

    late = browser.post(of(home, "suspension"), data=EXTENSION | {"legal_basis": "法"})

    assert late.status_code == 409
    assert "正在等待审批" in late.text
    assert digest_of_database() == before


def test_a_request_is_taken_back_with_a_reason(browser, home, office):
    browser.post(of(home, "extension"), data=EXTENSION)
    back = {"act": "take_back", "who": "self"}
    assert browser.post(of(home, "extension"), data=back).status_code == 422

    sent = browser.post(of(home, "extension"), data=back | {"reason": "已能按期完成"})

    assert "申请已撤回" in browser.get(sent.headers["location"]).text
    assert requests(office)[0].state == "withdrawn"
    assert {r.state for r in rows(office, Referral)} == {"void"}
    again = browser.post(of(home, "extension"), data=back | {"reason": "已能按期完成"})
    assert again.status_code == 409


def test_a_machine_that_sends_every_form_as_it_stands_asks_for_nothing(
    browser, home, digest_of_database
):
    before = digest_of_database()

    for kind in RequestKind:
        for act in ({}, {"act": "ask"}, {"act": "take_back"}):
            assert browser.post(of(home, kind), data=act).status_code == 422
    assert digest_of_database() == before


def test_on_behalf_the_owner_is_told(browser, home, office):
    browser.post(of(home, "extension"), data=EXTENSION | {"who": "proxy", "name": "李娜"})

    assert requests(office)[0].said_by == "李娜"
    [mail] = rows(office, Message, col(Message.kind) == MessageKind.RECEIPT)
    assert "延期申请" in mail.body.text
    assert REASON in mail.body.text


def test_at_the_desk_the_task_page_leads_there(sign_in, home, office):
    alice = sign_in("alice")
    page = alice.get("/tasks/甲-1")
    assert 'href="/tasks/%E7%94%B2-1/requests/extension"' in page.text

    sent = alice.post("/tasks/甲-1/requests/extension", data=EXTENSION | {"who": ""})

    assert sent.status_code == 303
    assert requests(office)[0].assurance == "session"
    for name in ("dora", "olga", "mallory"):
        other = sign_in(name)
        assert "其他办理" not in other.get("/tasks/甲-1").text
        assert other.get("/tasks/甲-1/requests/extension").status_code == 404


def test_an_expired_link_offers_and_records_nothing(browser, home, office, digest_of_database):
    for one in rows(office, ReplyLink):
        edit(office, ReplyLink, one.id, expires_at=NOON - timedelta(days=1))
    before = digest_of_database()

    assert "其他办理" not in browser.get(home).text
    assert "<form" not in browser.get(of(home, "extension")).text
    late = browser.post(of(home, "extension"), data=EXTENSION)

    assert late.status_code == 409
    assert REASON in late.text
    assert digest_of_database() == before


def test_a_restricted_matter_wants_proof_first(browser, bench, night, link, office, clock):
    bench.task("M-1", DUE, title="某人的线索", restricted=True)
    night()
    page = f"{link('alice', 'M-1')}/tasks/M-1/requests/extension"

    assert "请先证明是本人" in browser.get(page).text
    assert browser.post(page, data=EXTENSION).status_code == 403
    assert requests(office) == []
    prove(browser, office, page)
    assert browser.post(page, data=EXTENSION).status_code == 303
    assert REASON in browser.get(page).text
    assert REASON not in _browser(create_app(office, clock=clock)).get(page).text


@pytest.mark.parametrize("kind", ["", "x", "EXTENSION", "extension/", "%00"])
def test_odd_kinds_are_no_page(browser, home, kind):
    assert browser.get(of(home, kind)).status_code == 404


def test_the_review_of_a_long_term_matter_moves_its_date_once_granted(
    browser, bench, office, link, cast
):
    bench.task("甲-1", date(2022, 7, 13), state="long_term", review_every="3mo", track="long_term")
    play(office, DAY)
    home = link("alice", "甲-1")
    assert "阶段复核" in browser.get(home).text

    sent = browser.post(
        of(home, "review"), data={"reason": "制度运行正常，没有反弹。", "who": "self"}
    )

    assert sent.status_code == 303
    assert requests(office)[0].kind == "review"
    assert len(rows(office, DeadlineChange)) == 1
