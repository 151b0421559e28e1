"""Whom mail does not reach, and what came back for whom."""

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from flows.bounces import fetch_bounces, take_bounces
from flows.database import reading, transaction
from flows.suppression import reach as take_back
from flows.unreachable import Unreachable, unreachable
from models.refusal import Refusal
from notifications.bounce_reports import split_mbox
from sise.commands.edge import Edge, Json, as_json, fitting, octets_of, open_edge, out

MBOX = 1_000_000_000  # octets: what came back in years
people = typer.Typer(help="Who can be reached by mail.", no_args_is_help=True)


@people.command("unreachable")
def unreachable_command(json: Json = False) -> None:
    """Whose address is refused, or missing: correct it in the directory and import that."""
    edge = open_edge()
    with reading(edge.office.engine) as session:
        found, without = unreachable(session, edge.today)
    if json:
        none = {"address": "", "since": None, "suppressed": False}
        why = edge.both("没有邮箱", "no address")
        rest = [{"name": name, "unit": unit, "why": why, **none} for name, unit in without]
        as_json([asdict(person) for person in found] + rest)
        return
    if found:
        _show(edge, found)
    if without:
        named = edge.both("、", ", ").join(
            edge.both(f"{name}（{unit}）", f"{name} ({unit})") for name, unit in without
        )
        edge.say(
            f"没有邮箱的责任人：{named}；请在通讯录里填写后导入。",
            f"Handlers without an address: {named}; enter it in the directory and import that.",
        )
    if not (found or without):
        edge.say("没有退信的人员。", "Mail reaches everybody.")


def _show(edge: Edge, found: list[Unreachable]) -> None:
    shown = edge.table("姓名|单位|邮箱|原因|起", "name|unit|address|why|since")
    for person in found:
        since = edge.office.local(person.since).date()
        why = fitting(person.why)
        shown.add_row(person.name, fitting(person.unit), person.address, why, str(since))
    out.print(shown)
    tried = [person.name for person in found if not person.suppressed]
    if tried:
        named = edge.both("、", ", ").join(tried)
        edge.say(
            f"最近一封信被拒收、但没有停发：{named}；下次有信照常寄送，寄达后不再列出。",
            f"The last mail was refused, the address is not held back: {named}; the next mail is "
            "tried, and once one has arrived they are not listed any more.",
        )
    if len(tried) == len(found):
        return
    edge.say(
        "更正邮箱即恢复发信：在“人员”页面更正，或在通讯录里只改邮箱（单位、姓名、职务不变）"
        "后导入；邮箱无误的，用 sise people reach 邮箱 恢复。",
        "A corrected address ends it: in the directory, with unit, name and post as they are, or "
        "on the page People; if the address is right: sise people reach ADDRESS",
    )


@people.command()
def reach(address: str, json: Json = False) -> None:
    """Send to this address again: the refusal was wrong, or is mended."""
    edge = open_edge()
    with transaction(edge.office.engine, edge.now) as session:
        if not take_back(session, address):
            raise Refusal(
                f"{address} 没有被停发；停发的邮箱见 sise people unreachable",
                f"mail to {address} is not held back; see sise people unreachable",
            )
    if json:
        as_json({"address": address.strip().lower()})
    else:
        edge.say(f"已恢复向 {address} 发信。", f"Mail to {address} is sent again.")


def bounces(
    file: Annotated[str, typer.Argument(help="A message or an mbox; - reads it from a pipe.")] = "",
    json: Json = False,
) -> None:
    """Read what came back: from a file or a pipe, or from the mailbox of SISE_IMAP_URL."""
    edge = open_edge()
    if file:
        octets = sys.stdin.buffer.read() if file == "-" else octets_of(Path(file), MBOX)
        came = take_bounces(edge.office, split_mbox(octets), now=edge.now)
    elif edge.office.imap_url:
        came = fetch_bounces(edge.office, now=edge.now)
    else:
        raise Refusal(
            "请写明退信文件，或设置 SISE_IMAP_URL（退信邮箱）",
            "name a file with what came back, or set SISE_IMAP_URL (the mailbox for it)",
        )
    if json:
        as_json(asdict(came))
        return
    edge.say(
        f"退信 {came.hard + came.soft} 封（其中邮箱无效 {came.hard}），自动回复 {came.away} 封，"
        f"无关或重复 {came.ignored} 封；改为告知上一级 {came.told} 人次",
        f"{came.hard + came.soft} bounces ({came.hard} for addresses that do not exist), "
        f"{came.away} automatic answers, {came.ignored} ignored; {came.told} told instead",
    )
