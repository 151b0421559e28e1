"""What the office is told after mail could not be sent for a while."""

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
