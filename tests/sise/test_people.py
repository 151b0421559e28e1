"""`sise people` and `sise bounces`: who is not reached, and what came back."""

import io
from datetime import timedelta
from email import message_from_bytes
from types import SimpleNamespace

from tests.flows.ledger.conftest import write_sheets
from tests.reports import dsn
from tests.sise.conftest import Sise
from tests.smtp_peers import at_recipient, peer


def refused(kept: Sise) -> None:
    """Everybody's mail goes, but the handler's address is refused."""
    with peer(at_recipient("RCPT", li="550 5.1.1 user unknown")) as relay:
        kept.monkeypatch.setenv("SISE_SMTP_URL", relay.url)
        kept.monkeypatch.setenv("SISE_MAIL_HOURS", "always")
        kept.done("night", "--inline")


def test_who_is_not_reached_is_listed_and_can_be_reached_again(kept: Sise):
    assert "没有退信的人员" in kept.done("people", "unreachable").out
    refused(kept)

    [person] = kept.done("people", "unreachable", "--json").json
    assert (person["name"], person["unit"]) == ("李伟", "区教育局")
    assert (person["address"], person["suppressed"]) == ("li@dinghai.example", True)
    assert "user unknown" in person["why"]
    assert "li@dinghai.example" in kept.done("people", "unreachable").out

    assert "已恢复" in kept.done("people", "reach", "Li@dinghai.example").out
    [person] = kept.done("people", "unreachable", "--json").json
    assert person["suppressed"] is False  # the last mail was refused nevertheless
    assert "没有被停发" in kept.refused("people", "reach", "li@dinghai.example", code=2)


def test_a_bounce_from_a_file_and_one_from_a_pipe(kept: Sise, relay, tmp_path):
    kept.done("night", "--inline")
    sent = next(m for m in relay.messages() if m.recipient == "li@dinghai.example")
    mail = SimpleNamespace(to_address=sent.recipient, message_id=message_id(sent))
    file = tmp_path / "bounce.eml"
    file.write_bytes(dsn(mail))

    assert kept.done("bounces", file, "--json").json["hard"] == 1
    stdin = SimpleNamespace(buffer=io.BytesIO(dsn(mail)))
    kept.monkeypatch.setattr("sys.stdin", stdin)
    assert "无关或重复 1 封" in kept.done("bounces", "-").out


def message_id(sent) -> str:
    return str(message_from_bytes(sent.raw)["Message-ID"])


def test_without_file_and_mailbox_it_says_what_is_missing(ready: Sise, tmp_path):
    assert "SISE_IMAP_URL" in ready.refused("bounces", code=2)
    ready.refused("bounces", tmp_path / "none.eml", code=2)


def test_a_mailbox_that_cannot_be_had_is_one_sentence(ready: Sise):
    ready.monkeypatch.setenv("SISE_IMAP_URL", "imaps://duban:geheim@127.0.0.1:9/INBOX")

    said = ready.refused("bounces", code=1)

    assert "SISE_IMAP_URL" in said
    assert "geheim" not in said


def test_settings_for_bounces_that_cannot_be_used_are_named_without_a_password(ready: Sise):
    ready.monkeypatch.setenv("SISE_IMAP_URL", "imap://duban:geheim@mail/INBOX")
    ready.monkeypatch.setenv("SISE_BOUNCE_ADDRESS", "duban+bounce@unit")

    said = ready.refused("health", code=2)

    assert "SISE_IMAP_URL" in said
    assert "SISE_BOUNCE_ADDRESS" in said
    assert "geheim" not in said


def test_a_handler_without_an_address_is_not_passed_over(ready: Sise, tmp_path):
    file = tmp_path / "台账.xlsx"
    units = (("单位", "姓名"), ("甲", "李伟"))
    row = ("1", "题", "甲", "李伟", "2031-01-01")
    headings = ("问题编号", "反馈问题", "责任单位", "责任人", "整改时限")
    write_sheets(file, {"台账": (headings, row), "通讯录": units})
    ready.done("import", file)

    [person] = ready.done("people", "unreachable", "--json").json

    assert (person["name"], person["unit"], person["address"]) == ("李伟", "甲", "")
    assert person["why"] == "没有邮箱"
    assert "没有邮箱的责任人：李伟（甲）" in ready.done("people", "unreachable").out


def test_a_units_handler_without_an_address_is_named_where_the_ledger_names_nobody(
    ready: Sise, today, tmp_path
):
    file = tmp_path / "台账.xlsx"
    row = ("1", "题", "甲", str(today - timedelta(days=3)), str(today - timedelta(days=60)))
    headings = ("问题编号", "反馈问题", "责任单位", "整改时限", "交办日期")
    people = (("单位", "姓名", "职务类别", "邮箱"), ("甲", "李伟", "handler", ""))
    head = ("甲", "王芳", "unit_head", "head@dinghai.example")
    office = ("督查室", "周敏", "office", "office@dinghai.example")
    write_sheets(file, {"台账": (headings, row), "通讯录": (*people, head, office)})
    ready.done("import", file)
    ready.done("night", "--inline")

    [person] = ready.done("people", "unreachable", "--json").json

    assert (person["name"], person["unit"], person["why"]) == ("李伟", "甲", "没有邮箱")
    assert "没有邮箱的责任人：李伟（甲）" in ready.done("people", "unreachable").out
    warned = [said for said in ready.done("health", "--json").json["warnings"] if "李伟" in said]
    assert "没有邮箱" in warned[0]


def test_whoever_is_sent_to_again_is_not_advised_to_be_sent_to_again(kept: Sise):
    refused(kept)
    advice = "sise people reach"
    assert advice in kept.done("people", "unreachable").out

    kept.done("people", "reach", "li@dinghai.example")

    said = kept.done("people", "unreachable").out
    assert "没有停发：李伟" in said
    assert advice not in said
