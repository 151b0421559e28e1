"""Handler and leaders read one another on the reply pages; on a restricted matter nobody does."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from flows.database import transaction
from flows.replies import acknowledge, answer
from models import Notice, Receipt, ReplyLink, Task, Transition
from models.warning import Colour
from tests.kept import edit, reply
from tests.web.conftest import DAY, DUE, NOON

REPORT, INSTRUCTION = "已完成两项整改，剩余一项下周办结。", "请本周内报送整改方案"
SAID = "本事项已有的批示和答复"


@pytest.fixture
def red(cast, night):
    """A task so late that Alice, Carol and Dora are told, and Olga informed."""
    cast.task("甲-1", date(2022, 5, 10))
    night()


def test_the_handler_reads_the_leaders_instruction_and_the_leaders_his_answer(
    browser, office, cast, red, link
):
    assert SAID not in browser.get(link("alice", "甲-1")).text
    reply(office, acknowledge, cast.carol, "甲-1", on=DAY, words=INSTRUCTION)
    reply(office, answer, cast.alice, "甲-1", on=DAY + timedelta(days=1), words=REPORT)

    for name, others in (
        ("alice", [INSTRUCTION]),
        ("carol", [REPORT]),
        ("dora", [REPORT, INSTRUCTION]),
        ("olga", [REPORT, INSTRUCTION]),
    ):
        page = browser.get(link(name, "甲-1")).text
        told = page[page.index(SAID) :]
        places = [told.index(words) for words in others]
        assert places == sorted(places), f"{name} reads the newest first"
        assert page.count(REPORT) == 1
    page = " ".join(browser.get(link("alice", "甲-1")).text.split())
    assert "<b>carol</b>" in page
    assert "分管领导 · 2022年7月14日 09:00 提出要求</span>" in page
    for name in ("carol", "olga"):
        assert "您无需再答复" not in browser.get(link(name, "甲-1")).text, "it never was theirs"
    everything = browser.get(link("dora")).text
    assert REPORT in everything
    assert INSTRUCTION in everything


def test_what_was_said_on_an_earlier_notice_is_still_read(browser, office, cast, night, link):
    cast.task("甲-1", DUE)
    night()
    reply(office, answer, cast.alice, "甲-1", on=DAY, words=REPORT)
    night(date(2022, 7, 25))  # yellow

    for name in ("alice", "carol"):
        assert browser.get(link(name, "甲-1")).text.count(REPORT) == 1


def test_a_handful_is_read_and_the_rest_is_counted(browser, office, cast, night, link):
    task = cast.task("甲-1", date(2022, 5, 10))
    night()
    for n, name in enumerate(("carol", "dora")):
        reply(office, acknowledge, cast.people[name], "甲-1", on=DAY, words=f"第{n}条要求")
    with transaction(office.engine, NOON) as session:
        newest = session.exec(select(Notice)).one()
        for n in range(2, 8):
            _said_before(session, newest, task, cast.alice, n)

    page = browser.get(link("alice", "甲-1")).text

    assert [f"第{n}条" in page for n in range(8)] == [True, True, *[False] * 3, True, True, True]
    assert "另有更早的 3 条" in page


def _said_before(session, newest, task, who, n):
    move = Transition(
        machine="warning", task_id=task.id, event="escalate", source="green", target="blue",
        on=DAY, at=NOON, link_id="earlier",
    )  # fmt: skip
    session.add(move)
    session.flush()
    notice = Notice(
        **newest.model_dump(exclude={"id", "transition_id", "sequence", "number", "state"}),
        transition_id=move.id,
        sequence=100 + n,
        number=f"旧{n}号",
        state="superseded",
    )
    notice.colour = Colour.BLUE
    session.add(notice)
    session.flush()
    at = NOON - timedelta(days=30 - n)
    session.add(
        Receipt(
            notice_id=notice.id, official_id=who, capacity="handler", duty="act", given_on=DAY,
            words=f"第{n}条",
            said_by="alice", acknowledged_at=at, answered_at=at,
        )
    )  # fmt: skip


def test_on_a_restricted_matter_nobody_reads_anybody(browser, office, cast, night, link):
    cast.task("密-1", date(2022, 5, 10), title="某人的线索", restricted=True)
    night()
    reply(office, acknowledge, cast.carol, "密-1", on=DAY, words=INSTRUCTION)
    reply(office, answer, cast.alice, "密-1", on=DAY, words=REPORT)

    for name in ("alice", "carol", "dora", "olga"):
        for path in (link(name, "密-1"), link(name)):
            page = browser.get(path).text
            assert REPORT not in page
            assert INSTRUCTION not in page
            for other in {"alice", "carol"} - {name}:
                assert other not in page


def test_an_expired_link_reads_nothing_new(browser, office, cast, red, link):
    reply(office, acknowledge, cast.carol, "甲-1", on=DAY, words=INSTRUCTION)
    path = link("alice", "甲-1")
    assert INSTRUCTION in browser.get(path).text

    with transaction(office.engine, NOON) as session:
        for one in session.exec(select(ReplyLink)):
            one.expires_at = NOON - timedelta(days=1)

    page = browser.get(path).text
    assert "过期" in page
    assert INSTRUCTION not in page


def test_words_cannot_bring_markup(browser, office, cast, red, link):
    reply(office, acknowledge, cast.carol, "甲-1", on=DAY, words="<script>alert(1)</script>")

    assert "<script" not in browser.get(link("alice", "甲-1")).text


def test_a_matter_turned_restricted_hides_what_was_said(browser, office, cast, red, link):
    reply(office, acknowledge, cast.carol, "甲-1", on=DAY, words=INSTRUCTION)
    edit(office, Task, 1, restricted=True)

    for name in ("alice", "carol", "dora"):
        assert INSTRUCTION not in browser.get(link(name, "甲-1")).text
