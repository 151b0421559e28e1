"""When things happen in tests: by the clocks of an office in Shanghai."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def instant(on: date, at: time = time(2)) -> datetime:
    """The instant at which the office's clocks show this."""
    return datetime.combine(on, at, SHANGHAI).astimezone(UTC)
