"""The form of a record: what was sent, and what it says."""

import re
from dataclasses import replace

from sqlmodel import Session

from flows.ledger.rows import LedgerRow
from flows.records.keeping import NotKept, Said
from flows.records.lines import concerning, read_lines
from flows.records.opening import read_opens
from models import RecordKind
from models.record import Family
from models.refusal import Refusal
from web.record_rows import Row
from web.written import Written

LONGEST = 200  # characters of a line of the form
SHORT = ("topic", "led_by", "reference", "remarks", "reason")
_BETWEEN = re.compile(r"[\s,，、;；]+")
YES = "yes"


def said_in(sent: Written) -> Said:
    """Raises a Refusal."""
    for name in SHORT:
        if len(sent[name]) > LONGEST:
            raise NotKept(
                f"有一栏超过 {LONGEST} 个字，请缩短", f"a field has more than {LONGEST} characters"
            )
    on = sent.day("on")
    if on is None:
        raise NotKept("请写明日期", "please give the date")
    tasks = [number for number in _BETWEEN.split(sent["tasks"]) if number]
    return Said(
        kind=sent["kind"],
        on=on,
        topic=sent["topic"],
        led_by=sent["led_by"],
        reference=sent["reference"],
        remarks=sent["remarks"],
        balancing=sent["balancing"] == YES,
        lines=concerning(read_lines(sent["lines"].splitlines()), tasks),
    )


def opens_in(sent: Written, said: Said) -> list[LedgerRow]:
    """Raises a Refusal."""
    return read_opens(sent["opens"].splitlines(), said.on)


def correction_in(sent: Written, earlier: Row) -> Said | None:
    """None: it never was. The kind stays."""
    if sent["void"] == YES:
        return None
    return replace(said_in(sent), kind=earlier.record.kind)


def written_again(row: Row) -> Written:
    """A record as its form would have it."""
    record = row.record
    return Written(
        {
            "on": record.on.isoformat(),
            "topic": record.topic,
            "led_by": record.led_by,
            "remarks": record.remarks,
            "lines": "\n".join(row.written),
            "tasks": "、".join(row.tasks),
            "balancing": YES if record.balancing else "",
        }
    )


def require_of(session: Session, family: Family, kind: str) -> None:
    """Raises a Refusal: a kind was not chosen, or is none of these."""
    known = session.get(RecordKind, kind) if kind else None
    if known is None or known.family is not family:
        raise Refusal(
            "请选择类别；没有记录任何内容", "please choose the kind; nothing was recorded"
        )
