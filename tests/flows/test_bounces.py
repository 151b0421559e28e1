"""What comes back: the right mail and the right reason, forged and doubled ones ignored, nothing
answered."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from flows.bounces import take_bounces
from flows.database import reading
from flows.delivery import deliver
from flows.office import Office
from flows.unreachable import unreachable
from models import Bounce, Message, Official, Suppression
from models.message import MessageState
from notifications.bounce_reports import read_report, split_mbox
from notifications.verp import envelope_sender, message_of, tag
from tests.conftest import Cast
from tests.kept import digests, edit, play, rows, told
from tests.outboxes import NOON, to
from tests.played import as_played
from tests.reports import ORIGINAL, chinese_report, dsn, out_of_office
from tests.smtp_peers import peer

DAY = date(2022, 7, 14)
LATER = NOON + timedelta(hours=1)
BOUNCES = "duban-bounce@unit.example"


@pytest.fixture
def sent(office: Office, cast: Cast) -> Message:
    """Alice's digest, which the relay took."""

    def send() -> None:
        cast.task("甲-1", date(2022, 7, 13))
        play(office, DAY)
        with peer() as relay:
            deliver(to(relay, office), now=NOON)

    as_played(office.engine, "a digest that the relay took", send)
    return digests(office, cast.alice)[0]


def take(office: Office, *mails: bytes, at=LATER):
    return take_bounces(office, mails, now=at)


def alices(office: Office, cast: Cast) -> Message:
    return digests(office, cast.alice)[0]


def suppressed(office: Office) -> list[str]:
    with reading(office.engine) as session:
        return list(session.exec(select(Suppression.address)))


def test_a_hard_bounce_is_a_dead_letter_suppresses_and_climbs(office, cast: Cast, sent):
    came = take(office, dsn(sent))

    assert (came.hard, came.told) == (1, 1)
    assert alices(office, cast).state == MessageState.DEAD
    assert alices(office, cast).outcome.startswith("bounced: 550 5.1.1 <alice@dinghai.example>")
    assert suppressed(office) == ["alice@dinghai.example"]
    assert told(office, "甲-1")[-1] == ("carol", "supervising_leader", "act")
    [bounce] = rows(office, Bounce)
    assert (bounce.kind, bounce.status, bounce.message_id) == ("hard", "5.1.1", sent.id)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("554 DT:SPM spam message", "5.7.1"),
        ("552 5.2.2 mailbox full", "5.2.2"),
        ("550 5.7.1 <alice@dinghai.example>: user unknown to our policy", "5.7.1"),
    ],
)
def test_a_right_address_is_not_suppressed_though_the_mail_is_dead(
    office, cast: Cast, sent, said, status
):
    came = take(office, dsn(sent, said, status=status))

    assert (came.soft, came.told) == (1, 1)
    assert suppressed(office) == []
    assert alices(office, cast).state == MessageState.DEAD


def test_a_delay_is_a_note(office, cast: Cast, sent):
    came = take(office, dsn(sent, "451 4.7.1 greylisted", status="4.7.1", action="delayed"))

    assert (came.soft, came.told) == (1, 0)
    assert alices(office, cast).state == MessageState.SENT


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
@pytest.mark.parametrize(
    ("why", "kind"),
    [
        ("收件人邮箱地址不存在，无法投递。", "hard"),
        ("550 用户不存在 MX4", "hard"),
        ("不存在的用户", "hard"),
        ("550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help", "hard"),
        ("收件人邮箱已满，无法接收。", "soft"),
        ("对方拒收：超过额度", "soft"),
        ("可能是用户不存在，或邮箱已满。", "soft"),  # it may be either
        ("554 DT:SPM 163 smtp,您的邮件被判为垃圾邮件", "soft"),
    ],
)
def test_a_report_in_plain_chinese(office, cast: Cast, sent, why: str, kind: str, charset: str):
    take(office, chinese_report(sent, why, charset=charset))

    [bounce] = rows(office, Bounce)
    assert (bounce.kind, bounce.message_id) == (kind, sent.id)
    assert why[:6] in bounce.said
    assert bool(suppressed(office)) == (kind == "hard")


@pytest.mark.parametrize(
    "headers",
    [
        {"Subject": "自动回复: 督办提醒"},
        {"Subject": "Out of Office: reminder"},
        {"Subject": "外出"},
        {"Subject": "Re: 督办", "X-Autoreply": "yes"},
        {"Subject": "Re: 督办", "Auto-Submitted": "auto-replied (vacation)"},
    ],
)
def test_out_of_office_is_noted_and_never_acted_on(office, cast: Cast, sent, headers):
    came = take(office, out_of_office(sent, **headers))

    assert (came.away, came.told) == (1, 0)
    assert alices(office, cast).state == MessageState.SENT
    assert suppressed(office) == []


def test_the_same_bounce_read_twice_counts_once(office, sent):
    came = take(office, dsn(sent), dsn(sent))

    assert (came.hard, came.ignored) == (1, 1)
    assert take(office, dsn(sent)).told == 0
    assert len(rows(office, Bounce)) == 1


def test_two_reports_of_one_mail_climb_once(office, cast: Cast, sent):
    take(office, dsn(sent))
    take(office, dsn(sent, report="another"))

    assert len(rows(office, Bounce)) == 2
    assert [name for name, _, _ in told(office, "甲-1")] == ["alice", "carol"]


def test_a_bounce_of_a_bounce_a_stranger_s_and_an_old_one_are_ignored(office, cast: Cast, sent):
    inner = dsn(sent).decode().replace("{", "").replace("}", "")
    assert take(office, dsn(sent, original=inner)).ignored == 1
    unknown = ORIGINAL.replace("{message_id}", "<0123456789abcdef01234567@office.example>")
    assert take(office, dsn(sent, original=unknown)).ignored == 1
    assert take(office, b"Subject: hello\n\nAnybody there?\n").ignored == 1
    assert take(office, dsn(sent), at=NOON + timedelta(days=31)).ignored == 1
    assert rows(office, Bounce) == []
    assert alices(office, cast).state == MessageState.SENT


def test_a_postmaster_who_reports_no_failure_is_ignored(office, cast: Cast, sent):
    delivered = dsn(sent, "250 2.0.0 ok", status="2.0.0", action="delivered")
    news = f"From: postmaster@x.example\nSubject: news\n\n{sent.message_id} is kept.".encode()

    assert take(office, delivered, news).ignored == 2
    assert alices(office, cast).state == MessageState.SENT


def test_a_bounce_of_an_address_corrected_since_speaks_of_the_old_one(office, cast: Cast, sent):
    edit(office, Official, cast.alice, email="alice@new.example")

    take(office, dsn(sent))

    assert suppressed(office) == ["alice@dinghai.example"]
    with reading(office.engine) as session:
        assert unreachable(session, DAY) == ([], [])
    assert told(office, "甲-1")[-1][0] == "carol"  # of this mail Alice knows nothing all the same


def test_the_return_path_names_the_message_even_if_the_report_says_nothing(
    office, cast: Cast, sent
):
    office = replace(office, bounce_address=BOUNCES)
    address = envelope_sender(office.secret, BOUNCES, office.mail_from, sent.id)

    came = take(office, dsn(sent, to=address, original="Subject: gone"))

    assert came.hard == 1
    assert alices(office, cast).state == MessageState.DEAD


def test_a_forged_return_path_is_ignored_whatever_else_the_report_says(office, cast: Cast, sent):
    office = replace(office, bounce_address=BOUNCES)
    genuine = tag(office.secret, sent.id)
    forged = [f"{genuine[:-1]}{'0' if genuine[-1] != '0' else '1'}", "1", f"zz{genuine}"]
    forged.append(tag(b"another secret", sent.id))

    came = take(office, *(dsn(sent, to=f"duban-bounce+{t}@unit.example") for t in forged))

    assert came.ignored == 4
    assert alices(office, cast).state == MessageState.SENT


def test_each_mail_leaves_with_a_return_path_of_its_own(office, cast: Cast):
    cast.task("甲-1", date(2022, 7, 13))
    play(office, DAY)
    with peer() as relay:
        deliver(replace(to(relay, office), bounce_address=BOUNCES), now=NOON)

    senders = [line.split("<")[1].split(">")[0] for line in relay.said if line.startswith("MAIL")]
    named = {message_of(office.secret, s.split("+")[1].split("@")[0]) for s in senders}
    assert named == {message.id for message in rows(office, Message)}
    assert all(len(s.split("@")[0]) <= 64 for s in senders)


def test_what_was_believed_lost_is_not_sent_again_after_its_bounce(office, cast: Cast, sent):
    edit(office, Message, sent.id, state=MessageState.QUEUED, sent_at=None)
    take(office, dsn(sent))
    with peer() as relay:
        deliver(to(relay, office), now=LATER)

    assert "alice@dinghai.example" not in relay.to()


def test_an_mbox_is_read_mail_by_mail(office, sent):
    line = b"From MAILER-DAEMON Thu Jul 14 12:00:01 2022\n"
    both = line + dsn(sent) + b"\n" + line + dsn(sent, report="another")

    assert len(split_mbox(both)) == 2
    assert take(office, *split_mbox(both)).hard == 2


@given(st.binary(max_size=400))
def test_whatever_is_sent_there_can_be_read(octets: bytes):
    head = b"From: mailer-daemon@x\nMessage-ID: <a>\nContent-Type: multipart/report; boundary=b\n"
    for mail in (octets, head + b"\n--b\n" + octets, b"Subject: =?x?b?" + octets):
        report = read_report(mail)
        assert report.said.isprintable()
        assert "\x00" not in report.their_id
