"""The mail after an outage says from when to when, why, and how many mails waited."""

import html
from dataclasses import replace
from datetime import datetime

import pytest

from notifications.alarm import Alarm, render_alarm
from notifications.wording import LANGUAGES
from tests.conftest import SHANGHAI

ALARM = Alarm(
    relay="mail.dinghai.example:465",
    said="mail.dinghai.example:465: <certificate> & expired",
    since=datetime(2022, 7, 14, 9, 5, tzinfo=SHANGHAI),
    until=datetime(2022, 7, 15, 10, 0, tzinfo=SHANGHAI),
    waited=37,
)
WHEN = {
    "zh-CN": ("2022年7月14日 09:05", "2022年7月15日 10:00"),
    "en": ("14 July 2022, 09:05", "15 July 2022, 10:00"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_alarm_says_from_when_to_when_why_and_how_many_waited(language):
    mail = render_alarm(ALARM, language)

    for body in (mail.text, html.unescape(mail.html)):
        for said in (ALARM.relay, ALARM.said, "37", *WHEN[language]):
            assert said in body
    assert WHEN[language][0] in mail.subject
    assert "<certificate>" not in mail.html


def test_one_mail_is_one_mail():
    assert "1 mail\n" in render_alarm(replace(ALARM, waited=1), "en").text
