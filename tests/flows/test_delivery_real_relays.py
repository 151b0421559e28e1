"""Deliveries into relays that others wrote: smtp-sink, and a Postfix as strict as it can be."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path

import pytest

from benchmarks.relays import found, postfix, smtp_sink
from flows.database import transaction
from flows.delivery import deliver
from flows.office import Office
from flows.outbox import outbox_row, put
from models import Official
from models.message import MessageKind, MessageState
from notifications.mime import wire_address
from tests.conftest import Cast, instant
from tests.kept import play
from tests.outboxes import messages, states

DAY = date(2022, 7, 14)
MORNING = instant(DAY, time(9))
NAMES = ("张伟", "欧阳，建国 “处长”", 'Zhang, Wei "W."', "👨‍👩‍👧 🇨🇳 𠮷", "长" * 200, "a" * 200)

pytestmark = [
    pytest.mark.relays,
    pytest.mark.skipif(not found("smtp-sink"), reason="needs Debian's package postfix"),
]


@pytest.fixture
def outbox(office: Office, cast: Cast) -> Office:
    """What a night writes, and one mail of every other kind to names that are hard to write."""
    for n, due_on in enumerate((date(2022, 7, 13), date(2022, 7, 22), date(2022, 5, 13))):
        cast.task(f"甲-{n}", due_on, title=".\n.点开头的标题" if n else "标题" * 400)
    play(office, DAY)
    with transaction(office.engine, MORNING) as session:
        for n, name in enumerate(NAMES):
            person = Official(name=name, unit_id=cast.unit, email=f"p{n}@例子{n}.中国")
            session.add(person)
            session.flush()
            for kind in MessageKind:
                said = {"subject": f"{name}：{kind}" * 3, "text": f"{name}\n.\n", "html": name}
                put(session, [outbox_row(office, person, kind, None, MORNING) | said])
    return office


def assert_all_sent(office: Office, url: str) -> None:
    delivered = deliver(replace(office, smtp_url=url), now=MORNING, workers=4)

    owed = messages(office)
    assert {message.kind for message in owed} == set(MessageKind)
    assert [(m.to_name, m.outcome) for m in owed if m.state != MessageState.SENT] == []
    assert states(office) == {"sent": delivered.sent}


def test_smtp_sink_takes_every_mail_and_keeps_it_as_it_was(outbox: Office, tmp_path: Path):
    kept = tmp_path / "kept"
    with smtp_sink(kept) as url:
        assert_all_sent(outbox, url)

    taken = re.split(rb"(?m)^X-Client-Addr: ", kept.read_bytes())[1:]
    mails = [message_from_bytes(one.partition(b"\n")[2]) for one in taken]
    expected = {m.message_id: wire_address(m.to_address) for m in messages(outbox)}
    assert {mail["Message-ID"]: parseaddr(mail["To"])[1] for mail in mails} == expected
    assert {parseaddr(mail["X-Rcpt-Args"])[1] for mail in mails} == set(expected.values())
    assert len(mails) == len(expected)
    assert not any(part.defects for mail in mails for part in mail.walk())


@pytest.fixture(scope="module")
def strict_postfix() -> Iterator[str]:
    with postfix() as url:
        yield url


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may start a Postfix")
def test_a_strict_postfix_takes_every_mail(outbox: Office, strict_postfix: str):
    assert_all_sent(outbox, strict_postfix)
