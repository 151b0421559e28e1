"""Mail that cannot go yet: `sise night` and `sise deliver` say so in one sentence and exit 0."""

from types import SimpleNamespace

import pytest

from tests.sise.conftest import Sise
from tests.smtp_peers import aiosmtpd_peer, answers, peer, self_signed

GEHEIM = "smtps://user:geheim@127.0.0.1:{port}"


def say(kept: Sise, **settings: str) -> tuple[list[str], list[str]]:
    """What a night and a delivery say of the waiting mail, each in Chinese."""
    for name, value in {"SISE_MAIL_HOURS": "always", **settings}.items():
        kept.monkeypatch.setenv(name, value)
    return tuple(
        [line for line in kept.done(*command).out.splitlines() if line.startswith("·")]
        for command in (("night", "--inline"), ("deliver",))
    )


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (answers(greeting="554 not you"), "554 not you"),
        (answers(MAIL="550 not you"), "550 not you"),
        (answers(RCPT="451 greylisted"), "451 greylisted"),
        (answers(RCPT=b"450 [red]\xc9\xd4\xba\xf3"), "450 [red]稍后"),  # in GBK
    ],
)
def test_a_relay_that_refuses(kept: Sise, script, words):
    with peer(script) as relay:
        night, deliver = say(kept, SISE_SMTP_URL=relay.url)

    assert len(night) == len(deliver) == 1
    assert words in night[0]
    assert words in deliver[0]


def test_a_relay_that_is_down(kept: Sise):
    with peer() as relay:
        pass

    night, deliver = say(kept, SISE_SMTP_URL=relay.url)

    assert night == deliver
    assert f"127.0.0.1:{relay.port}: Connection refused" in night[0]
    assert kept.done("deliver", "--json").json["deferred"] == 5


def test_a_certificate_that_nobody_trusts(kept: Sise, tmp_path):
    with aiosmtpd_peer(ssl_context=self_signed(tmp_path)) as (_, port):
        night, deliver = say(kept, SISE_SMTP_URL=GEHEIM.format(port=port))

    assert night == deliver
    assert "certificate" in night[0]
    assert "geheim" not in night[0]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({}, "SISE_SMTP_URL"),
        ({"SISE_SMTP_URL": "smtp://127.0.0.1:9", "SISE_MAIL_FROM": "duban@-"}, "SISE_MAIL_FROM"),
        (
            {"SISE_SMTP_URL": "smtp://127.0.0.1:9", "SISE_MAIL_HOURS": "00:00-00:01"},
            "00:00-00:01",
        ),
    ],
    ids=["none", "sender", "hours"],
)
def test_a_setting_that_holds_it_back_is_named(kept: Sise, settings, named, language):
    night, deliver = say(kept, SISE_LANGUAGE=language, **settings)

    assert night == deliver
    assert len(night) == 1
    assert named in night[0]
    assert "geheim" not in night[0]


def test_a_host_that_is_not_known(kept: Sise):
    night, deliver = say(kept, SISE_SMTP_URL="smtp://no-such-host.invalid:25")

    assert night == deliver
    assert "no-such-host.invalid:25: its name cannot be looked up" in night[0]
    assert "Unknown error" not in night[0]


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_person_who_delivers_has_a_relay_tried_that_is_left_alone(kept: Sise, by_hand):
    with peer(answers(greeting="554 not you")) as relay:
        say(kept, SISE_SMTP_URL=relay.url)
        relay.script = lambda verb, argument: None
        kept.monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: by_hand))

        sent = kept.done("deliver", "--json").json

    assert (sent["sent"], "554 not you" in sent["why"]) == ((5, False) if by_hand else (0, True))
