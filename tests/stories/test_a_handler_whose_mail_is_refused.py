"""Promise: a warning that does not reach its handler reaches the next level the same night."""

import re
from datetime import date, time
from email import message_from_bytes

from flows.database import reading, transaction
from flows.ledger.rows import DirectoryRow, Ledger
from flows.night import run_night
from flows.replies import answer
from flows.reply_links import find, open_receipts
from flows.unreachable import unreachable
from models.organisation import PostKind
from tests.conftest import Cast, instant
from tests.flows.ledger.conftest import apply_to
from tests.kept import notices, told
from tests.outboxes import to
from tests.smtp_peers import Peer, at_recipient, peer

CORRECTED = DirectoryRow(
    unit="区教育局", name="alice", email="alice@new.example", post=PostKind.HANDLER
)


def text_to(relay: Peer, name: str) -> str:
    """The first mail to this person."""
    raw = next(raw for recipient, raw in relay.mails if recipient.startswith(name))
    [text, _] = message_from_bytes(raw).get_payload()
    return text.get_payload(decode=True).decode()


def test_a_handler_whose_mail_is_refused(office, cast: Cast):
    """Alice's address is refused on the 14th; Carol answers; Alice's new address ends it."""
    cast.task("甲-1", date(2022, 7, 13))
    cast.task("乙-1", date(2022, 7, 14))
    cast.task("丙-1", date(2022, 7, 17))

    with peer(at_recipient("RCPT", alice="550 5.1.1 user unknown")) as relay:
        run_night(to(relay, office), on=date(2022, 7, 14), now=instant(date(2022, 7, 14)))
        assert relay.to() == ["carol@dinghai.example", "olga@dinghai.example"]
        assert "alice：邮件被拒收" in text_to(relay, "olga")
        run_night(to(relay, office), on=date(2022, 7, 15), now=instant(date(2022, 7, 15)))
        assert told(office, "乙-1") == [("carol", "supervising_leader", "act")]

    mail = text_to(relay, "carol")
    assert "甲-1" in mail
    token = re.search(r"/r/([0-9a-f]{32})", mail)[1]
    morning = date(2022, 7, 15)
    now = instant(morning, time(9))
    with transaction(office.engine, now) as session:
        opened = find(session, office.ring, token, now)
        [mine] = open_receipts(session, opened, 1)
        assert mine.can_answer
        facts = {"said_by": "本人", "words": "已责成", "on": morning, "now": now}
        assert answer(session, mine.receipt.id, cast.carol, **facts)
    assert notices(office, "甲-1")[0].state == "answered"

    apply_to(office.engine, Ledger(directory=(CORRECTED,)), today=date(2022, 7, 18))
    with reading(office.engine) as session:
        assert unreachable(session, date(2022, 7, 19)) == ([], [])
    with peer() as relay:
        run_night(to(relay, office), on=date(2022, 7, 19), now=instant(date(2022, 7, 19)))
    assert told(office, "丙-1") == [("alice", "handler", "act")]
    assert "丙-1" in text_to(relay, "alice")
