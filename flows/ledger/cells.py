"""One cell becomes text, a date, yes or no; whatever else it holds is said, never guessed."""

import calendar
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flows.ledger.addresses import normal_address
from flows.ledger.grid import CellFault, Value
from flows.ledger.needs import Need
from models.organisation import PostKind
from models.task import Track
from notifications.mime import UnusableAddress
from notifications.wording import CHINESE, ENGLISH, LANGUAGES, post_word, track_word

YEARS = range(1949, 2101)
LONG_TERM = (  # what stands in 整改时限 where there is no date
    track_word(Track.LONG_TERM),
    "长期",
    track_word(Track.LONG_TERM, ENGLISH),
)
TRACKS = {track_word(track, said): track for track in Track for said in LANGUAGES}
TRACKS |= {track.value: track for track in Track}
POSTS = {
    "承办人": PostKind.HANDLER,
    "经办人": PostKind.HANDLER,
    "主要负责人": PostKind.UNIT_HEAD,
    "单位主要负责人": PostKind.UNIT_HEAD,
    "责任单位主要负责人": PostKind.UNIT_HEAD,
    "核查人": PostKind.REVIEWER,
    "督查室": PostKind.OFFICE,
    "督办室": PostKind.OFFICE,
    "办公室": PostKind.OFFICE,
    "组长": PostKind.COMMISSION_HEAD,
    "领导小组负责人": PostKind.COMMISSION_HEAD,
    "管理员": PostKind.ADMINISTRATOR,
}
POSTS |= {post_word(kind, said): kind for kind in PostKind for said in LANGUAGES}
POSTS |= {kind.value: kind for kind in PostKind}
SPOKEN = {"中文": CHINESE, "汉语": CHINESE, "zh": CHINESE, "英文": ENGLISH, "英语": ENGLISH}
SPOKEN |= {"english": ENGLISH} | {language.lower(): language for language in LANGUAGES}
YES_NO = {"是": True, "否": False, "yes": True, "no": False, "true": True, "false": False}

_DAY = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-([0-9]{1,2})|\.([0-9]{1,2})\.([0-9]{1,2})"
    r"|/([0-9]{1,2})/([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)"
)
_SERIAL = re.compile(r"[1-9][0-9]{4}")  # how Excel counts the days of our years, without a format
_MONTH_END = re.compile(r"(0?[1-9]|1[0-2])月底")
_PADDING = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # control, bidi and zero-width, surrogates, separators
# Printable, yet nothing to see; and what no XML may hold, so that no workbook could give it back.
_BLANKS = re.compile("[\ufffd\u115f\u1160\u3164\uffa0\u2800\ufffe\uffff]")
# Blanks that look like the plain one, and what only varies the character before it.
_LOOK_ALIKE = re.compile(
    "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u034f\u17b4\u17b5\u180b-\u180f"
    "\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


class BadCell(ValueError):
    """The cell does not hold what its column asks for."""

    def __init__(self, need: Need, found: str = "", other: str = "") -> None:
        super().__init__(need.name)
        self.need, self.found, self.other = need, found, other


@dataclass(frozen=True, slots=True)
class Due:
    """`on` None: 长期坚持 stands in place of a date."""

    on: date | None
    yearless: bool = False


def written(value: Value) -> str:
    """What the cell shows, as text without the blanks around it; raises BadCell on a fault."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, CellFault):
        need = Need.ERROR_VALUE if value.error else Need.FORMULA_WITHOUT_VALUE
        raise BadCell(need, value.place, value.error)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


def line(value: Value, limit: int = 200) -> str:
    """Text on one line: nothing in it can start another header or hide."""
    text = written(value)
    if not text.isprintable() or _BLANKS.search(text):
        _refuse_hidden(text, allowed="")
    if len(text) > limit:
        raise BadCell(Need.TOO_LONG, text, str(limit))
    return text


def called(value: Value, limit: int = 200) -> str:
    """What something is found by: two of them that look alike are the same."""
    return _unmistakable(line(value, limit))


def name(value: Value) -> str:
    """A person's."""
    return _unmistakable(unpadded(line(value)))


def unpadded(text: str) -> str:
    """李　四 is 李四: two characters are set as wide as three in many a list."""
    return _PADDING.sub("", text)


def title(value: Value) -> str:
    return line(value, 1000)


def prose(value: Value) -> str:
    """Text that may have several lines."""
    text = written(value)
    if not text.isprintable() or _BLANKS.search(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        _refuse_hidden(text, allowed="\n\t")
    return text


def number(value: Value) -> str:
    """问题编号. A number that Excel has turned into a date cannot be told from one."""
    if isinstance(value, (date, time, timedelta)):
        raise BadCell(Need.NUMBER_IS_A_DATE, written(value))
    return called(value, 64)


def address(value: Value) -> str:
    """A mail address, or nothing."""
    text = line(value, 320)
    try:
        return normal_address(text) if text else ""
    except UnusableAddress as error:
        raise BadCell(Need.NOT_AN_ADDRESS, text) from error


def yes_no(value: Value) -> bool | None:
    """是/否, or nothing."""
    text = line(value)
    if not text:
        return None
    if text.lower() not in YES_NO:
        raise BadCell(Need.NOT_YES_NO, text)
    return YES_NO[text.lower()]


def track(value: Value) -> Track | None:
    text = line(value)
    if text and text not in TRACKS:
        raise BadCell(Need.NOT_A_TRACK, text)
    return TRACKS[text] if text else None


def post(value: Value) -> PostKind | None:
    text = line(value)
    if text and text.lower() not in POSTS:
        raise BadCell(Need.NOT_A_POST, text)
    return POSTS[text.lower()] if text else None


def language(value: Value) -> str:
    """The language of a person's mails, or nothing."""
    text = line(value)
    if text and text.lower() not in SPOKEN:
        raise BadCell(Need.NOT_A_LANGUAGE, text)
    return SPOKEN[text.lower()] if text else ""


def day(value: Value) -> date | None:
    """A date that says its year, or nothing."""
    return day_of(value, year=None)


def day_of(value: Value, year: int | None) -> date | None:
    """A date, or nothing; `year` is the one that 7月底 means."""
    if isinstance(value, date):
        found = value.date() if isinstance(value, datetime) else value
        return _within_years(found, found.isoformat())
    text = line(value)
    if not text:
        return None
    if ended := _MONTH_END.fullmatch(text):
        if year is None:
            raise BadCell(Need.NO_YEAR, text)
        return month_end(year, int(ended[1]))
    return _written_day(text)


def due(value: Value, opened_year: int | None, today: date) -> Due | None:
    """What 整改时限 says. Without a year it means that of 交办日期, else that of today."""
    if isinstance(value, str) and value.strip() in LONG_TERM:
        return Due(None)
    year = today.year if opened_year is None else opened_year
    on = day_of(value, year)
    if on is None:
        return None
    unsaid = isinstance(value, str) and bool(_MONTH_END.fullmatch(value.strip()))
    return Due(on, yearless=unsaid and opened_year is None)


def month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _written_day(text: str) -> date:
    matched = _DAY.fullmatch(text)
    if not matched:
        raise BadCell(Need.NUMBER_NOT_A_DATE if _SERIAL.fullmatch(text) else Need.NOT_A_DATE, text)
    year, month, on = (int(part) for part in matched.groups() if part)
    try:
        return _within_years(date(year, month, on), text)
    except ValueError as error:
        if isinstance(error, BadCell):
            raise
        raise BadCell(Need.NO_SUCH_DAY, text) from error


def _within_years(found: date, text: str) -> date:
    if found.year not in YEARS:
        raise BadCell(Need.YEAR_OUT_OF_RANGE, text)
    return found


def _unmistakable(text: str) -> str:
    if found := _LOOK_ALIKE.search(text):
        raise BadCell(Need.HIDDEN_CHARACTER, text, f"U+{ord(found[0]):04X}")
    return text


def _refuse_hidden(text: str, allowed: str) -> None:
    for character in text:
        hidden = unicodedata.category(character) in _HIDDEN or _BLANKS.match(character)
        if hidden and character not in allowed:
            need = Need.LINE_BREAK if character in "\r\n" else Need.HIDDEN_CHARACTER
            raise BadCell(need, text, f"U+{ord(character):04X}")
