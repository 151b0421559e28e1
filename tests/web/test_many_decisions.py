"""Many decisions on one page, by the mail's own link and at the desk: each is its own act."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from sqlalchemy import event
from sqlmodel import col

from models import Decision, Receipt, Referral, Task
from tests.kept import rows
from tests.played import as_played
from tests.web.conftest import DUE
from tests.web.reviewing import APPLIED, WORDS, chosen, lines, many
from web.many import PAGE


@pytest.fixture
def thirty(bench):
    """Thirty applications that Dora is asked about."""
    apply_for(bench, 30)


@pytest.fixture
def five(bench):
    """Five, where thirty would prove no more."""
    apply_for(bench, 5)


def apply_for(bench, many):
    def write():
        for n in range(many):
            bench.task(f"甲-{n:02}", DUE)
            bench.apply(f"甲-{n:02}", APPLIED)

    as_played(bench.office.engine, ("applications", many), write)


def test_thirty_are_decided_at_once_and_two_that_are_stale_do_not_stop_the_others(
    browser, review, bench, thirty, office
):
    path = review.link("dora")
    review.prove(browser, path)
    page = browser.get(path)
    keys = lines(page)
    assert len(keys) == 30
    assert "待您决定 30 件" in page.text
    assert "checked" not in page.text
    sent = many(page, dict.fromkeys(keys, ("approve", "")))
    bench.recall("甲-03", APPLIED)
    bench.amend("甲-07", APPLIED, summary="又补充了材料。")

    page = browser.post(path, data=sent)

    assert page.status_code == 200
    assert "已记录 28 件，未记录 2 件" in page.text
    assert "甲-03：该申请已撤回" in page.text
    assert "甲-07：您打开页面后，申请材料有变动" in page.text
    decisions = rows(office, Decision)
    assert len({one.task_id for one in decisions}) == len(decisions) == 28
    assert {task.number for task in rows(office, Task, col(Task.level) == 1)} == {"甲-07"}


def test_a_page_of_many_asks_the_database_a_few_times_only(browser, review, thirty, engine):
    path = review.link("dora")
    review.prove(browser, path)
    asked = []
    event.listen(engine, "after_cursor_execute", lambda _c, _k, said, *_: asked.append(said))

    assert len(lines(browser.get(path))) == 30

    assert len([statement for statement in asked if "SELECT" in statement]) <= 25


def test_each_line_has_its_own_verdict_and_reason(browser, review, five, office):
    path = review.link("dora")
    review.prove(browser, path)
    page = browser.get(path)
    one, two, three, four, _five = lines(page)

    page = browser.post(
        path,
        data=many(
            page,
            {
                one: ("approve", ""),
                two: ("return", WORDS),
                three: ("return", "不行"),
                four: ("later", "再看看"),
            },
        ),
    )

    assert "已记录 2 件，未记录 1 件" in page.text
    assert "至少 5 个字，现有 2 个字" in page.text
    assert page.text.count("不行") == 2, "told in the result, and back in its line"
    assert {one.verdict for one in rows(office, Decision)} == {"approve", "return"}
    assert len(lines(page)) == 3


def test_what_is_long_is_paged(browser, review, thirty, monkeypatch):
    assert PAGE == 50
    monkeypatch.setattr("web.many.PAGE", 27)  # for thirty are there already
    path = review.link("dora")
    review.prove(browser, path)

    first, second = browser.get(path), browser.get(f"{path}?page=2")

    assert (len(lines(first)), len(lines(second))) == (27, 3)
    assert "待您决定 30 件" in first.text
    assert "第 1 页，共 2 页" in first.text
    sent = browser.post(
        f"{path}?page=2", data=many(second, dict.fromkeys(lines(second), ("approve", "")))
    )
    assert "已记录 3 件" in sent.text


def test_many_without_proof_are_refused_and_come_back(browser, review, five, office, clock):
    path = review.link("dora")
    page = browser.get(path)
    assert lines(page) == []
    assert "先证明是本人" in page.text
    keys = [one.id for one in rows(office, Referral)]
    packets = {one.id: review.packet(f"甲-{one.id - 1:02}") for one in rows(office, Referral)}
    sent = {"many": "yes", "sure": "yes"}
    for key in keys:
        sent |= {f"verdict-{key}": "return", f"reason-{key}": WORDS, f"packet-{key}": packets[key]}

    page = browser.post(path, data=sent)

    assert page.status_code == 422
    assert rows(office, Decision) == []
    assert page.text.count(WORDS) >= 5, "kept in the form that asks for a code"

    page = review.prove(browser, path, **sent)

    assert page.text.count('value="return" checked') == 5
    assert "已记录 5 件" in browser.post(path, data=sent).text


def test_nothing_chosen_is_said_and_records_nothing(browser, review, five, digest_of_database):
    path = review.link("dora")
    review.prove(browser, path)
    page = browser.get(path)
    before = digest_of_database()

    page = browser.post(path, data=many(page, {}))

    assert page.status_code == 409
    assert "请至少选择一件" in page.text
    assert digest_of_database() == before


def test_a_supervisor_acknowledges_many_by_ticks(browser, cast, night, link, office):
    for n in range(5):
        cast.task(f"甲-{n}", date(2022, 5, 10))
    night()
    path = link("carol")
    page = browser.get(path).text
    assert "待您签收 5 件" in page
    ticks = {
        f"tick-{one.id}": "yes"
        for one in rows(office, Receipt, Receipt.official_id == cast.carol)[:4]
    }
    assert "请勾选" in browser.post(path, data={"many": "yes", **ticks}).text

    page = browser.post(path, data={"many": "yes", "sure": "yes", **ticks})

    assert "已记录 4 件" in page.text
    done = rows(office, Receipt, col(Receipt.acknowledged_at).is_not(None))
    assert {(one.official_id, one.assurance) for one in done} == {(cast.carol, "link")}
    assert len(done) == 4
    again = browser.post(path, data={"many": "yes", "sure": "yes", **ticks})
    assert "没有重复记录" in again.text


def test_nobody_ticks_what_is_somebody_elses(browser, cast, night, link, office):
    cast.task("甲-1", date(2022, 5, 10))
    night()
    ticks = {f"tick-{one.id}": "yes" for one in rows(office, Receipt)}

    browser.post(link("carol"), data={"many": "yes", "sure": "yes", **ticks})

    done = rows(office, Receipt, col(Receipt.acknowledged_at).is_not(None))
    assert {one.official_id for one in done} == {cast.carol}


def test_at_the_desk_the_session_is_the_proof(sign_in, bench, five, office):
    dora = sign_in("dora")
    assert "待我决定" in dora.get("/").text
    page = dora.get("/referrals")

    keys = lines(page)
    page = dora.post("/referrals", data=many(page, dict.fromkeys(keys, ("approve", ""))))

    assert "已记录 5 件" in page.text
    assert {one.assurance for one in rows(office, Decision)} == {"session"}
    assert "没有需要您决定或签收的事项" in dora.get("/referrals").text


def test_one_is_decided_at_the_desk(sign_in, review, five, office):
    path = f"/referrals/{review.referral('dora', '甲-00').id}"
    dora = sign_in("dora")

    sent = dora.post(path, data=chosen(dora.get(path), "approve"))

    assert (sent.status_code, sent.headers["location"]) == (303, path)
    assert "已记录：您于" in dora.get(path).text
    assert rows(office, Decision)[0].assurance == "session"


def test_the_desk_shows_nobody_elses_referral(sign_in, review, five, office):
    other = review.referral("dora", "甲-00")
    mallory = sign_in("mallory")

    for page in (
        mallory.get(f"/referrals/{other.id}"),
        mallory.post(f"/referrals/{other.id}", data={f"verdict-{other.id}": "approve"}),
    ):
        assert page.status_code == 404
        assert "甲-00" not in page.text
    assert "待我决定" not in mallory.get("/").text
    assert rows(office, Decision) == []


def test_a_form_from_another_site_is_turned_away_at_the_desk(sign_in, five, office):
    dora = sign_in("dora")
    page = dora.get("/referrals")
    sent = many(page, dict.fromkeys(lines(page), ("approve", "")))

    answer = dora.post("/referrals", data=sent, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert rows(office, Decision) == []


def test_of_thirty_sent_eight_times_each_at_once_thirty_are_recorded(sign_in, thirty, office):
    dora = sign_in("dora")
    packets = re.findall(r'name="packet-(\d+)" value="([0-9a-f]{64})"', dora.get("/referrals").text)
    forms = {
        f"/referrals/{key}": {f"packet-{key}": packet, f"verdict-{key}": "approve"}
        for key, packet in packets
    }
    assert len(forms) == 30

    with dora, ThreadPoolExecutor(8) as crowd:
        # The eight of one follow each other: so many threads have the same one in hand.
        eight_each = [path for path in forms for _ in range(8)]
        pages = list(crowd.map(lambda path: dora.post(path, data=forms[path]), eight_each))

    assert {page.status_code for page in pages} <= {303, 409}
    assert sum(page.status_code == 303 for page in pages) == 30
    decisions = rows(office, Decision)
    assert len({one.task_id for one in decisions}) == len(decisions) == 30
