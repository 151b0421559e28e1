"""Whoever is asked to decide does it on the page of the link: proved, on what was shown, once."""

import html
import re
from datetime import date, time, timedelta

import pytest

from models import Absence, Application, Decision, Exclusion, ReplyLink, Task
from tests.conftest import instant
from tests.kept import add, edit, play, rows
from tests.web.conftest import DUE, NOON, _browser
from tests.web.reviewing import APPLIED, WORDS, chosen
from web.app import create_app


@pytest.fixture
def applied(bench):
    bench.task("甲-1", DUE, goal="长效管理")
    bench.apply("甲-1", APPLIED, money_returned=123456, rules="《台账管理办法》（定教〔2022〕7号）")


def the_task(office):
    [task] = rows(office, Task)
    return task


def decide(browser, review, path, verdict, **facts):
    """Prove, choose, send."""
    review.prove(browser, path)
    return browser.post(path, data=chosen(browser.get(path), verdict, **facts))


def test_the_whole_chain_is_decided_by_links_and_codes(
    browser, review, bench, applied, office, clock
):
    for n, name in enumerate(("dora", "leo", "rita", "hugo")):
        path = review.link(name, "甲-1")
        here = _browser(create_app(office, clock=clock))

        sent = decide(here, review, path, "approve", reason="经核实，同意" if n == 1 else "")

        assert (sent.status_code, sent.headers["location"]) == (303, path)
        page = here.get(path).text
        assert "已记录：您于2022年7月14日 12:00 作出决定“同意”" in page
        assert 'type="radio"' not in page
        if n < 3:
            assert f"由{('leo', 'rita', 'hugo')[n]}办理" in page
    assert "事项已销号" in page
    assert the_task(office).state == "signed_off"
    assert {one.assurance for one in rows(office, Decision)} == {"code"}


def test_the_page_shows_the_packet_word_for_word(browser, review, applied, office):
    page = browser.get(review.link("dora", "甲-1")).text

    for said in (
        "甲-1 的问题", "长效管理", "区教育局", "已完成整改，逐条落实。", "1,234.56 元",
        "《台账管理办法》（定教〔2022〕7号）", "见材料 1", "见规章制度", "没有上传材料",
        "责任单位审核", "牵头单位复核", "督导组核查", "领导小组批准销号",
        "2022年7月19日（含）前", "您以单位负责人身份收到",
    ):  # fmt: skip
        assert said in page, said
    assert "checked" not in page
    assert "<script" not in page


def test_nothing_can_be_chosen_before_the_proof_and_everything_after_it(browser, review, applied):
    path = review.link("dora", "甲-1")
    page = browser.get(path).text
    assert "先证明是本人，再作决定" in page
    assert 'type="radio"' not in page

    sent = review.prove(browser, path)

    assert (sent.status_code, sent.headers["location"]) == (303, f"{path}#proof")
    page = browser.get(path).text
    for choice in ("approve", "return", "ask"):
        assert f'value="{choice}"' in page
    assert "不能代办" in page
    assert "checked" not in page


def test_a_decision_without_proof_is_refused_and_the_words_come_back(
    browser, review, applied, office, clock
):
    path = review.link("dora", "甲-1")
    review.prove(browser, path)
    form = chosen(browser.get(path), "return", reason=WORDS, requirement="三日内补齐")
    clock.now += timedelta(minutes=11)

    page = browser.post(path, data=form)

    assert page.status_code == 422
    assert "还没有证明是本人，决定没有记录" in page.text
    assert rows(office, Decision) == []
    kept = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    kept = {name: html.unescape(value) for name, value in kept.items() if name != "proof"}
    assert kept == form, "the words wait in the form that asks for a code"

    page = review.prove(browser, path, **kept)

    assert page.status_code == 200
    assert WORDS in page.text
    assert 'value="return" checked' in page.text
    assert browser.post(path, data=chosen(page, "return", reason=WORDS)).status_code == 303
    assert rows(office, Decision)[0].verdict == "return"


def test_words_come_back_in_a_browser_that_has_forgotten_its_mark(
    browser, review, applied, office, clock
):
    path = review.link("dora", "甲-1")
    review.prove(browser, path)
    form = chosen(browser.get(path), "return", reason=WORDS)
    other = _browser(create_app(office, clock=clock))

    page = other.post(path, data={"proof": "ask", "sure": "yes", **form})

    assert page.status_code == 200
    assert "验证码已发往" in page.text
    assert "sise_browser" in page.headers["set-cookie"]
    assert WORDS in page.text


@pytest.mark.parametrize(
    ("verdict", "facts", "sentence"),
    [
        (None, {}, "请选择一项决定"),
        ("grant", {}, "请选择一项决定"),
        ("return", {"reason": "不行"}, "至少 5 个字，现有 2 个字"),
        ("ask", {"reason": ""}, "至少 5 个字，现有 0 个字"),
        ("approve", {"reason": "字" * 4001}, "不能超过 4000 个字"),
    ],
)
def test_a_mistake_is_told_and_keeps_the_text(
    browser, review, applied, office, verdict, facts, sentence
):
    path = review.link("dora", "甲-1")
    review.prove(browser, path)

    page = browser.post(path, data=chosen(browser.get(path), verdict, **facts))

    assert page.status_code == 422
    assert sentence in page.text
    assert facts.get("reason", "") in page.text
    assert rows(office, Decision) == []


def test_nobody_decides_on_behalf(browser, review, applied, office):
    path = review.link("dora", "甲-1")
    review.prove(browser, path)

    page = browser.post(path, data=chosen(browser.get(path), "approve") | {"who": "proxy"})

    assert page.status_code == 422
    assert "不能代办" in page.text
    assert rows(office, Decision) == []


def test_a_return_tells_the_new_deadline(browser, review, applied, office):
    path = review.link("dora", "甲-1")

    decide(browser, review, path, "return", reason=WORDS, requirement="三日内补齐")

    page = browser.get(path).text
    assert "作出决定“退回”" in page
    assert WORDS in page
    assert "时限2022年7月21日" in page
    assert the_task(office).state == "in_progress"


def test_a_question_leaves_the_decision_open(browser, review, applied, office):
    path = review.link("dora", "甲-1")

    decide(browser, review, path, "ask", reason=WORDS)

    page = browser.get(path)
    assert "已要求责任人补充" in page.text
    assert browser.post(path, data=chosen(page, "approve")).status_code == 303
    assert the_task(office).level == 2


def test_whoever_decides_twice_is_told_and_nothing_changes(
    browser, review, applied, office, digest_of_database
):
    path = review.link("dora", "甲-1")
    review.prove(browser, path)
    form = chosen(browser.get(path), "approve")
    browser.post(path, data=form)
    before = digest_of_database()

    page = browser.post(path, data=form)

    assert page.status_code == 409
    assert "您已作出决定，不能重复办理" in page.text
    assert digest_of_database() == before


def test_what_was_changed_meanwhile_is_shown_anew_and_not_decided(
    browser, review, bench, applied, office
):
    path = review.link("dora", "甲-1")
    review.prove(browser, path)
    form = chosen(browser.get(path), "return", reason=WORDS)
    bench.amend("甲-1", APPLIED, summary="又补充了三份材料。")

    page = browser.post(path, data=form)

    assert page.status_code == 409
    assert "申请材料有变动" in page.text
    assert WORDS in page.text
    assert rows(office, Decision) == []
    assert "又补充了三份材料。" in page.text
    assert 'href="?"' in page.text, "the same link, which a page does not repeat"

    page = browser.get(path)
    assert "邮件发出后材料有变动" in page.text
    assert browser.post(path, data=chosen(page, "approve")).status_code == 303


def test_an_approval_that_was_voided_is_struck_through(browser, review, bench, applied):
    decide(browser, review, review.link("dora", "甲-1"), "approve")
    leo = review.link("leo", "甲-1")
    bench.amend("甲-1", APPLIED, summary="又补充了三份材料。")

    page = browser.get(review.link("dora", "甲-1")).text
    assert "<s><b>dora</b> 同意</s>" in page
    assert "材料变动后失效" in page
    assert "审核从第一级重新开始" in browser.get(leo).text


def test_a_link_to_what_was_recalled_says_by_whom(browser, review, bench, applied):
    path = review.link("dora", "甲-1")
    bench.recall("甲-1", APPLIED)

    page = browser.get(path).text

    assert "alice已于2022年7月14日 09:00 撤回申请" in page
    assert "先证明是本人" not in page


def test_whoever_stands_aside_is_shown_nothing(browser, review, bench, applied, office, cast):
    path = review.link("dora", "甲-1")
    review.prove(browser, path)
    form = chosen(browser.get(path), "approve")
    add(
        office,
        Exclusion(
            task_id=1, official_id=cast.dora, reason="亲属", from_on=DUE, by_id=cast.olga, at=NOON
        ),
    )

    for page in (browser.get(path), browser.post(path, data=form)):
        assert "您已回避本事项" in page.text
        assert "甲-1 的问题" not in page.text
    assert "甲-1" not in browser.get(review.link("dora")).text
    assert rows(office, Decision) == []


def test_a_restricted_matter_is_shown_once_it_is_proved_and_not_before(browser, review, bench):
    bench.task("密-1", DUE, title="某人的线索", restricted=True)
    bench.apply("密-1", APPLIED, summary="当事人已作出说明。")
    one, everything = review.link("dora", "密-1"), review.link("dora")
    for path in (one, everything):
        page = browser.get(path).text
        assert "密-1" in page
        for secret in ("某人的线索", "区教育局", "当事人", "alice"):
            assert secret not in page

    for path in (one, everything):
        review.prove(browser, path)
        page = browser.get(path).text
        assert "某人的线索" in page
        assert "当事人已作出说明。" in page


def test_whose_deputy_one_is_on_a_restricted_matter_is_told_once_it_is_proved(
    browser, review, bench, office
):
    add(office, Absence(official_id=bench.cast.dora, deputy_id=bench.cast.bob))
    bench.task("密-1", DUE, restricted=True)
    bench.apply("密-1", APPLIED)
    path = review.link("bob", "密-1")

    assert "dora" not in browser.get(path).text
    review.prove(browser, path)
    assert "dora不在岗，由您代理" in browser.get(path).text


@pytest.mark.parametrize("restricted", [True, False])
def test_whoever_is_told_of_a_late_decision_below_reads_of_it_at_the_link_of_that_mail(
    browser, bench, office, link, clock, restricted
):
    bench.task("甲-1", DUE, restricted=restricted)
    bench.apply("甲-1", APPLIED)
    for on in (date(2022, 7, 19), date(2022, 7, 20)):
        play(office, on)
    clock.now = instant(date(2022, 7, 20), time(9))

    page = browser.get(link("olga"))

    owing = "审核人" if restricted else "dora"
    assert f"应由{owing}在2022年7月19日（含）前决定，超期 1 天，请予督促。" in page.text
    assert ("甲-1 的问题" in page.text) is (not restricted)

    for one in rows(office, ReplyLink):
        edit(office, ReplyLink, one.id, expires_at=NOON)
    assert "甲-1" not in browser.get(link("olga")).text, "the link's days are over"


def test_markup_in_an_application_stays_text(browser, review, bench):
    bench.task("甲-1", DUE, title="<img src=x onerror=alert(1)>")
    evil = "<script>alert('x')</script>"
    bench.apply("甲-1", APPLIED, summary=evil, rules=evil, accountability=evil)
    path = review.link("dora", "甲-1")
    review.prove(browser, path)

    for page in (browser.get(path), browser.get(review.link("dora"))):
        assert "<script" not in page.text
        assert "<img" not in page.text


def test_a_forged_form_decides_nothing(browser, review, bench, applied, office, digest_of_database):
    bench.task("甲-2", DUE)
    bench.apply("甲-2", APPLIED)
    dora, mallory = review.referral("dora", "甲-1"), review.referral("dora", "甲-2")
    path = review.link("dora", "甲-1")
    review.prove(browser, path)
    form = chosen(browser.get(path), "approve")
    before = digest_of_database()

    for sent in (
        form | {f"packet-{dora.id}": "0" * 64},
        form | {f"packet-{dora.id}": ""},
        {name.replace(f"-{dora.id}", f"-{mallory.id}"): value for name, value in form.items()},
        {name.replace(f"-{dora.id}", "-999999"): value for name, value in form.items()},
        {**form, f"verdict-{dora.id}": "sign_off"},
    ):
        assert browser.post(path, data=sent).status_code in (409, 422)
    assert digest_of_database() == before


def test_a_link_opens_nobody_elses_referral(browser, review, bench, applied, office):
    leo = review.link("leo")
    other = review.referral("dora", "甲-1").id
    review.prove(browser, leo)

    for page in (
        browser.get(f"{leo}?referral={other}"),
        browser.post(f"{leo}?referral={other}", data={f"verdict-{other}": "approve"}),
    ):
        assert page.status_code == 404
        assert "甲-1" not in page.text
    assert rows(office, Decision) == []


def test_an_expired_link_shows_and_does_not_decide(browser, review, applied, office, clock):
    path = review.link("dora", "甲-1")
    review.prove(browser, path)
    form = chosen(browser.get(path), "approve")
    for link in rows(office, ReplyLink):
        edit(office, ReplyLink, link.id, expires_at=clock.now - timedelta(days=1))

    page = browser.post(path, data=form)

    assert page.status_code == 409
    assert "链接已过期" in page.text
    assert 'type="radio"' not in browser.get(path).text
    assert rows(office, Decision) == []


def test_his_own_application_is_refused_in_a_sentence(
    browser, review, bench, applied, office, cast
):
    path = review.link("dora", "甲-1")
    review.prove(browser, path)
    form = chosen(browser.get(path), "approve")
    edit(office, Application, 1, applied_by_id=cast.dora)

    page = browser.post(path, data=form)

    assert page.status_code == 409
    assert "申请人不能审核自己的申请" in page.text
    assert rows(office, Decision) == []


def test_looking_at_a_decision_changes_nothing(browser, review, applied, digest_of_database):
    paths = [review.link("dora", "甲-1"), review.link("dora")]
    before = digest_of_database()

    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS", "GET"):
            browser.request(method, path + "?verdict-1=approve")

    assert digest_of_database() == before


def test_the_page_of_a_decision_speaks_english(english, review, bench, applied):
    path = review.link("dora", "甲-1")
    page = english.get(path).text
    assert "First prove that it is you" in page

    review.prove(english, path)

    page = english.get(path).text
    for said in ("Approve", "Return", "Ask for more", "Money returned", "The six visibles"):
        assert said in page
    english.post(path, data=chosen(english.get(path), "approve"))
    assert (
        "Recorded: on 14 July 2022, 12:00 you decided &#39;approved&#39;" in english.get(path).text
    )
