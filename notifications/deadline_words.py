"""A deadline in words: its date with the weekday, and on which day it counts."""

from datetime import date

from notifications.wording import ENGLISH, day_words

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def deadline_sentence(
    due_on: date, rolled_on: date | None, language: str, *, review: bool = False
) -> str:
    """When it is due, and on which day that counts; nothing if it does not count on any."""
    english, due = language == ENGLISH, weekday_words(due_on, language)
    what = ("下次复核日期", "The next review") if review else ("整改时限", "The deadline")
    if rolled_on is None:
        return ""
    if rolled_on == due_on:
        return f"{what[1]} is {due}." if english else f"{what[0]}是{due}，不需顺延。"
    rolled = weekday_words(rolled_on, language)
    return (
        f"{what[1]}, {due}, is a day off: it counts as {rolled}, the next working day."
        if english
        else f"{what[0]}是{due}，为休息日，按规定顺延到下一个工作日{rolled}。"
    )


def weekday_words(on: date, language: str) -> str:
    if language == ENGLISH:
        return f"{on:%A} {day_words(on, language)}"
    return f"{day_words(on)}（{_WEEKDAYS[on.weekday()]}）"
