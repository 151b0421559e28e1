"""Webhooks reach a receiver with faults: signed, at least once, always with the same bytes."""

import base64
import hashlib
import hmac
import json
import signal
import threading
from concurrent.futures import Future
from dataclasses import replace
from datetime import date, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from benchmarks.ports import free_port
from flows.database import open_engine, reading, transaction
from flows.hooks import attempts
from flows.hooks.claims import LEASE, claim_next
from flows.hooks.registering import find_webhook, remove_webhook
from flows.hooks.sending import send_webhooks, try_webhook
from flows.hooks.telling import LIFE, _tell, tell_webhooks
from flows.night import NightRun, Step, run_night
from flows.replies import answer
from models import Message, Task, Webhook, WebhookAttempt, WebhookDelivery
from models.message import MessageKind
from models.webhook import AttemptOutcome, DeliveryState
from notifications import receivers
from tests.conftest import instant, office_on
from tests.flows.hooks.conftest import DAY, NOON
from tests.forked import begun, end_of, kill
from tests.kept import edit, play, reply, rows
from tests.receivers import DROP, receiving
from tests.smtp_peers import self_signed

DUE = date(2022, 7, 13)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def blue(office, cast):
    """A night in which these matters turn blue, and which sends nothing."""

    def warn(*numbers: str) -> None:
        for number in numbers or ("甲-1",):
            cast.task(number, DUE)
        run_night(office, on=DAY, now=instant(DAY), run_step=all_but_sending)

    def all_but_sending(step: Step, run: NightRun) -> None:
        if step.name not in ("deliver", "send-summary"):
            step.act(run)

    return warn


def states(office) -> list[DeliveryState]:
    return [delivery.state for delivery in rows(office, WebhookDelivery)]


def outcomes(office) -> list[tuple[int, AttemptOutcome]]:
    return [(one.n, one.outcome) for one in rows(office, WebhookAttempt)]


def verify(secret: str, post) -> None:
    """As docs/api.md tells a receiver to do it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{post.headers['webhook-id']}.{post.headers['webhook-timestamp']}.".encode()
    expected = base64.b64encode(hmac.new(key, signed + post.body, hashlib.sha256).digest())
    versions = post.headers["webhook-signature"].split()
    assert any(hmac.compare_digest(f"v1,{expected.decode()}", one) for one in versions)


def test_a_transition_is_told_signed_and_with_facts_alone(office, cast, hook, blue):
    with receiving() as there:
        secret = hook(there.address)
        blue()
        sent = send_webhooks(office, now=NOON)

    [post] = there.posts
    verify(secret, post)
    assert sent.taken == 1
    assert post.headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    told = json.loads(post.body)
    assert told.pop("timestamp") == told["data"]["at"]
    [place, at] = [told["data"].pop(name) for name in ("place", "at")]
    assert place.endswith(".1")
    assert at.endswith("+00:00")
    assert told == {
        "type": "warning.escalate",
        "data": {
            "task": "甲-1",
            "colour": "blue",
            "due_on": "2022-07-13",
            "on": "2022-07-14",
            "restricted": False,
            "machine": "warning",
            "event": "escalate",
            "source": "green",
            "target": "blue",
        },
    }
    assert states(office) == [DeliveryState.TAKEN]


def test_what_was_before_a_webhook_is_not_told_and_nothing_is_told_twice(office, cast, hook, blue):
    blue()
    with receiving() as there:
        hook(there.address, at=NOON)
        send_webhooks(office, now=NOON)
        assert there.posts == []
        reply(office, answer, cast.alice, "甲-1", on=DAY)
        send_webhooks(office, now=NOON)
        send_webhooks(office, now=NOON)

    assert [json.loads(post.body)["type"] for post in there.posts] == [
        *("notice.answer", "sign-off.start")
    ]


def test_each_is_told_of_the_events_and_procedures_that_it_wants(office, cast, hook, blue):
    with receiving() as there:
        hook(there.address, name="红", events=["warning.relieve", "sign-off"])
        hook(there.address, name="线", procedures=["rectification"], events=["notice.answer"])
        blue()
        reply(office, answer, cast.alice, "甲-1", on=DAY)
        send_webhooks(office, now=NOON)

    found = sorted(json.loads(post.body)["type"] for post in there.posts)
    assert found == ["notice.answer", "sign-off.start"]


def test_of_a_restricted_matter_number_colour_and_dates_are_told_and_nothing_else(
    office, cast, hook
):
    with receiving() as there:
        hook(there.address, name="全部")
        hook(there.address, name="升级", events=["warning.escalate"])
        hook(there.address, name="一类", procedures=["rectification"])
        hook(there.address, name="解除", events=["warning.lift"])
        cast.task("密-1", DUE, restricted=True, title="某人的线索")
        play(office, DAY)
        reply(office, answer, cast.alice, "密-1", on=DAY)
        send_webhooks(office, now=NOON)

    told = [json.loads(post.body) for post in there.posts]
    assert len(told) == 2, "whoever asked for all, and for escalations"
    for one in told:
        assert one["type"] == "warning"
        assert set(one["data"]) == {
            *("place", "task", "colour", "due_on", "on", "at", "restricted")
        }


@pytest.mark.parametrize("fault", [500, 404, 302, DROP])
def test_what_was_not_taken_comes_again_with_the_same_id_and_bytes(office, cast, hook, blue, fault):
    with receiving(lambda post: fault if post.n < 3 else 200) as there:
        secret = hook(there.address)
        blue()
        for minutes in (0, 0.5, 2, 8):
            send_webhooks(office, now=NOON + minutes * MINUTE)

    assert len(there.posts) == 3, "half a minute later is too early"
    assert len({(post.id, post.body) for post in there.posts}) == 1
    assert len({post.headers["webhook-signature"] for post in there.posts}) == 3
    assert {post.path for post in there.posts} == {"/hook"}, "no redirect is followed"
    for post in there.posts:
        verify(secret, post)
    kind = AttemptOutcome.REFUSED if fault else AttemptOutcome.FAILED
    assert outcomes(office) == [(1, kind), (2, kind), (3, AttemptOutcome.TAKEN)]


def test_a_receiver_that_fails_is_paused_and_told_of_once_and_the_others_go_on(
    office, cast, hook, blue
):
    with receiving(lambda post: 500) as broken, receiving() as well:
        hook(broken.address, name="坏")
        hook(well.address, name="好")
        blue(*(f"甲-{n}" for n in range(6)))
        send_webhooks(office, now=NOON)
        assert (len(broken.posts), len(well.posts)) == (attempts.IN_A_ROW, 6)
        send_webhooks(office, now=NOON + 0.5 * MINUTE)
        assert len(broken.posts) == attempts.IN_A_ROW, "paused"
        for minutes in (3, 20, 60):
            send_webhooks(office, now=NOON + minutes * MINUTE)
        assert len(broken.posts) == attempts.IN_A_ROW + 3, "one probe for each pause"
        broken.script = lambda post: 200
        send_webhooks(office, now=NOON + 200 * MINUTE)

    assert set(states(office)) == {DeliveryState.TAKEN}
    [alarm] = rows(office, Message, Message.kind == MessageKind.ALARM)
    assert alarm.official_id == cast.olga
    assert "坏" in alarm.body.text
    assert "500" in alarm.body.text
    assert {hook.paused_until for hook in rows(office, Webhook)} == {None}


def test_a_delivery_that_nobody_takes_is_given_up_after_its_life(office, cast, hook, blue):
    with receiving(lambda post: 503) as there:
        hook(there.address)
        blue("甲-1", "甲-2", "甲-3", "甲-4")
        send_webhooks(office, now=NOON)
        send_webhooks(office, now=NOON + LIFE + MINUTE)
        there.script = lambda post: 200
        send_webhooks(office, now=NOON + LIFE + 200 * MINUTE)

    assert states(office) == [DeliveryState.EXPIRED] * 4
    assert len(there.posts) == 3, "what is given up is not sent"


def test_an_answer_that_never_comes_is_called_that(office, cast, hook, blue, monkeypatch):
    monkeypatch.setattr(receivers, "SECONDS", 0.3)

    def never(post) -> int:
        stop.wait(60)
        return 200

    stop = threading.Event()
    with receiving(never) as there:
        hook(there.address)
        blue()
        send_webhooks(office, now=NOON)
        stop.set()

    [attempt] = rows(office, WebhookAttempt)
    assert (attempt.outcome, attempt.said) == (
        AttemptOutcome.FAILED,
        "no answer within 0 seconds",
    )


def test_a_certificate_that_is_not_trusted_is_called_that_and_nothing_is_sent(
    office, cast, hook, blue, tmp_path
):
    with receiving(context=self_signed(tmp_path)) as there:
        hook(there.address)
        blue()
        send_webhooks(office, now=NOON)

    [attempt] = rows(office, WebhookAttempt)
    assert attempt.said == "its certificate is not accepted: self-signed certificate"
    assert there.posts == []


def test_an_address_where_nobody_listens_is_called_that(office, cast, hook, blue):
    with free_port() as port:
        hook(f"http://127.0.0.1:{port}/hook")
        blue()
        send_webhooks(office, now=NOON)

    assert "refused" in rows(office, WebhookAttempt)[0].said.lower()


def send_elsewhere(url: str, home: Path) -> None:
    send_webhooks(office_on(open_engine(url), home), now=NOON)


def test_whoever_is_killed_between_sending_and_settling_loses_nothing(
    office, cast, hook, blue, database_url
):
    """Killed when the second of four has arrived and is not answered."""
    child: Future[BaseProcess] = Future()  # known later, perhaps, than what it sends arrives

    def dies(post) -> int:
        if post.n == 2:
            kill(child.result(60))
            return DROP
        return 200

    with receiving(dies) as there:
        hook(there.address)
        blue("甲-1", "甲-2", "甲-3", "甲-4")
        child.set_result(begun(send_elsewhere, database_url, office.home))
        assert end_of(child.result()) == -signal.SIGKILL
        send_webhooks(office, now=NOON + MINUTE)
        assert len({post.id for post in there.posts}) == 4, "the leased one waits for its lease"
        assert len(there.posts) == 4
        send_webhooks(office, now=NOON + 2 * LEASE)

    twice = [post for post in there.posts if post.id == there.posts[1].id]
    assert len(there.posts) == 5
    assert len({post.body for post in twice}) == 1
    assert set(states(office)) == {DeliveryState.TAKEN}
    assert AttemptOutcome.UNKNOWN in [one for _, one in outcomes(office)]


def test_whoever_lost_the_lease_settles_nothing(office, cast, hook, blue):
    stolen = []

    def slow(post) -> int:
        if not stolen:
            with transaction(office.engine, NOON + 2 * LEASE) as session:
                stolen.append(claim_next(session, 1, "another", NOON + 2 * LEASE))
        return 200

    with receiving(slow) as there:
        hook(there.address)
        blue()
        sent = send_webhooks(office, now=NOON)

    [delivery] = rows(office, WebhookDelivery)
    assert (sent.taken, delivery.state) == (0, DeliveryState.QUEUED)
    assert (delivery.lease_owner, delivery.attempts) == ("another", 2)


def test_a_process_that_dies_while_it_tells_tells_all_the_next_time_and_once(
    office, cast, hook, blue
):
    hook("http://127.0.0.1:9/")
    blue("甲-1", "甲-2", "甲-3")

    def dies() -> None:
        with transaction(office.engine, NOON) as session:
            _tell(session, 1, NOON)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dies()
    assert rows(office, WebhookDelivery) == []
    tell_webhooks(office, now=NOON)
    tell_webhooks(office, now=NOON)

    assert len(rows(office, WebhookDelivery)) == 3


def test_a_long_night_is_told_in_parts_without_gap_or_repetition(
    office, cast, hook, blue, monkeypatch
):
    monkeypatch.setattr("flows.hooks.telling.TOGETHER", 3)
    hook("http://127.0.0.1:9/")
    blue(*(f"甲-{n}" for n in range(7)))

    tell_webhooks(office, now=NOON)

    told = [json.loads(one.body)["data"]["task"] for one in rows(office, WebhookDelivery)]
    assert sorted(told) == [f"甲-{n}" for n in range(7)]


def test_a_trial_is_sent_at_once_and_ends_a_pause(office, cast, hook, blue):
    with receiving(lambda post: 500 if post.n <= 3 else 200) as there:
        hook(there.address)
        blue("甲-1", "甲-2", "甲-3")
        send_webhooks(office, now=NOON)
        with reading(office.engine) as session:
            registered = find_webhook(session, "大屏")
        tried = try_webhook(office, registered, now=NOON + 0.5 * MINUTE)
        send_webhooks(office, now=NOON + 2 * MINUTE)

    assert tried.outcome == AttemptOutcome.TAKEN
    assert json.loads(there.posts[3].body)["type"] == "trial"
    assert set(states(office)) == {DeliveryState.TAKEN}


def test_what_a_removed_webhook_was_owed_is_dropped(office, cast, hook, blue):
    with receiving() as there:
        hook(there.address)
        blue()
        tell_webhooks(office, now=NOON)
        with transaction(office.engine, NOON) as session:
            remove_webhook(session, "大屏", by="adam", now=NOON)
        send_webhooks(office, now=NOON)

    assert there.posts == []
    assert states(office) == [DeliveryState.DROPPED]


def test_without_the_key_of_its_secret_nothing_is_sent_and_that_is_said(office, cast, hook, blue):
    with receiving() as there:
        hook(there.address)
        blue()
        office.ring.rotate()
        office.ring.drop()
        send_webhooks(office, now=NOON)

    assert there.posts == []
    assert "add it again under another name" in rows(office, WebhookAttempt)[0].said


def test_a_night_sends_them_and_no_receiver_keeps_it_from_its_end(office, cast, hook):
    """An office without a relay, too."""
    with receiving(lambda post: 500) as broken, receiving() as well:
        hook(broken.address, name="坏")
        hook(well.address, name="好")
        cast.task("甲-1", DUE)
        result = play(replace(office, smtp_url=None), DAY)

    assert result["escalated"]["blue"] == 1
    assert (len(broken.posts), len(well.posts)) == (1, 1)


def test_what_is_restricted_by_then_is_told_so(office, cast, hook, blue):
    hook("http://127.0.0.1:9/")
    blue()
    [task] = rows(office, Task)
    edit(office, Task, task.id, restricted=True)

    tell_webhooks(office, now=NOON)

    assert json.loads(rows(office, WebhookDelivery)[0].body)["type"] == "warning"
