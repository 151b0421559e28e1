"""Keys are renewed without voiding a link, and withdrawn when one must open nothing more."""

from datetime import timedelta
from pathlib import Path

import pytest

from flows.database import reading
from flows.delivery import deliver
from flows.keyring import UnreadableKeys, open_ring
from flows.link_keys import drop_keys
from flows.reply_links import find
from models import Message, ReplyLink
from notifications.links import key_id, token
from notifications.mailbox import Mailbox
from tests.kept import edit, rows
from tests.outboxes import NOON, fill, to


def tokens(mailbox: Mailbox) -> list[str]:
    return [
        mail.text.partition("/r/")[2][:32]
        for mail in sorted(mailbox.messages(), key=lambda mail: mail.id)
    ]


def opens(office, written: str) -> bool:
    with reading(office.engine) as session:
        found = find(session, office.ring, written, NOON)
        return found is not None and not found.withdrawn


def test_the_first_key_is_made_once_for_its_owner_alone(tmp_path: Path):
    ring = open_ring(tmp_path / "secret")

    assert len(ring.newest) == 32
    assert open_ring(tmp_path / "secret").keys == ring.keys
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secret"]


def test_a_file_of_one_raw_key_is_still_read(tmp_path: Path):
    raw = bytes(range(10, 42))  # with line ends in it
    (tmp_path / "secret").write_bytes(raw)
    ring = open_ring(tmp_path / "secret")
    assert ring.keys == (raw,)

    ring.rotate()

    assert ring.keys[1:] == (raw,)
    assert (tmp_path / "secret").read_text().splitlines()[1] == raw.hex()


@pytest.mark.parametrize("content", [b"", b"\n", b"secret", b"0" * 63, b"0" * 64 + b"\nxyz\n"])
def test_a_file_that_holds_no_keys_is_refused_and_left_alone(tmp_path: Path, content: bytes):
    file = tmp_path / "secret"
    file.write_bytes(content)

    with pytest.raises(UnreadableKeys):
        open_ring(file)

    assert file.read_bytes() == content


def test_what_is_running_sees_a_new_key_and_misses_a_dropped_one(tmp_path: Path):
    running, command = open_ring(tmp_path / "secret"), open_ring(tmp_path / "secret")
    first = running.newest

    command.rotate()
    assert running.keys == (command.newest, first)
    assert running.named(key_id(first)) == first
    command.drop()
    assert running.keys == (command.newest,)
    assert running.named(key_id(first)) is None


def test_a_mail_written_before_a_rotation_goes_with_the_key_that_its_link_names(office):
    fill(office, "a@dinghai.example")
    office.ring.rotate()

    with Mailbox() as mailbox:
        deliver(to(mailbox, office), now=NOON)

    assert [opens(office, written) for written in tokens(mailbox)] == [True]


def test_the_brake_voids_what_was_sent_and_renews_what_waits(office):
    fill(office, "a@dinghai.example", "b@dinghai.example")
    later = NOON + timedelta(minutes=5)
    edit(office, Message, 2, next_at=later)
    with Mailbox() as mailbox:
        deliver(to(mailbox, office), now=NOON)
        office.ring.rotate()
        done = drop_keys(office, NOON)
        deliver(to(mailbox, office), now=later)

    assert (done.keys, done.void, done.renewed) == (1, 1, 1)
    assert [opens(office, written) for written in tokens(mailbox)] == [False, True]
    assert len(office.ring.keys) == 1


def test_the_brake_leaves_the_links_of_a_mail_in_hand_to_be_told_as_withdrawn(office):
    fill(office, "a@dinghai.example")
    edit(office, Message, 1, lease_owner="x", lease_until=NOON + timedelta(minutes=9))
    old, [link] = office.secret, rows(office, ReplyLink)
    office.ring.rotate()

    assert drop_keys(office, NOON).renewed == 0

    with reading(office.engine) as session:
        assert find(session, office.ring, token(old, link.salt), NOON).withdrawn
