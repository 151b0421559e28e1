"""What the office changed, in words: one fact, as it was and as it is."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from models.organisation import PostKind
from notifications.wording import CHINESE, ENGLISH, day_words, post_word, word

_UNATTENDED = {"命令行": "command line", "台账导入": "import of a ledger"}
_IMPORTED = ("opened", "updated", "units", "officials", "posts", "absences")
_TONGUES = {CHINESE: "中文", ENGLISH: "English"}


def fact_word(fact: str, language: str = CHINESE) -> str:
    return word(f"fact.{fact}", language)


def author_words(by: str, language: str = CHINESE) -> str:
    """Whoever it was; what no person did is called in the reader's language."""
    if language != ENGLISH:
        return by
    return _UNATTENDED.get(by, by.replace("（接口）", " (API)"))


def denied_words(name: str, fact: str, found: Any, expected: Any) -> tuple[str, str]:
    """That a thing is as the history does not say, in Chinese and English."""
    chinese = (value_words(fact, one) or "空" for one in (found, expected))
    english = (value_words(fact, one, ENGLISH) or "empty" for one in (found, expected))
    return (
        "{}：{}为 {}，而变动记录为 {}".format(name, fact_word(fact), *chinese),
        "{}: {} is {}, the history of changes says {}".format(
            name, fact_word(fact, ENGLISH), *english
        ),
    )


def value_words(fact: str, value: Any, language: str = CHINESE) -> str:
    """Empty for what was not there."""
    if value is None or value == "":
        return ""
    if fact in ("closed", "left", "confirmed"):
        return day_words(date.fromisoformat(value), language)
    if fact == "state":
        return word(f"recurring.{value}", language)
    if fact == "language":
        return _TONGUES.get(str(value), str(value))
    if fact == "post":
        return _post(value, language)
    if fact == "absence":
        return _absence(value, language)
    if fact == "day":
        return _pair(word("calendar.on" if value["working"] else "calendar.off", language), value)
    if fact == "added":
        return _listed({name: said for name, said in value.items() if name != "name"}, language)
    if fact == "imported":
        return _counted(value, language)
    return str(value)


def _post(value: Mapping[str, Any], language: str) -> str:
    post = post_word(PostKind(value["kind"]), language)
    if language == ENGLISH:
        return f"{post} of {value['unit']}{_days(value, language)}"
    return f"{value['unit']}{post}{_days(value, language)}"


def _absence(value: Mapping[str, Any], language: str) -> str:
    stands_in = (
        f"{value['deputy']} stands in" if language == ENGLISH else f"由{value['deputy']}代理"
    )
    return stands_in + _days(value, language)


def _days(value: Mapping[str, Any], language: str) -> str:
    first, last = (
        day_words(date.fromisoformat(value[end]), language) if value[end] else ""
        for end in ("from", "until")
    )
    if language == ENGLISH:
        begins, ends = f" from {first}" if first else "", f" until {last}" if last else ""
        return f",{begins}{ends}" if first or last else ""
    begins, ends = f"{first}起" if first else "", f"至{last}" if last else ""
    return f"（{begins}{'，' if first and last else ''}{ends}）" if first or last else ""


def _pair(what: str, value: Mapping[str, Any]) -> str:
    return f"{what} · {value['why']}" if value["why"] else what


def _listed(value: Mapping[str, str], language: str) -> str:
    comma, colon = (", ", ": ") if language == ENGLISH else ("，", "：")
    return comma.join(
        f"{fact_word(fact, language)}{colon}{value_words(fact, said, language)}"
        for fact, said in value.items()
        if said
    )


def _counted(value: Mapping[str, int], language: str) -> str:
    comma = ", " if language == ENGLISH else "，"
    told = ((name, value[name]) for name in _IMPORTED if name in value)
    return comma.join(f"{word(f'imported.{name}', language)} {n}" for name, n in told)
