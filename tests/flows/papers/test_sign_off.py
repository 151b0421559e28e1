"""销号申请表: what was submitted, word for word, and what each level decided on exactly that."""

from datetime import date

import pytest

from flows.database import reading, transaction
from flows.papers.sign_off import NoApplication, sign_off_facts
from models import Application, Decision, Evidence, Measure, Packet
from models.application import EvidenceKind
from models.decision import Verdict
from notifications.papers.page import write_page
from notifications.papers.sign_off import sign_off_paper
from notifications.papers.word import write_word
from tests.conftest import instant
from tests.kept import add, edit, rows
from tests.papers import CHINESE, table_of, text_of
from tests.played import as_played
from tests.sign_offs import Bench

DUE, APPLIED, DECIDED = date(2022, 7, 13), date(2022, 7, 15), date(2022, 7, 18)


def printed(bench: Bench, language: str = "zh-CN") -> bytes:
    with reading(bench.office.engine) as session:
        return write_word(sign_off_paper(sign_off_facts(session, "甲-1"), language))


def apply(bench: Bench, **facts: object) -> str:
    """With two measures and two files; returns the hash of what was submitted."""
    as_played(bench.office.engine, ("applied", repr(facts)), lambda: put_forward(bench, **facts))
    [application] = rows(bench.office, Application)
    assert application.packet
    return application.packet


def put_forward(bench: Bench, **facts: object) -> None:
    task = bench.task("甲-1", DUE, **{"title": "校车监管不到位", "goal": "全部车辆年检"} | facts)
    add(
        bench.office,
        Measure(task_id=task.id, position=1, text="开展年检"),
        Measure(task_id=task.id, position=2, text="建立台账"),
    )
    bench.apply(
        "甲-1",
        APPLIED,
        summary="已整改到位。",
        done={1: "42 辆全部年检", 2: "台账已建立"},
        rules="校车管理办法（定教〔2022〕8号）",
        money_returned=449,
    )
    [application] = rows(bench.office, Application)
    files = [
        Evidence(
            application_id=application.id,
            kind=EvidenceKind.EVIDENCE,
            name=name,
            media_type="application/pdf",
            size=9,
            sha256=letter * 64,
            added_by_id=bench.cast.alice,
            added_at=instant(APPLIED),
        )
        for name, letter in (("年检表.pdf", "a"), ("台账.pdf", "b"))
    ]
    add(bench.office, *files)
    bench.amend(
        "甲-1",
        APPLIED,
        summary="已整改到位。",
        done={1: "42 辆全部年检", 2: "台账已建立"},
        rules="校车管理办法（定教〔2022〕8号）",
        money_returned=449,
    )


def test_it_has_all_that_was_submitted(bench: Bench):
    packet = apply(bench)

    word = printed(bench)
    said = text_of(word)

    assert said.startswith("销号申请表\n编号 | 甲-1 | 责任单位 | 区教育局\n")
    assert "整改目标 | 全部车辆年检" in said
    assert "整改完成情况 | 已整改到位。" in said
    assert ["1", "开展年检", "42 辆全部年检"] in table_of(word, 1)
    assert ["2", "建立台账", "台账已建立"] in table_of(word, 1)
    assert [row[0] for row in table_of(word, 2)] == [
        *("六见", "见人", "见事", "见单", "见处理结果", "见责任追究", "见规章制度")
    ]
    assert "建章立制 | 校车管理办法（定教〔2022〕8号）" in said
    assert "清退金额 | 4.49元" in said
    assert table_of(word, 4)[1:] == [
        ["1", "年检表.pdf", "佐证材料", "a" * 64],
        ["2", "台账.pdf", "佐证材料", "b" * 64],
    ]
    assert "编号 | 甲-1 | 办理结果 | 审核中\n" in said
    assert f"申请材料校验值 | {packet}\n核对 | 与留存材料一致\n" in said


def test_each_level_has_who_decided_when_and_on_what(bench: Bench):
    packet = apply(bench)
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED, reason="情况属实")
    bench.decide(
        "甲-1", bench.leo, Verdict.RETURN, DECIDED, reason="第二条未落实", requirement="补充台账"
    )

    said = text_of(printed(bench))

    first = said[said.index("一、责任单位审核") : said.index("二、牵头单位复核")].splitlines()
    assert first[1:5] == [
        "审核人 | dora（单位负责人） | 日期 | 2022年7月15日",
        "审核意见 | 同意：情况属实",
        "身份核实 | 经邮件验证码证明是本人",
        f"所审材料校验值 | {packet}",
    ]
    assert "审核意见 | 退回：第二条未落实\n整改要求 | 补充台账\n" in said
    assert "办理结果 | 已退回\n" in said


def test_a_level_that_did_not_decide_yet_has_room_for_a_signature(bench: Bench):
    apply(bench)

    said = text_of(printed(bench))

    assert said.count("签字（盖章） |  | 日期 | ") == 4


def test_what_was_decided_on_other_material_is_marked(bench: Bench):
    packet = apply(bench)
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED)
    bench.amend("甲-1", DECIDED, summary="补充说明", done={1: "年检", 2: "台账"})

    said = text_of(printed(bench))

    assert "审核意见 | 同意（材料变动后失效）" in said
    assert f"所审材料校验值 | {packet}" in said
    assert f"申请材料校验值 | {packet}" not in said


def test_a_decision_on_paper_says_so(bench: Bench):
    apply(bench)
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED)
    [decision] = rows(bench.office, Decision)
    edit(
        bench.office, Decision, decision.id, paper_signed_on=APPLIED,
        recorded_by_id=bench.cast.olga,
    )  # fmt: skip

    assert "身份核实 | 2022年7月15日书面签署，由olga登记" in text_of(printed(bench))


def test_material_that_was_tampered_with_is_not_passed_off(bench: Bench):
    packet = apply(bench)
    with transaction(bench.office.engine, instant(DECIDED)) as session:
        kept = session.get_one(Packet, packet)
        kept.shown = kept.shown.replace("42", "43")

    assert "与留存材料不一致，请核查" in text_of(printed(bench))


def test_of_a_restricted_matter_there_are_numbers_and_dates_only(bench: Bench):
    packet = apply(bench, title="某某挪用资金问题", restricted=True)
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED, reason="某某已退款")

    with reading(bench.office.engine) as session:
        facts = sign_off_facts(session, "甲-1")
    for language in ("zh-CN", "en"):
        paper = sign_off_paper(facts, language)
        for said in (text_of(write_word(paper)), write_page(paper).decode()):
            secrets = ("某某", "挪用", "区教育局", "alice", "dora", "年检", "已整改到位", "4.49")
            assert [secret for secret in secrets if secret in said] == []
            assert packet in said
    assert "某某" not in repr(facts)


def test_what_was_not_applied_for_cannot_be_printed(bench: Bench):
    bench.task("甲-1", DUE)

    with pytest.raises(NoApplication, match="no application for sign-off was submitted"):
        printed(bench)


def test_english_is_complete(bench: Bench):
    apply(bench)
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED)

    said = text_of(printed(bench, "en"))
    data = (
        "甲",
        "区教育局",
        "校车监管不到位",
        "全部车辆年检",
        "已整改到位。",
        "开展年检",
        "建立台账",
    )
    data += (
        "辆全部年检",
        "台账已建立",
        "校车管理办法（定教〔2022〕8号）",
        "年检表",
        "台账",
        "见材料",
    )
    for known in (*data, "责任单位审核", "牵头单位复核", "督导组核查", "领导小组批准销号"):
        said = said.replace(known, "")

    assert CHINESE.findall(said) == []
    assert "Money returned | ¥4.49" in said
