"""The mail's own link when its days are over: it says so, and shows nothing of what came later."""

from datetime import date, time, timedelta

import pytest

from flows.database import transaction
from flows.signoff.evidence import add_evidence
from models import Application, ReplyLink
from models.application import EvidenceKind
from models.proof import Assurance
from tests import files
from tests.conftest import instant
from tests.kept import edit, rows
from tests.web.conftest import DUE, NOON
from tests.web.test_replies import WORDS, form

CAME_LATER = "预警后新增的事项"


def let_expire(office):
    for one in rows(office, ReplyLink):
        edit(office, ReplyLink, one.id, expires_at=NOON - timedelta(days=1))


@pytest.fixture
def everything(cast, night, link):
    """Alice's mail, which told of one matter and reminded of another."""
    cast.task("甲-1", DUE)
    cast.task("甲-8", date(2022, 7, 17), title="快到期的事项")
    night()
    return link("alice")


@pytest.fixture
def applied(bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", NOON.date())


@pytest.mark.parametrize("query", ["", "?page=2", "?referral=1"])
def test_it_says_that_it_expired_and_shows_no_matter(
    browser, office, cast, night, everything, query
):
    let_expire(office)
    cast.task("甲-2", date(2022, 7, 14), title=CAME_LATER)
    night(date(2022, 7, 15))

    page = browser.get(f"{everything}{query}")

    assert page.status_code == 200
    assert "本链接已于2022年7月13日 12:00过期" in page.text
    assert "不再显示任何事项" in page.text
    assert not any(said in page.text for said in (CAME_LATER, "甲-", "快到期", "您已办理"))
    assert "<form" not in page.text


@pytest.mark.parametrize("way", ["/tasks/甲-1", "/tasks/甲-1/application", "/evidence/1"])
def test_its_pages_lead_back_to_where_it_says_so(browser, office, everything, way):
    let_expire(office)

    led = browser.get(f"{everything}{way}")

    assert led.status_code == 303
    assert led.headers["location"] == everything


def test_what_was_written_before_its_end_is_given_back(
    browser, office, everything, digest_of_database
):
    sent = form(browser.get(everything), who="self", act="answer", words=WORDS)
    let_expire(office)
    before = digest_of_database()

    late = browser.post(everything, data=sent)

    assert late.status_code == 409
    assert WORDS in late.text
    assert "甲-1" not in late.text
    assert digest_of_database() == before


@pytest.mark.parametrize("many", [True, False])
def test_decisions_written_before_its_end_are_given_back(browser, office, review, applied, many):
    everything = review.link("dora")
    asked = review.referral("dora", "甲-1").id
    let_expire(office)
    sent = {f"verdict-{asked}": "return", f"reason-{asked}": WORDS}
    query = "" if many else f"?referral={asked}"

    late = browser.post(f"{everything}{query}", data=sent | ({"many": "yes"} if many else {}))

    assert late.status_code == 409
    assert WORDS in late.text
    assert "甲-1" not in late.text


def test_it_leads_to_no_matter_of_which_its_mail_did_not_tell(
    browser, office, cast, night, everything
):
    let_expire(office)
    cast.task("甲-2", date(2022, 7, 14), title=CAME_LATER)
    night(date(2022, 7, 15))

    sent = browser.post(f"{everything}/tasks/甲-2/application", data={"act": "save"})

    assert sent.status_code == 404


def test_no_link_hands_out_a_file_any_more(browser, office, bench, applied, review):
    path = review.link("dora", "甲-1")
    actor = bench.actor(bench.cast.alice, NOON.date(), Assurance.LINK)
    with transaction(office.engine, NOON) as session:
        about = {"name": "照片.pdf", "kind": EvidenceKind.EVIDENCE, "actor": actor}
        add_evidence(session, office, session.get_one(Application, 1), files.PDF, **about)
    assert browser.get(f"{path}/evidence/1").status_code == 200
    let_expire(office)

    led = browser.get(f"{path}/evidence/1")

    assert (led.status_code, led.headers["location"]) == (303, path)


@pytest.mark.parametrize("restricted", [True, False])
def test_one_matters_link_still_shows_that_matter_but_nothing_of_a_restricted_one(
    browser, office, cast, night, link, restricted
):
    cast.task("密-1", DUE, title="某人的线索", restricted=restricted)
    night()
    one = link("alice", "密-1")
    let_expire(office)

    page = browser.get(one)

    assert "过期" in page.text
    assert "密-1" in page.text
    assert ("某人的线索" in page.text) is (not restricted)


def test_what_was_reminded_of_and_fell_due_since_is_not_called_due_soon(
    browser, cast, night, link, clock
):
    """Its notice went out in another mail; here it stands among what is owed, and only there."""
    cast.task("甲-8", date(2022, 7, 17), title="先提醒后超期")
    cast.task("甲-9", date(2022, 7, 20), title="仍未到期", handler_id=cast.alice)
    night()
    reminded = link("alice")
    clock.now = instant(date(2022, 7, 19), time(12))
    night(date(2022, 7, 19))

    page = browser.get(reminded).text

    assert page.count("先提醒后超期") == 1
    assert "即将到期" in page.split("仍未到期")[0]


def test_a_reminded_matter_that_is_over_and_owes_no_answer_is_called_over(
    browser, cast, night, link, clock
):
    cast.task("甲-8", date(2022, 7, 17), title="先提醒后超期")
    night()
    reminded = link("alice")
    clock.now = instant(date(2022, 7, 19), time(12))

    page = browser.get(reminded).text

    assert "已超期，请抓紧办理" in page.split("先提醒后超期")[0]
    assert "即将到期" not in page


def test_what_is_acknowledged_and_still_owed_stands_once(browser, cast, night, link):
    cast.task("甲-1", DUE, title="校车监管")
    night()
    mine = link("alice")
    browser.post(mine, data=form(browser.get(mine), who="self", act="acknowledge", words=""))

    page = browser.get(mine).text

    assert page.count("<b>甲-1</b>") == 0
    assert "您已办理" not in page
    assert "已于2022年7月14日 12:00 签收" in page
