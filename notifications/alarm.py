"""What is told when mail could not be sent for a while, or a webhook takes nothing."""

from dataclasses import dataclass
from datetime import datetime

from notifications.render import Rendered, render


@dataclass(frozen=True, slots=True)
class Alarm:
    """Both instants in the office's own zone; `said` is what the relay said last."""

    relay: str
    said: str
    since: datetime
    until: datetime
    waited: int


def render_alarm(alarm: Alarm, language: str) -> Rendered:
    return render("alarm", language, alarm=alarm)


@dataclass(frozen=True, slots=True)
class HookAlarm:
    """`said`: what went wrong last; `since` in the office's own zone."""

    name: str
    address: str
    said: str
    since: datetime


def render_hook_alarm(alarm: HookAlarm, language: str) -> Rendered:
    return render("hook", language, alarm=alarm)
