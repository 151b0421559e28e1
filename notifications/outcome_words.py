"""The sentences of an outcome: what follows for its reader, its deadline and its colour."""

from datetime import date
from typing import Protocol

from models.warning import Colour
from notifications.wording import ENGLISH, colour_word, day_words, word


class Decided(Protocol):
    """What a sentence asks of an outcome; `notifications.outcome.Outcome` has it."""

    @property
    def event(self) -> str: ...
    @property
    def part(self) -> str: ...
    @property
    def request(self) -> str | None: ...
    @property
    def colour(self) -> Colour: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def moved_from(self) -> date | None: ...
    @property
    def original_due_on(self) -> date | None: ...
    @property
    def handler(self) -> str: ...


_TO_BE_DONE: dict[str, tuple[str, str]] = {
    "return": (
        "请按要求继续整改{due}，完成后重新申请销号。",
        "Please go on{due}, and apply for the sign-off again.",
    ),
    "ask": (
        "请补充材料或说明后重新提交；审核期间颜色不变。",
        "Please add what is wanted and submit it again; the colour holds meanwhile.",
    ),
    "sign_off": (
        "本事项已销号，预警一并解除，无需再办；之后按规定开展回头看。",
        "It is off the ledger and its warning is lifted; it may be looked back at.",
    ),
    "uphold": (
        "异议成立，请留意后续交办安排。",
        "The objection was upheld; please see to whom it is assigned.",
    ),
    "reject": (
        "异议不成立，请继续按期办理{due}。",
        "The objection was rejected; please carry on{due}.",
    ),
    "suspend": (
        "中止期间不计时、不升级；恢复办理时时限相应顺延。",
        "The clock stands still; when it is resumed the deadline moves by as many days.",
    ),
    "resume": ("已恢复办理，请继续办理{due}。", "It is resumed; please carry on{due}."),
    "make_long_term": (
        "已转为长期坚持，请按周期报告，下次复核日期即为时限{due}。",
        "It is long-term now; please report in its cycle, the next review being its deadline{due}.",
    ),
    "end_long_term": (
        "已转回限期整改，请按期办结{due}。",
        "It has a deadline again; please finish it{due}.",
    ),
    "new": ("本事项现由您负责，请按期办理{due}。", "You handle it now; please do so{due}."),
    "reassign": ("责任单位有调整，请继续办理{due}。", "Please carry on{due}."),
    "withdraw": ("本事项已撤回，无需再办。", "It was withdrawn; nothing is left to do."),
    "reopen": (
        "请重新整改{due}，完成后再次申请销号。",
        "Please rectify it anew{due}, and apply for the sign-off again.",
    ),
    "grant": ("请按新的时限办理{due}。", "Please go by the new deadline{due}."),
    "refuse": ("仍按现有时限办理{due}。", "The present deadline stands{due}."),
    "grant.suspension": (
        "中止期间不计时、不升级；恢复办理时时限相应顺延。",
        "The clock stands still; when it is resumed the deadline moves by as many days.",
    ),
    "grant.long_term": (
        "已转为长期坚持，请按周期报告，下次复核日期即为时限{due}。",
        "It is long-term now; please report in its cycle, the next review being its deadline{due}.",
    ),
    "grant.objection": (
        "异议成立，请留意后续交办安排。",
        "The objection was upheld; please see to whom it is assigned.",
    ),
    "grant.review": (
        "阶段复核已通过，请继续坚持；下次复核日期即为时限{due}。",
        "The review was passed; the next one is its deadline{due}.",
    ),
    "refuse.review": (
        "阶段复核未通过，请按要求整改后重新报告{due}。",
        "The review was not passed; please mend it and report again{due}.",
    ),
    "refuse.objection": (
        "异议不成立，请继续按期办理{due}。",
        "The objection was rejected; please carry on{due}.",
    ),
    "copy": ("供您知悉，无需操作。", "For your information; nothing to do."),
    "relieved": (
        "本事项已改由{handler}负责，您无需再办。",
        "{handler} handles it now; nothing is left for you to do.",
    ),
    "not_asked": (
        "此前请您决定的这一事项，已由他人决定、已撤回或有变动，您无需再办。",
        "You need not decide on it any more: another did, or it was taken back or changed.",
    ),
}


def todo(outcome: Decided, language: str) -> str:
    """What the reader has to do now."""
    key = outcome.part if outcome.part != "responsible" else outcome.event
    with_kind = f"{outcome.event}.{outcome.request}"
    if outcome.part == "responsible" and with_kind in _TO_BE_DONE:
        key = with_kind
    english = language == ENGLISH
    due = ""
    if outcome.due_on:
        on = day_words(outcome.due_on, language)
        due = f" by {on}" if english else f"，时限{on}（含）"
    handler = outcome.handler or ("somebody else" if english else "他人")
    return _TO_BE_DONE[key][english].format(due=due, handler=handler)


def deadline(outcome: Decided, language: str) -> str:
    """The deadline now, what it was before this, and the first one."""
    english = language == ENGLISH
    assert outcome.due_on is not None  # for the types: the caller looked
    said = [day_words(outcome.due_on, language)]
    if (was := outcome.moved_from) and was != outcome.due_on:
        said.append(f"was {day_words(was, language)}" if english else f"原为{day_words(was)}")
    first = outcome.original_due_on
    if first and first not in (outcome.due_on, was):
        said.append(f"first {day_words(first, language)}" if english else f"最初{day_words(first)}")
    more = (", " if english else "，").join(said[1:])
    if not more:
        return said[0]
    return f"{said[0]} ({more})" if english else f"{said[0]}（{more}）"


def relieved(outcome: Decided, came_from: Colour, language: str) -> str:
    was, now = (colour_word(colour, language) for colour in (came_from, outcome.colour))
    if language == ENGLISH:
        return f"From {was} to {now}: {word('outcome.because_' + _why(outcome), language)}."
    return f"由{was}降为{now}，因{word('outcome.because_' + _why(outcome))}。"


def _why(outcome: Decided) -> str:
    return "closed" if outcome.event in ("sign_off", "withdraw") else "moved"
