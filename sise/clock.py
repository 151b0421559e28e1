"""The one place that reads the clock; edges call it once and pass the result down."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)


def business_date(at: datetime, timezone: ZoneInfo) -> date:
    """The calendar day that the office has at this instant."""
    return at.astimezone(timezone).date()
