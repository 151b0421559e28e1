"""A link in a mail, opened by machines, by the person, by the deputy, too late, and twice."""

import re
from datetime import date, time, timedelta

import pytest
from sqlmodel import col, select

from flows.database import reading, transaction
from flows.deadline import change_deadline
from flows.handing_on import tell_new_ones
from flows.signoff.actor import Actor
from flows.signoff.reassigning import reassign
from flows.signoff.withdrawing import withdraw
from flows.working_days import load_calendar
from models import Absence, Notice, Receipt, ReplyLink, Task, Transition
from models.proof import Assurance
from tests.conftest import instant
from tests.web.conftest import DAY, DUE, NOON

WORDS = "已完成两项整改，剩余一项下周办结。"


def form(page, **facts):
    """What the page's first form would send with these fields filled in."""
    receipt = re.search(r'name="receipt" value="(\d+)"', page.text)
    return {"receipt": receipt[1] if receipt else "0", **facts}


def receipts(office):
    with reading(office.engine) as session:
        return list(session.exec(select(Receipt).order_by(col(Receipt.id))))


def notice(office):
    with reading(office.engine) as session:
        return session.exec(select(Notice).order_by(col(Notice.id))).first()


@pytest.fixture
def blue(cast, night, link):
    """Alice's link to a task that is one day over."""
    cast.task("甲-1", DUE)
    night()
    return link("alice", "甲-1")


@pytest.fixture
def red(cast, night):
    """A task so late that Alice, Carol and Dora are told, and Olga informed."""
    cast.task("甲-1", date(2022, 5, 10))
    night()


def test_looking_changes_nothing_however_often(browser, blue, link, digest_of_database):
    before = digest_of_database()

    for path in (blue, link("alice"), "/r/unknown", "/", "/login/unknown", "/healthz"):
        for _ in range(3):
            browser.get(path)
            browser.head(path)
            browser.options(path)

    assert digest_of_database() == before


def test_the_page_says_what_is_owed_and_chooses_nothing(browser, blue):
    page = browser.get(blue)

    assert page.status_code == 200
    for said in (
        "甲-1 的问题",
        "蓝色预警",
        "区教育局",
        "超期 1 天",
        "2022年7月15日（含）前签收",
        "2022年7月19日（含）前答复",
        "您正在以 alice 的名义办理",
    ):
        assert said in page.text
    assert "checked" not in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"words": WORDS}, "请选择是本人办理还是代办"),
        ({"who": "self", "words": WORDS}, "请选择一项操作"),
        ({"who": "self", "act": "instruct", "words": WORDS}, "请选择一项操作"),
        ({"who": "proxy", "act": "answer", "words": WORDS}, "请写明您的姓名"),
        ({"who": "self", "act": "answer", "words": "好的 "}, "至少 5 个字，现有 2 个字"),
        ({"who": "self", "act": "answer", "words": "字" * 4001}, "现有 4001 个字"),
        ({"who": "self", "act": "acknowledge", "words": WORDS}, "选择的是仅签收"),
    ],
    ids=["nobody", "no act", "not his act", "no name", "too short", "too long", "words unsaid"],
)
def test_a_mistake_changes_nothing_and_keeps_the_text(
    browser, blue, digest_of_database, facts, sentence
):
    sent = form(browser.get(blue), **facts)
    before = digest_of_database()

    page = browser.post(blue, data=sent)

    assert page.status_code == 422
    assert sentence in page.text
    assert facts["words"].strip() in page.text
    assert digest_of_database() == before


def test_acknowledging_leaves_answering_open(browser, blue, office):
    page = browser.get(blue)

    sent = browser.post(blue, data=form(page, who="self", act="acknowledge"))

    assert (sent.status_code, sent.headers["location"]) == (303, blue)
    assert notice(office).state == "acknowledged"
    page = browser.get(blue)
    assert "已于2022年7月14日 12:00 签收" in page.text
    assert 'value="acknowledge"' not in page.text
    assert re.search(r"请在[^，<]+（含）前答复进展。", page.text)
    assert "前签收" not in page.text

    browser.post(blue, data=form(page, who="self", act="answer", words=WORDS))

    assert notice(office).state == "answered"
    page = browser.get(blue)
    assert "已于2022年7月14日 12:00 答复进展" in page.text
    assert WORDS in page.text
    assert "<form" not in page.text


def test_who_acted_on_behalf_is_recorded_by_name(browser, blue, office):
    sent = form(browser.get(blue), who="proxy", name=" 李  娜 ", act="answer", words=WORDS)

    browser.post(blue, data=sent)

    assert receipts(office)[0].said_by == "李 娜"
    assert "由李 娜代办" in browser.get(blue).text


def test_the_same_form_sent_twice_is_one_act(browser, blue, digest_of_database):
    sent = form(browser.get(blue), who="self", act="answer", words=WORDS)
    browser.post(blue, data=sent)
    once = digest_of_database()

    again = browser.post(blue, data=sent)

    assert again.status_code == 303
    assert digest_of_database() == once


def test_words_that_came_too_late_are_given_back(browser, blue, digest_of_database):
    page = browser.get(blue)
    browser.post(blue, data=form(page, who="self", act="answer", words=WORDS))
    before = digest_of_database()

    late = browser.post(
        blue, data=form(page, who="self", act="answer", words="另一份更长的进展说明")
    )

    assert late.status_code == 409
    assert "没有记录" in late.text
    assert "另一份更长的进展说明" in late.text
    assert digest_of_database() == before


def test_a_supervisor_may_give_an_instruction_with_the_acknowledgement(browser, red, link, office):
    carol = link("carol", "甲-1")
    page = browser.get(carol)
    assert "签收并提出要求" in page.text
    assert "答复进展" not in page.text

    browser.post(carol, data=form(page, who="self", act="instruct", words="请本周内报送整改方案"))

    assert notice(office).state == "issued", "it never stops the handler's clock"
    assert "请本周内报送整改方案" in [receipt.words for receipt in receipts(office)]
    assert "请本周内报送整改方案" in browser.get(carol).text


def test_one_who_is_only_informed_has_nothing_to_do(browser, red, link, digest_of_database):
    olga = link("olga", "甲-1")
    page = browser.get(olga)
    assert "供知悉，无需操作" in page.text
    assert "<form" not in page.text
    before = digest_of_database()

    forged = browser.post(olga, data={"receipt": "4", "who": "self", "act": "acknowledge"})

    assert forged.status_code == 303
    assert digest_of_database() == before


def test_a_link_cannot_act_on_somebody_elses_receipt(browser, red, link, office):
    page = browser.get(link("alice", "甲-1"))
    sent = form(page, who="self", act="answer", words=WORDS)

    for other in ("carol", "dora", "olga"):
        for path in (link(other, "甲-1"), link(other)):
            browser.post(path, data=sent)

    assert notice(office).state == "issued"
    assert all(receipt.acknowledged_at is None for receipt in receipts(office))


def test_the_link_of_one_receipt_acts_on_no_other_of_the_same_person(
    browser, cast, night, link, digest_of_database
):
    for number in ("甲-1", "甲-2"):
        cast.task(number, DUE)
    night()
    sent = form(browser.get(link("alice", "甲-1")), who="self", act="answer", words=WORDS)
    before = digest_of_database()

    page = browser.post(link("alice", "甲-2"), data=sent)

    assert (page.status_code, "没有记录" in page.text) == (409, True)
    assert digest_of_database() == before


def test_when_the_deputy_has_answered_the_page_says_who_and_when(
    browser, office, cast, night, link
):
    cast.task("甲-1", DUE)
    night()
    with transaction(office.engine, NOON) as session:  # bob came to stand in for alice
        one = session.exec(select(Receipt)).one()
        session.add(
            Receipt(
                notice_id=one.notice_id,
                official_id=cast.bob,
                capacity="handler",
                duty="act",
                stands_for_id=cast.alice,
                given_on=DAY,
                acknowledged_at=NOON,
                answered_at=NOON,
                words=WORDS,
            )
        )
        session.get_one(Notice, one.notice_id).state = "answered"

    page = browser.get(link("alice", "甲-1"))

    assert "bob已于2022年7月14日 12:00 答复了本单" in page.text
    assert "<form" not in page.text


def test_a_superseded_notice_points_to_the_newer_one(browser, office, night, link, blue):
    night(date(2022, 7, 20))  # nobody answered by the 19th: yellow

    page = browser.get(blue)

    assert "本单已于2022年7月20日被黄色预警单 定督〔2022〕2号 取代" in page.text
    assert "<form" not in page.text


def test_a_superseded_notice_names_what_took_its_place_and_not_what_came_later(
    browser, night, link, blue
):
    night(date(2022, 7, 20))
    yellow = link("alice", "甲-1")
    night(date(2022, 8, 15))

    assert "本单已于2022年7月20日被黄色预警单 定督〔2022〕2号 取代" in browser.get(blue).text
    assert "本单已于2022年8月15日被红色预警单 定督〔2022〕3号 取代" in browser.get(yellow).text


@pytest.mark.parametrize("restricted", [True, False])
def test_a_lifted_notice_says_when_by_whom_and_why(
    browser, english, office, cast, night, link, restricted
):
    cast.task("甲-1", DUE, restricted=restricted)
    night()
    with transaction(office.engine, NOON) as session:
        change_deadline(
            session,
            session.exec(select(Task)).one(),
            date(2022, 9, 1),
            kind="extension",
            reason="管线迁改未完成",
            on=DAY,
            now=NOON,
            calendar=load_calendar(session),
            actor_id=cast.dora,
        )
    stale = link("alice", "甲-1")

    page = browser.get(stale)

    by_whom, why = ("", "") if restricted else ("（dora：批准延期）", " (extended, dora)")
    assert f"本预警已于2022年7月14日解除{by_whom}，无需再办" in page.text
    assert f"This warning was lifted on 14 July 2022{why}; nothing" in english.get(stale).text
    assert "<form" not in page.text


def test_a_notice_that_ended_with_its_task_says_what_became_of_the_task(
    browser, office, cast, blue
):
    with transaction(office.engine, NOON) as session:
        task = session.exec(select(Task)).one()
        withdraw(
            session, task, Actor(cast.olga, "olga", Assurance.SESSION, DAY, NOON), reason="并案"
        )

    assert "本预警已于2022年7月14日解除（olga：撤回），无需再办" in browser.get(blue).text


def test_what_passed_to_somebody_else_names_him_and_what_was_acknowledged_before(
    browser, office, cast, link, blue
):
    browser.post(blue, data=form(browser.get(blue), who="self", act="acknowledge"))
    with transaction(office.engine, NOON) as session:
        task = session.exec(select(Task)).one()
        reassign(
            session,
            task,
            Actor(cast.olga, "olga", Assurance.SESSION, DAY, NOON),
            unit_id=task.unit_id,
            handler_id=cast.bob,
            reason="职责调整",
            calendar=load_calendar(session),
        )
    tell_new_ones(office, now=NOON)

    assert "本事项已于2022年7月14日改由bob负责，您无需再办" in browser.get(blue).text
    assert (
        "alice已于2022年7月14日 12:00 签收本单，仍待答复" in browser.get(link("bob", "甲-1")).text
    )


def test_an_expired_link_shows_and_does_not_act(browser, office, blue, digest_of_database):
    sent = form(browser.get(blue), who="self", act="answer", words=WORDS)
    with transaction(office.engine, NOON) as session:
        for one in session.exec(select(ReplyLink)):
            one.expires_at = NOON - timedelta(days=1)
    before = digest_of_database()

    late = browser.post(blue, data=sent)

    assert late.status_code == 409
    assert WORDS in late.text
    assert "2022年7月13日 12:00过期" in browser.get(blue).text.replace("<", "")
    assert digest_of_database() == before


@pytest.mark.parametrize("restricted", [True, False])
def test_a_restricted_matter_shows_number_colour_and_dates_only(
    browser, cast, night, link, restricted
):
    cast.task("密-1", DUE, title="某人的线索", restricted=restricted)
    night()

    for path in (link("alice", "密-1"), link("alice")):
        page = browser.get(path)

        assert all(said in page.text for said in ("密-1", "蓝色", "2022年7月13日"))
        assert ("某人的线索" in page.text) is ("区教育局" in page.text) is (not restricted)


def test_the_digests_own_link_lists_everything_and_each_is_its_own_act(
    browser, cast, night, link, office
):
    for n in range(3):
        cast.task(f"甲-{n}", DUE)
    night()
    everything = link("alice")
    page = browser.get(everything)
    assert page.text.count('name="receipt"') == 3
    ids = re.findall(r'name="receipt" value="(\d+)"', page.text)

    sent = browser.post(
        everything, data={"receipt": ids[1], "who": "self", "act": "answer", "words": WORDS}
    )

    assert sent.status_code == 303
    page = browser.get(everything)
    assert page.text.count('name="receipt"') == 2
    assert "收到邮件后您已办理" in page.text
    assert [r.answered_at is not None for r in receipts(office)].count(True) == 1


def test_when_nothing_is_owed_any_more_the_page_says_so(browser, blue, link):
    browser.post(blue, data=form(browser.get(blue), who="self", act="answer", words=WORDS))

    page = browser.get(link("alice"))

    assert "目前没有需要您签收或答复的预警" in page.text


def test_a_digest_that_only_reminds_opens_on_what_it_reminded_of(browser, cast, night, link):
    cast.task("甲-8", date(2022, 7, 17))
    night(date(2022, 7, 14))

    page = browser.get(link("alice"))

    assert "甲-8" in page.text
    assert "即将到期" in page.text


def test_unknown_and_malformed_links_look_the_same(browser, blue):
    unknown = browser.get("/r/" + "1" * 32)
    odd = [
        "0" * 32,
        "F" * 32,
        "short",
        "%00",
        "%FF%FE",
        "..%2F..%2Fetc",
        "a/b/c",
        "张伟",
        "x" * 5000,
    ]

    for token in [*odd, "%20", blue[3:-1], blue[3:] + "0", blue[3:].upper() + "/"]:
        for page in (
            browser.get(f"/r/{token}"),
            browser.post(f"/r/{token}", data={"act": "answer"}),
        ):
            assert page.status_code == 404
            assert page.text == unknown.text
    assert "链接无法识别" in unknown.text


def test_what_a_person_writes_cannot_bring_markup_or_control_characters(browser, blue, office):
    words = "<b>已办</b>\x00\x07 & \r\n第二行"

    browser.post(blue, data=form(browser.get(blue), who="self", act="answer", words=words))

    assert receipts(office)[0].words == "<b>已办</b> & \n第二行"
    assert "<b>已办" not in browser.get(blue).text


def test_a_form_from_another_site_is_turned_away(browser, blue, digest_of_database):
    sent = form(browser.get(blue), who="self", act="answer", words=WORDS)
    before = digest_of_database()

    for origin in ("https://evil.example", "null", "http://sise.example.evil.net"):
        page = browser.post(blue, data=sent, headers={"Origin": origin})

        assert page.status_code == 403
        assert "请求未被接受" in page.text
    assert digest_of_database() == before


def test_our_own_origin_is_welcome(browser, blue):
    sent = form(browser.get(blue), who="self", act="answer", words=WORDS)

    page = browser.post(blue, data=sent, headers={"Origin": "http://sise.example"})

    assert page.status_code == 303


def test_the_reply_page_speaks_english_where_the_office_does(english, blue):
    page = english.get(blue)

    assert 'lang="en"' in page.text
    for said in ("1 day overdue", "by 15 July 2022", "You are acting as alice", "Report progress"):
        assert said in page.text


@pytest.mark.parametrize("restricted", [True, False])
def test_an_absent_officials_deputy_reads_whose_deputy_he_is_but_of_a_restricted_matter(
    browser, office, cast, night, link, restricted
):
    cast.task("甲-1", DUE, restricted=restricted)
    with transaction(office.engine, NOON) as session:
        session.add(Absence(official_id=cast.alice, deputy_id=cast.bob))
    night()

    page = browser.get(link("bob", "甲-1"))

    assert ("alice不在岗，由您代理" in page.text) is ("alice" in page.text) is (not restricted)


def test_what_is_overdue_to_answer_says_so(browser, blue, clock):
    clock.now = instant(date(2022, 7, 20), time(9))

    assert "期限已过" in browser.get(blue).text


def test_every_act_is_in_the_history_with_its_person(browser, blue, office, cast):
    browser.post(blue, data=form(browser.get(blue), who="self", act="answer", words=WORDS))

    with reading(office.engine) as session:
        moves = session.exec(select(Transition).where(Transition.actor_id == cast.alice)).all()
    assert {(move.event, move.said_by, move.on) for move in moves} == {
        ("answer", "alice", DAY),
        ("start", "alice", DAY),
    }
