"""A stage, a transfer and the verdicts on leads, entered by the office on the matter's pages."""

from datetime import date

import pytest

from flows.database import transaction
from flows.leads.reviewing import Chosen, open_review
from flows.signoff.actor import COMMAND_LINE, Unattended
from models import ReviewedLead, Task, Transfer
from tests.kept import rows
from tests.petitions import load_kind, receive
from tests.web.conftest import DAY, NOON
from tests.web.test_office_pages import refused, send

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def desk(sign_in, office, cast):
    for name in ("petition", "case_lead", "lead_review"):
        load_kind(office, name)
    receive(office, date(2022, 7, 1), "甲-1")
    receive(office, date(2022, 7, 1), "线-1", "问题线索")
    return sign_in("olga")


def test_a_petition_enters_its_next_stage(desk, office):
    page = desk.get("/tasks/甲-1/office/stage").text
    assert "登记转送" in page
    assert "转送待受理（15 天）" in page
    refused(send(desk, "stage", "advance"), "请选择环节")
    late = {"stage": "in_hand", "from": "2022-07-20"}
    refused(send(desk, "stage", "advance", **late), "须在2022年7月1日至今天之间")
    done = send(desk, "stage", "advance", stage="in_hand", **{"from": "2022-07-08"})
    assert done.status_code == 303
    [task] = rows(office, Task, Task.number == "甲-1")
    assert (task.stage, task.due_on) == ("in_hand", date(2022, 9, 6))
    page = desk.get("/tasks/甲-1").text
    assert "登记转送 → 受理办理" in page


def test_a_petition_becomes_a_lead(desk, office):
    refused(send(desk, "transfer", "transfer", lead="没有"), "没有编号为“没有”的事项")
    assert send(desk, "transfer", "transfer", lead="线-1").status_code == 303
    assert len(rows(office, Transfer)) == 1
    assert "线-1" in desk.get("/tasks/甲-1/office/transfer").text


def test_the_verdicts_of_a_batch_are_entered(desk, office):
    with transaction(office.engine, NOON) as session:
        by = Unattended(COMMAND_LINE, DAY, NOON)
        number = open_review(session, "复盘", by, Chosen(), by=date(2022, 8, 1)).number
    path = f"/tasks/{number}/office/verdicts"
    page = desk.get(path)
    assert "未作结论 1 条" in page.text
    seen = page.text.split('name="seen" value="')[1].split('"')[0]
    form = {"act": "verdicts", "seen": seen}
    assert desk.post(path, data=form).status_code == 422
    assert desk.post(path, data=form | {"verdict-1": "check_more"}).status_code == 303
    assert rows(office, ReviewedLead)[0].verdict == "check_more"
    assert rows(office, Task, Task.number == number)[0].state == "under_review"
