"""What a mail and a reply page say about one person's part in a matter, in whole sentences."""

from datetime import date

from models.ladder import Entry
from models.notice import Duty
from models.organisation import PostKind
from models.warning import Colour
from notifications.explanation import entry_words
from notifications.wording import CHINESE, ENGLISH, colour_word, day_words, post_word


def owed(
    duty: Duty | None, acknowledge_by: date | None, answer_by: date | None, language: str = CHINESE
) -> str:
    """What is owed by when. A due date is included: that day is still in time."""
    if duty is None:
        return (
            "Not overdue yet. Please finish it in time."
            if language == ENGLISH
            else "尚未到期，请按期办结。"
        )
    if duty is Duty.COPY:
        return (
            "For your information; nothing to do." if language == ENGLISH else "供知悉，无需操作。"
        )
    if language == ENGLISH:
        return _owed_english(duty, acknowledge_by, answer_by)
    return _owed_chinese(duty, acknowledge_by, answer_by)


def why(
    capacity: PostKind,
    stands_for: str = "",
    climbed_from: PostKind | None = None,
    language: str = CHINESE,
) -> str:
    """Why this person is told: the post, whose deputy, which post could not be reached."""
    if language == ENGLISH:
        said = f"You receive this as {post_word(capacity, language)}"
        said += f", as the deputy of {stands_for}, who is away" if stands_for else ""
        climbed = (
            f" The {post_word(climbed_from, language)} could not be reached, so it came up to you."
            if climbed_from
            else ""
        )
        return f"{said}.{climbed}"
    said = f"您以{post_word(capacity)}身份收到"
    said += f"（{stands_for}不在岗，由您代理）" if stands_for else ""
    climbed = (
        f"；原应通知{post_word(climbed_from)}，因无法联系到，逐级上报至您" if climbed_from else ""
    )
    return f"{said}{climbed}。"


def raised(source: Colour, target: Colour, cause: Entry | None, language: str = CHINESE) -> str:
    """From which colour to which, and the clause of the policy that had come."""
    was, now = colour_word(source, language), colour_word(target, language)
    clause = entry_words(cause, language) if cause else ""
    if language == ENGLISH:
        return f"From {was} to {now}{f', {clause}' if clause else ''}."
    return f"{f'“{clause}”已到，' if clause else ''}由{was}升为{now}。"


def _owed_chinese(duty: Duty, acknowledge_by: date | None, answer_by: date | None) -> str:
    sign = f"{_by(acknowledge_by)}签收"
    if duty is Duty.ACKNOWLEDGE:
        return f"请{sign}，可附批示要求。"
    return f"请{sign}，{_by(answer_by)}答复进展。"


def _owed_english(duty: Duty, acknowledge_by: date | None, answer_by: date | None) -> str:
    sign = f"Please acknowledge{_by_english(acknowledge_by)}"
    if duty is Duty.ACKNOWLEDGE:
        return f"{sign}; you may add an instruction."
    return f"{sign} and report progress{_by_english(answer_by)}."


def _by(on: date | None) -> str:
    return f"在{day_words(on)}（含）前" if on else ""


def _by_english(on: date | None) -> str:
    return f" by {day_words(on, ENGLISH)}" if on else ""
