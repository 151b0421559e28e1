"""A restricted lead whose every word is marked: through every output the marks are looked for.

Whoever keeps the ledger sees it in pages; it leaves by nothing.
"""

import io
import json
import logging
import zipfile
from dataclasses import asdict
from datetime import date

import pytest
from sqlmodel import select

from flows.database import reading, transaction
from flows.explain import explain
from flows.feed import Place, transitions_after
from flows.forecast import forecast
from flows.health import check
from flows.hooks.telling import event_of
from flows.night import rehearse_night
from flows.papers.bulletins import bulletin_facts, issue, issued
from flows.papers.notice import notice_facts
from flows.papers.posting import posting_facts
from flows.papers.sign_off import sign_off_facts
from flows.working_days import load_calendar
from models import Message, MessageBody, Night, Notice, Official, PostingDraft
from models.bulletin import BulletinKind
from notifications.papers.bulletin import BulletinFacts, bulletin_paper
from notifications.papers.notice import notice_paper
from notifications.papers.page import write_page
from notifications.papers.progress import ProgressFacts, progress_paper
from notifications.papers.sign_off import sign_off_paper
from notifications.papers.word import write_word
from tests.kept import rows
from tests.receivers import Receiver, receiving
from tests.web.district import (
    DAY,
    HANDLER,
    JUNE,
    MARK,
    NO_PART,
    UNIT,
    WORDS,
    gather_district,
    marks,
    played_district,
)
from tests.web.test_who_may_what import AFTER, entered

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

KEEPS = {"olga", "adam"}  # the ledger
OF_THE_LEAD = (
    *("/tasks/密-1", "/tasks/密-1/application", "/tasks/密-1/requests/extension"),
    *("/tasks/密-1/office/reassign", "/tasks/密-1/evidence/2", "/?number=密", f"/?unit={UNIT}"),
    *(f"/?number={MARK}", f"/notices?unit={UNIT}", "/notices?number=密-1"),
    *("/lists/problems", "/lists/measures", "/lists/responsibility", "/lists/targets"),
    *("/referrals/1", "/referrals/2", "/referrals/3", "/referrals/1/paper", "/referrals/3/paper"),
    *("/proposals", "/tasks/预审-2022-001", "/proposals/预审-2022-001/word", "/?number=预审"),
    *(f"/nights/{JUNE}", "/nights/2022-07-15", "/people?name=" + HANDLER),
)


@pytest.fixture
def told():
    with receiving() as one:
        yield one


@pytest.fixture
def district(bench):
    return played_district(bench)


@pytest.fixture
def listened_to(bench, told: Receiver, caplog):
    """What a program was told of it, and the log, while it came to be."""
    caplog.set_level(logging.DEBUG)
    return gather_district(bench, told.address)


def text_in(word: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(word)) as parts:
        return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def test_no_page_of_the_lead_shows_it_to_whoever_has_no_part_in_it(office, clock, district):
    """Nor any other: tests/web/test_who_may_what.py looks for the marks where it asks for them."""
    printed = [f"/notices/{notice.id}/print" for notice in rows(office, Notice)]
    seen: dict[str, list[str]] = {}
    for who in NO_PART:
        browser = entered(office, clock, district, who)
        for path in (*printed, *OF_THE_LEAD):
            answer = browser.get(path)
            assert answer.status_code < 500, path
            if found := marks(answer.text.replace(f'value="{MARK}"', ""), UNIT, HANDLER):
                seen.setdefault(who, []).append(f"{path}: {found}")

    assert _but_for_what_he_typed(seen) == {}


def _but_for_what_he_typed(seen: dict[str, list[str]]) -> dict[str, list[str]]:
    """A search field shows what was typed into it."""
    left = {
        who: [
            one
            for one in told
            if not one.startswith(
                (f"/?unit={UNIT}: ['{UNIT}']", f"/notices?unit={UNIT}: ['{UNIT}']")
            )
        ]
        for who, told in seen.items()
    }
    return {who: told for who, told in left.items() if told}


def test_whoever_keeps_the_ledger_does_see_it(office, clock, district):
    """Else the marks would prove nothing."""
    for who in sorted(KEEPS):
        browser = entered(office, clock, district, who)
        page = browser.get("/tasks/密-1").text
        assert f"{MARK}题目" in page, who
        assert WORDS in page, who
        assert f"{MARK}人员甲" in browser.get("/proposals/预审-2022-001").text, who


def test_no_program_is_told_of_it(browser, clock, listened_to, told: Receiver):
    clock.now = AFTER
    browser.headers["Authorization"] = f"Bearer {listened_to.token}"
    said = [
        browser.get(f"/api/v1{path}").text
        for path in (
            *("/tasks", "/tasks/密-1", f"/tasks?unit={UNIT}", "/notices", "/notices?task=密-1"),
            *("/nights", f"/nights/{DAY}", "/transitions", "/calendar", "/people", "/units"),
        )
    ]
    said += [browser.get(path).text for path in ("/healthz", "/metrics")]
    said += [post.body.decode() + str(post.headers) for post in told.posts]

    assert any("密-1" in one for one in said)
    assert len(told.posts) > 3
    assert marks("".join(said), UNIT, HANDLER) == []
    for post in told.posts:
        event = json.loads(post.body)
        assert event["data"]["task"] != "密-1" or event["type"] == "warning"


def test_no_mail_tells_of_it(office, district):
    with reading(office.engine) as session:
        names = {one.id: one.name for one in rows(office, Official)}
        mails = rows(office, Message)
        bodies = {one.message_id: one for one in session.exec(select(MessageBody))}
    assert any("密-1" in bodies[mail.id].text for mail in mails)
    for mail in mails:
        said = mail.subject + bodies[mail.id].text + bodies[mail.id].html
        others = [] if names[mail.official_id] == HANDLER else [HANDLER]
        assert marks(said, UNIT, *others) == [], mail.subject


def test_no_document_tells_of_it(office, district):
    with transaction(office.engine, AFTER) as session:
        calendar = load_calendar(session)
        notice = notice_facts(session, "密-1", notice=None, calendar=calendar)
        signed = sign_off_facts(session, "密-1")
        kept = issue(
            session,
            BulletinKind.BULLETIN,
            first=JUNE.replace(day=1),
            last=DAY,
            today=AFTER.date(),
            now=AFTER,
            said=lambda one, other: bulletin_facts(session, one, other, calendar=calendar),
        )
        facts = BulletinFacts.model_validate_json(kept.content)
        report = issued(session, BulletinKind.PROGRESS, 1).content
        posted = posting_facts(session, JUNE.replace(day=1), JUNE, calendar=calendar)
    papers = [
        notice_paper(notice, "zh-CN"),
        sign_off_paper(signed, "zh-CN"),
        bulletin_paper(facts, 1, (kept.from_on, kept.to_on), AFTER, "zh-CN"),
        progress_paper(ProgressFacts.model_validate_json(report), 1, DAY, DAY, "zh-CN"),
    ]
    said = [write_page(paper).decode() for paper in papers]
    said += [text_in(write_word(paper)) for paper in papers]
    said += [kept.content, report, posted.model_dump_json(), rows(office, PostingDraft)[0].content]
    said += [json.dumps(asdict(one), default=str, ensure_ascii=False) for one in (notice, signed)]

    assert "密-1" in said[0]
    assert "督查<a" in said[3]
    assert "另有" not in said[3], "nor is a figure of it printed"
    assert marks("".join(said), UNIT, HANDLER) == []


def test_neither_log_nor_night_nor_health_nor_feed_tells_of_it(office, listened_to, caplog):
    with reading(office.engine) as session:
        calendar = load_calendar(session)
        feed = [event_of(one) for one in transitions_after(session, Place(), 1000)]
        results = [night.result for night in rows(office, Night)]
        ahead = forecast(session, first=AFTER.date(), last=date(2022, 8, 15), calendar=calendar)
        why = explain(session, "密-1", on=AFTER.date(), calendar=calendar, timezone=office.timezone)
    said = [*results, str(feed), str(check(office, AFTER)), caplog.text]
    said.append(json.dumps(rehearse_night(office, on=AFTER.date(), now=AFTER), default=str))

    assert any("密-1" in one for one in said)
    assert marks("".join(said), UNIT, HANDLER) == []
    assert ahead is not None
    assert why is not None
