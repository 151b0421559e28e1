"""When a duty comes back, and how long there is to answer, in words."""

from models.duty_file import DutyFile
from notifications.explanation import span_words
from notifications.wording import ENGLISH

_DAYS = {
    "MO": ("周一", "Monday"),
    "TU": ("周二", "Tuesday"),
    "WE": ("周三", "Wednesday"),
    "TH": ("周四", "Thursday"),
    "FR": ("周五", "Friday"),
    "SA": ("周六", "Saturday"),
    "SU": ("周日", "Sunday"),
}
_EVERY = {
    "DAILY": ("天", "day"),
    "WEEKLY": ("周", "week"),
    "MONTHLY": ("月", "month"),
    "YEARLY": ("年", "year"),
}
_MONTHS = "January February March April May June July August September October November December"


def recurrence_words(duty: DutyFile, language: str) -> str:
    """每月 15 日, or on day 15 of every month."""
    english = language == ENGLISH
    if duty.before_holiday is not None:
        span = span_words(duty.before_holiday, language)
        return f"{span} before each long holiday" if english else f"每个长假前 {span}"
    parts = dict(part.split("=") for part in duty.recurrence.split(";"))
    said = [_every(parts, english), *_months(parts, english), *_days(parts, duty, english)]
    return ", ".join(said) if english else "".join(said)


def answer_words(duty: DutyFile, language: str) -> str:
    english = language == ENGLISH
    if duty.within is not None:
        span = span_words(duty.within, language)
        return f"within {span}" if english else f"{span}内"
    return f"by day {duty.by_day} of the month" if english else f"{duty.by_day} 日前"


def _every(parts: dict[str, str], english: bool) -> str:
    n, word = int(parts.get("INTERVAL", "1")), _EVERY[parts["FREQ"]][english]
    if english:
        return f"every {word}" if n == 1 else f"every {n} {word}s"
    return f"每{word}" if n == 1 else f"每 {n} {'个月' if word == '月' else word}"


def _months(parts: dict[str, str], english: bool) -> list[str]:
    if "BYMONTH" not in parts:
        return []
    months = [int(one) for one in parts["BYMONTH"].split(",")]
    if english:
        return ["in " + _listed([_MONTHS.split()[n - 1] for n in months])]
    return [" " + "、".join(str(n) for n in months) + " 月"]


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _days(parts: dict[str, str], duty: DutyFile, english: bool) -> list[str]:
    if "BYDAY" in parts:
        days = [_weekday(one, english) for one in parts["BYDAY"].split(",")]
        said = ("on " + " and ".join(days)) if english else "、".join(days)
        if parts["FREQ"] == "WEEKLY" and not english and "INTERVAL" not in parts:
            said = said.removeprefix("周")  # 每周 is said already
        return [said, *_place(parts, english)]
    if "BYMONTHDAY" in parts:
        return _month_days(parts, english)
    if parts["FREQ"] in ("MONTHLY", "YEARLY"):
        month = f"{duty.begins.month} 月" if parts["FREQ"] == "YEARLY" and not english else ""
        month = "" if "BYMONTH" in parts else month
        return [f"on {duty.begins:%d %B}" if english else f" {month} {duty.begins.day} 日"]
    return []


def _month_days(parts: dict[str, str], english: bool) -> list[str]:
    days = [int(one) for one in parts["BYMONTHDAY"].split(",")]
    if parts.get("BYSETPOS") == "-1" and days[0] == 28:
        last = days[-1]
        return [f"on day {last} or the last" if english else f" {last} 日（无此日的为月末）"]
    said = [_month_day(day, english) for day in days]
    chinese = (" " if days[0] > 0 else "") + "、".join(said)
    return [("on " + " and ".join(said)) if english else chinese, *_place(parts, english)]


def _month_day(day: int, english: bool) -> str:
    if day == -1:
        return "the last day" if english else "最后一日"
    if day < 0:
        return f"the last day but {-day - 1}" if english else f"倒数第 {-day} 日"
    return f"day {day}" if english else f"{day} 日"


def _weekday(written: str, english: bool) -> str:
    name, place = _DAYS[written[-2:]][english], written[:-2]
    if not place:
        return name
    n = int(place)
    if english:
        return f"the last {name}" if n == -1 else f"{name} number {n}"
    return f"最后一个{name}" if n == -1 else f"第 {n} 个{name}"


def _place(parts: dict[str, str], english: bool) -> list[str]:
    if "BYSETPOS" not in parts:
        return []
    where = parts["BYSETPOS"]
    if where == "-1":
        return ["the last of them"] if english else ["中的最后一个"]
    return [f"number {where} of them"] if english else [f"中的第 {where} 个"]
