"""What a mail and a reply page say about one person's part in a matter, in whole sentences."""

from datetime import date

from models.ladder import Entry
from models.notice import Duty
from models.organisation import PostKind
from models.warning import Colour
from notifications.explanation import entry_words
from notifications.told import seat_words
from notifications.wording import CHINESE, ENGLISH, colour_word, day_words, over_words, post_word


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


def still_owed(answer_by: date | None, language: str = CHINESE) -> str:
    """As `owed`, of what was acknowledged."""
    if language == ENGLISH:
        return f"Please report progress{_by_english(answer_by)}."
    return f"请{_by(answer_by)}答复进展。"


def why(
    capacity: PostKind,
    stands_for: str = "",
    climbed_from: PostKind | None = None,
    language: str = CHINESE,
) -> str:
    """Why this person is told: the post, whose deputy, which post could not be reached."""
    seat = seat_words(capacity, climbed_from, language)
    if language == ENGLISH:
        said = f"You receive this as {seat}"
        said += f", as the deputy of {stands_for}, who is away" if stands_for else ""
        climbed = (
            f" The {post_word(climbed_from, language)} could not be reached, so it came up to you."
            if climbed_from
            else ""
        )
        return f"{said}.{climbed}"
    said = f"您以{seat}身份收到"
    said += f"（{stands_for}不在岗，由您代理）" if stands_for else ""
    climbed = (
        f"；原应通知{post_word(climbed_from)}，因未登记或联系不到，逐级上报至您"
        if climbed_from
        else ""
    )
    return f"{said}{climbed}。"


def why_asked(
    capacity: PostKind,
    stands_for: str = "",
    climbed_from: PostKind | None = None,
    named_by: str = "",
    language: str = CHINESE,
) -> str:
    """Why it is this person who is asked to decide."""
    post = seat_words(capacity, climbed_from, language)
    if language == ENGLISH:
        said = f"named by {named_by} of the supervision office" if named_by else f"as {post}"
        said += f", as the deputy of {stands_for}, who is away" if stands_for else ""
        climbed = (
            f" No {post_word(climbed_from, language)} can decide it (vacant, away, or with a part "
            "in it), so it came up to you."
            if climbed_from
            else ""
        )
        return f"You are asked {said}.{climbed}"
    said = f"督查办公室（{named_by}）指定由您决定" if named_by else f"由您以{post}身份决定"
    said += f"（{stands_for}不在岗，由您代理）" if stands_for else ""
    climbed = (
        f"；原应由{post_word(climbed_from)}决定，因缺岗、回避或参与办理，逐级上报至您"
        if climbed_from
        else ""
    )
    return f"{said}{climbed}。"


def chased(
    decide_by: date,
    days_over: int,
    *,
    superior: bool,
    refused: bool,
    owed_by: str = "",
    language: str = CHINESE,
) -> str:
    """A decision that is due or late: to whoever owes it, or to the level above."""
    english, by = language == ENGLISH, day_words(decide_by, language)
    if refused:
        who = owed_by or ("whoever has to decide" if english else "审核人")
        if english:
            return f"The mail to {who} was refused, so it may be unknown there. Due by {by}."
        return f"发给{who}的送审邮件被拒收，对方可能尚不知情，请予转告；审核期限{by}。"
    late = over_words(days_over, language)
    if not superior:
        return (
            f"Please decide; {late} (by {by})." if english else f"请作出决定，{late}（期限{by}）。"
        )
    if english:
        return f"{owed_by or 'The reviewer'} was to decide by {by}; {late}. Please see to it."
    return f"应由{owed_by or '审核人'}在{by}（含）前决定，{late}，请予督促。"


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
