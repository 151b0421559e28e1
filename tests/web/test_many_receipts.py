"""The page of all of one person's matters, for somebody with hundreds of them."""

import re

import pytest
from sqlalchemy import event, insert
from sqlmodel import select

from flows.database import reading, transaction
from models import Notice, Receipt, Task, Transition
from models.warning import Colour
from tests.web.conftest import DUE, NOON

MANY = 200
WORDS = "已完成两项整改，剩余一项下周办结。"


@pytest.fixture
def many(cast, office, night, link):
    """Alice's digest link, when 200 notices wait for her: one yellow, one red for which she is
    only informed, and blue ones."""
    first = cast.task("甲-0000", DUE)
    night()
    path = link("alice")
    with transaction(office.engine, NOON) as session:
        notice = session.exec(select(Notice)).one()
        receipt = session.exec(select(Receipt)).one()
        move = session.get_one(Transition, notice.transition_id)
        for table, row, differs in (
            (Task, session.get_one(Task, first.id), lambda n: {"number": f"甲-{n:04}"}),
            (Transition, move, lambda n: {"task_id": n + 1, "night_id": None}),
            (
                Notice,
                notice,
                lambda n: {
                    "transition_id": move.id + n,
                    "task_id": first.id + n,
                    "sequence": 1 + n,
                    "number": f"定督〔2022〕{n + 1}号",
                    "colour": {150: Colour.YELLOW, 100: Colour.RED}.get(n, Colour.BLUE),
                },
            ),
            (
                Receipt,
                receipt,
                lambda n: {"notice_id": notice.id + n, "duty": "copy" if n == 100 else "act"},
            ),
        ):
            same = row.model_dump(exclude={"id"})
            session.execute(insert(table), [{**same, **differs(n)} for n in range(1, MANY)])
    return path


@pytest.fixture
def asked(engine):
    """What the pages asked of the database."""
    found = []
    event.listen(engine, "after_cursor_execute", lambda _c, _k, said, *_: found.append(said))
    return found


def test_the_most_urgent_fifty_of_two_hundred_are_shown_and_the_others_counted(
    browser, many, office
):
    page = browser.get(many).text

    shown = re.findall(r"<dt>编号</dt><dd>(.*?)</dd>", page)
    assert len(shown) == 50
    assert shown[:3] == ["甲-0150", "甲-0000", "甲-0001"], "the worst that waits for an act"
    assert "甲-0100" not in shown, "red, but only for information"
    assert "共 200 件" in page
    assert "先显示前 50 件" in page


def test_looking_asks_the_database_a_few_times_only(browser, many, asked):
    browser.get(many)

    assert len([statement for statement in asked if "SELECT" in statement]) <= 16


def test_an_act_reads_its_own_receipt_and_not_the_list(browser, many, office, asked):
    last = _receipt(office, MANY)

    sent = browser.post(
        many, data={"receipt": str(last), "who": "self", "act": "answer", "words": WORDS}
    )

    assert sent.status_code == 303
    assert not [s for s in asked if "receipt.official_id = " in s and "receipt.id = " not in s]
    with reading(office.engine) as session:
        assert session.get_one(Receipt, last).words == WORDS


def test_a_form_to_be_corrected_comes_back_alone_with_its_text(browser, many, office):
    last = _receipt(office, MANY)

    page = browser.post(many, data={"receipt": str(last), "act": "answer", "words": WORDS})

    assert page.status_code == 422
    assert "请选择是本人办理还是代办" in page.text
    assert re.findall(r'name="receipt" value="(\d+)"', page.text) == [str(last)]
    assert WORDS in page.text
    assert "返回我的全部事项" in page.text


def _receipt(office, n):
    with reading(office.engine) as session:
        return session.exec(select(Receipt.id).order_by(Receipt.id).offset(n - 1)).first()
