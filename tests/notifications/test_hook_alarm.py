"""The mail on a webhook that takes nothing says which, where, since when and why."""

import html
from datetime import datetime

import pytest

from notifications.alarm import HookAlarm, render_hook_alarm
from notifications.wording import LANGUAGES
from tests.conftest import SHANGHAI


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_alarm_says_which_where_since_when_and_why(language):
    since = datetime(2022, 7, 14, 9, 5, tzinfo=SHANGHAI)
    alarm = HookAlarm("大屏", "https://screen.example/x?a=1&b=2", "500 <Internal>", since)

    mail = render_hook_alarm(alarm, language)

    for body in (mail.text, html.unescape(mail.html)):
        for said in (alarm.name, alarm.address, alarm.said, "09:05"):
            assert said in body
    assert alarm.name in mail.subject
    assert "<Internal>" not in mail.html
