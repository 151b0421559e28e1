"""What a task's page tells of its sign-off, and what the office does there."""

from datetime import date

import pytest

from models import Decision, Evidence, Exclusion, Post, Referral, Task
from models.request_machine import RequestKind
from tests.kept import add, edit, rows
from tests.web.conftest import DUE, NOON
from tests.web.reviewing import APPLIED, WORDS, chosen

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def applied(bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)


@pytest.fixture
def nobody(bench, office, cast):
    """The application that nobody may decide: everybody who could stands aside."""
    bench.task("甲-1", DUE)
    for who in (cast.dora, cast.olga, cast.hugo):
        add(
            office,
            Exclusion(
                task_id=1, official_id=who, reason="亲属", from_on=DUE, by_id=cast.olga, at=NOON
            ),
        )
    add(office, Post(official_id=cast.bob, unit_id=cast.unit, kind="office"))
    bench.apply("甲-1", APPLIED)
    for one in rows(office, Referral):
        edit(office, Referral, one.id, state="void", closed_at=NOON)


def test_the_page_tells_who_is_asked_since_when_and_by_when(sign_in, bench, applied):
    bench.decide("甲-1", bench.cast.dora, "approve", APPLIED, reason="经核实，同意")

    page = sign_in("olga").get("/tasks/甲-1").text

    for said in (
        "销号申请", "责任单位审核", "<b>dora</b> 同意", "经核实，同意", "<b>leo</b>",
        "2022年7月14日送审，请于2022年7月21日（含）前决定", "尚未送审", "已完成整改，逐条落实。",
    ):  # fmt: skip
        assert said in page, said


def test_the_page_shows_the_deadline_ledger(sign_in, bench, applied):
    bench.decide("甲-1", bench.cast.dora, "return", APPLIED, reason=WORDS)

    page = sign_in("olga").get("/tasks/甲-1").text

    assert "整改时限台账" in page
    assert "原定 2022年7月13日，现为 <b>2022年7月21日</b>" in page
    assert WORDS in page


def test_of_a_restricted_task_a_stranger_to_it_sees_neither_words_nor_names(sign_in, bench):
    bench.task("密-1", DUE, restricted=True)
    bench.apply("密-1", APPLIED)
    bench.decide("密-1", bench.cast.dora, "return", APPLIED, reason=WORDS)

    page = sign_in("carol").get("/tasks/密-1").text

    for secret in (WORDS, "dora", "已完成整改", "登记"):
        assert secret not in page


def test_a_decision_on_paper_is_recorded_by_the_office_with_its_scan(
    sign_in, review, applied, office, cast
):
    key = review.referral("dora", "甲-1").id
    olga = sign_in("olga")
    path = f"/referrals/{key}/paper"
    assert f'href="{path}"' in olga.get("/tasks/甲-1").text
    page = olga.get(path)
    assert "登记书面决定" in page.text
    assert "已完成整改，逐条落实。" in page.text

    sent = olga.post(
        path,
        data=chosen(page, "approve") | {"signed_on": "2022-07-13"},
        files={"scan": ("签字.pdf", PDF, "application/pdf")},
    )

    assert sent.status_code == 303
    [decision] = rows(office, Decision)
    assert (decision.official_id, decision.recorded_by_id) == (cast.dora, cast.olga)
    assert decision.paper_signed_on == date(2022, 7, 13)
    [scan] = rows(office, Evidence)
    assert (scan.id, scan.kind, scan.name) == (decision.scan_id, "decision", "签字.pdf")
    page = olga.get("/tasks/甲-1").text
    assert "书面签署 2022年7月13日（由olga登记）" in page


@pytest.mark.parametrize("signed_on", ["", "昨天", "2022-07-15", "2022-02-30"])
def test_a_decision_on_paper_has_a_date_that_was(sign_in, review, applied, office, signed_on):
    path = f"/referrals/{review.referral('dora', '甲-1').id}/paper"
    olga = sign_in("olga")

    page = olga.post(path, data=chosen(olga.get(path), "return", reason=WORDS, signed_on=signed_on))

    assert page.status_code == 422
    assert "请填写签字日期" in page.text
    assert WORDS in page.text
    assert rows(office, Decision) == []


def test_a_program_is_no_scan_and_then_nothing_is_recorded(sign_in, review, applied, office):
    path = f"/referrals/{review.referral('dora', '甲-1').id}/paper"
    olga = sign_in("olga")

    page = olga.post(
        path,
        data=chosen(olga.get(path), "approve") | {"signed_on": "2022-07-13"},
        files={"scan": ("签字.pdf", b"MZ\x90\x00" + b"x" * 200, "application/pdf")},
    )

    assert page.status_code == 422
    assert "没有保存" in page.text
    assert rows(office, Decision) == rows(office, Evidence) == []


def test_nobody_else_records_on_paper(sign_in, review, applied, office):
    path = f"/referrals/{review.referral('dora', '甲-1').id}/paper"
    for name in ("dora", "carol", "mallory", "hugo"):
        browser = sign_in(name)
        assert browser.get(path).status_code == 404
        assert browser.post(path, data={"signed_on": "2022-07-13"}).status_code == 404
        assert "督查办公室办理" not in browser.get("/tasks/甲-1").text
    assert rows(office, Decision) == []


def test_where_nobody_can_be_asked_the_office_names_somebody(
    sign_in, nobody, office, cast, browser, review
):
    bob = sign_in("bob")
    page = bob.get("/tasks/甲-1").text
    assert "“销号申请”没有可送审的人，请指定" in page
    assert f'<option value="{cast.dora}">' not in page, "stands aside"
    assert f'<option value="{cast.alice}">' not in page, "applied for it"
    sent = {"act": "name", "kind": "application", "reason": "本级无人可审"}
    for refused, sentence in (
        ({"official": ""}, "请选择由谁决定"),
        ({"official": str(cast.carol), "reason": " "}, "请写明理由"),
        ({"official": str(cast.alice)}, "请另行指定"),
        ({"official": str(cast.dora)}, "登记回避"),
        ({"official": "999999"}, "通讯录中没有此人"),
        ({"official": str(cast.carol), "kind": "extension"}, "没有待决定的事项"),
    ):
        page = bob.post("/tasks/甲-1/office", data=sent | refused)
        assert (page.status_code, sentence in page.text) == (422, True), sentence

    named = bob.post("/tasks/甲-1/office", data=sent | {"official": str(cast.carol)})

    assert named.status_code == 303
    referral = review.referral("carol", "甲-1")
    assert (referral.named_by_id, referral.named_because) == (cast.bob, "本级无人可审")
    again = bob.post("/tasks/甲-1/office", data=sent | {"official": str(cast.carol)})
    assert "已送审" in again.text
    path = review.link("carol", "甲-1")
    assert "由督查办公室bob指定" in browser.get(path).text
    review.prove(browser, path)
    assert browser.post(path, data=chosen(browser.get(path), "approve")).status_code == 303


def test_the_office_withdraws_a_task_with_a_reason(sign_in, bench, applied, office):
    olga = sign_in("olga")
    assert "撤回本事项" in olga.get("/tasks/甲-1").text

    page = olga.post("/tasks/甲-1/office", data={"act": "withdraw", "reason": ""})
    assert "请写明理由" in page.text

    sent = olga.post("/tasks/甲-1/office", data={"act": "withdraw", "reason": "与甲-2重复交办"})
    assert sent.status_code == 303
    assert rows(office, Task)[0].state == "withdrawn"
    assert "撤回本事项" not in olga.get("/tasks/甲-1").text
    assert {one.state for one in rows(office, Referral)} == {"void"}


def test_others_withdraw_nothing(sign_in, applied, office):
    for name in ("dora", "carol", "hugo"):
        page = sign_in(name).post(
            "/tasks/甲-1/office", data={"act": "withdraw", "reason": "与甲-2重复交办"}
        )
        assert page.status_code == 422
        assert "只能由督查办公室办理" in page.text
    assert rows(office, Task)[0].state == "under_review"


def test_a_withdrawn_matter_says_so_on_the_reviewers_page(sign_in, browser, review, applied):
    path = review.link("dora", "甲-1")
    sign_in("olga").post("/tasks/甲-1/office", data={"act": "withdraw", "reason": "重复交办"})

    assert "olga已于2022年7月14日 12:00 撤回本事项" in browser.get(path).text


def test_a_suspension_is_asked_for_granted_by_link_and_resumed_at_the_desk(
    sign_in, browser, bench, review, office
):
    bench.task("甲-1", date(2022, 9, 1))
    bench.ask(
        "甲-1",
        RequestKind.SUSPENSION,
        APPLIED,
        reason="法院审理中",
        until_on=date(2022, 8, 1),
        legal_basis="《民事诉讼法》",
    )
    path = review.link("hugo", "甲-1")
    page = browser.get(path).text
    for said in ("请审批中止", "法院审理中", "《民事诉讼法》", "预计恢复", "2022年8月1日"):
        assert said in page
    review.prove(browser, path)

    assert browser.post(path, data=chosen(browser.get(path), "grant")).status_code == 303

    assert "作出决定“批准”" in browser.get(path).text
    olga = sign_in("olga")
    assert "中止申请" in olga.get("/tasks/甲-1").text
    sent = olga.post("/tasks/甲-1/office", data={"act": "resume", "reason": "判决已生效"})
    assert sent.status_code == 303
    assert rows(office, Task)[0].state == "in_progress"


def test_an_objection_passes_the_matter_to_another_unit(sign_in, browser, bench, review, office):
    bench.task("甲-1", date(2022, 9, 1), opened_on=APPLIED)
    bench.ask("甲-1", RequestKind.OBJECTION, APPLIED, reason="不属于本单位职责")
    path = review.link("olga", "甲-1")
    review.prove(browser, path)
    page = browser.get(path)
    for said in ("请审核异议", "异议成立，改派", "异议成立，撤回事项", "异议不成立"):
        assert said in page.text
    missing = browser.post(path, data=chosen(page, "reassign", reason=WORDS))
    assert "请选择改派到哪个单位" in missing.text

    sent = browser.post(path, data=chosen(page, "reassign", reason=WORDS, to=f"{bench.lead_unit}:"))

    assert sent.status_code == 303
    assert rows(office, Task)[0].unit_id == bench.lead_unit
    olga = sign_in("olga").get("/tasks/甲-1").text
    assert "改派" in olga
    assert "区委办" in olga
