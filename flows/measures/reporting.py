"""Values are reported: each gets its code, a correction leaves what it corrected, and a change
for the worse opens one task that follows it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from sqlmodel import Session, func, select

from flows.measures.following import Worse, open_follow_up
from flows.measures.known import Known
from flows.measures.series import series_of, version_of
from flows.signoff.actor import OfficeActor
from models import Measurement, MeasurementSeries
from models.refusal import Refusal
from models.rule_words import Fault
from models.series_file import SeriesFile, Subject
from models.warning import Colour
from models.workdays import Calendar

LARGEST, PLACES = Decimal(10) ** 15, 6
FIRST = Colour.YELLOW  # with nothing to compare, red alone is followed up
SAID = 50  # problems that are spelt out


@dataclass(frozen=True, slots=True)
class Reading:
    """A value as somebody writes it. `line`: where it stands in a file; `reason`: of a
    correction."""

    subject: str
    period: str
    value: str
    reason: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """`before`: the code of the period before. `corrected`: the value that it was until now.
    `opened`: the number of the task that follows it up. `still_open`: of one that is open though
    this value is no worse: nothing closes by itself."""

    subject: str
    period: date
    value: str
    code: Colour
    before: Colour | None
    corrected: str | None = None
    opened: str | None = None
    still_open: str | None = None
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class _Checked:
    subject: Subject
    period: date
    value: str
    reason: str
    known: Measurement | None


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where values are recorded, and by whom."""

    session: Session
    series: MeasurementSeries
    file: SeriesFile
    version: int
    known: Known
    actor: OfficeActor
    calendar: Calendar


def report(
    session: Session,
    series: MeasurementSeries,
    readings: Sequence[Reading],
    actor: OfficeActor,
    *,
    calendar: Calendar,
    seen: int | None = None,
) -> list[Reported]:
    """All or nothing; `series` is held. `seen`: the newest report when these were written, if it
    is known: what came since is corrected by nobody who has not read it. Raises Refusal with every
    problem, a line each."""
    file = series_of(series)
    known = Known.load(session, series.id, _subjects(file, readings))
    wanted, problems = list[_Checked](), list[Fault]()
    for reading in readings:
        try:
            one = _checked(known, file, reading, actor.on)
            _require_read(file, one, seen)
            wanted.append(one)
        except Fault as fault:
            problems.append(_of_line(fault, reading.line))
    keys = [(one.subject.name, one.period) for one in wanted]
    if len(set(keys)) < len(keys):
        problems.append(Fault("同一对象同一时期写了两次", "a subject stands twice in one period"))
    if problems or not readings:
        raise _refused(problems or [Fault("没有可报的数值", "there is no value")])
    wanted.sort(key=lambda one: one.period)
    desk = _Desk(session, series, file, version_of(session, series), known, actor, calendar)
    said = [_record(desk, one) for one in wanted]
    session.flush()
    return said


def _subjects(file: SeriesFile, readings: Sequence[Reading]) -> set[str]:
    named = (file.named(reading.subject.strip()) for reading in readings)
    return {subject.name for subject in named if subject}


def newest_report(session: Session, series_id: int) -> int:
    """The id of what was reported last; 0: nothing was."""
    newest = select(func.max(Measurement.id)).where(Measurement.series_id == series_id)
    return session.exec(newest).one() or 0


def _require_read(file: SeriesFile, one: _Checked, seen: int | None) -> None:
    """Raises Fault."""
    known = one.known
    if seen is None or known is None or known.id <= seen or known.value == one.value:
        return
    period = file.written(one.period)
    raise Fault(
        f"您打开页面后，“{known.subject}”{period} 已由{known.said_by}报为 {known.value}；"
        "请核对后再提交",
        f"since you opened the page {known.said_by} reported {known.value} for '{known.subject}' "
        f"in {period}; look at it and send again",
    )


def _checked(known_ones: Known, file: SeriesFile, reading: Reading, on: date) -> _Checked:
    """Raises Fault."""
    subject = file.named(reading.subject.strip())
    if subject is None:
        shown = reading.subject[:40]
        raise Fault(f"“{file.title}”中没有“{shown}”", f"'{shown}' is no subject of '{file.name}'")
    period, value = file.period_of(reading.period), _decimal(reading.value)
    if period > on:
        raise Fault(
            f"{file.written(period)} 还没有开始", f"{file.written(period)} has not begun yet"
        )
    known = known_ones.of(subject.name, period)
    reason = reading.reason.strip()
    if known is not None and known.value != value and not reason:
        raise Fault(
            f"“{subject.name}”{file.written(period)} 已报 {known.value}；更正请写明理由",
            f"'{subject.name}' has {known.value} in {file.written(period)}; give the reason of a "
            "correction",
        )
    return _Checked(subject, period, value, reason, known)


def _decimal(written: str) -> str:
    shown = written.strip().replace("，", ",").replace(",", "").removesuffix("%")
    try:
        value = Decimal(shown)
    except InvalidOperation:
        value = Decimal("NaN")
    exponent = value.as_tuple().exponent
    if not value.is_finite() or abs(value) >= LARGEST or not isinstance(exponent, int):
        raise _no_number(written)
    if -exponent > PLACES:
        raise _no_number(written)
    return format(value + 0, "f")


def _no_number(written: str) -> Fault:
    shown = written.strip()[:20]
    return Fault(
        f"“{shown}”不是可用的数值，请写成 12 或 3.5（至多 {PLACES} 位小数）",
        f"'{shown}' is no number, write it as 12 or 3.5 (at most {PLACES} places)",
    )


def _record(desk: _Desk, one: _Checked) -> Reported:
    name, period, had = one.subject.name, one.period, one.known
    code = desk.file.code(one.subject, period, Decimal(one.value))
    earlier = desk.known.before(name, period)
    before = earlier.code if earlier else None
    if had is not None and had.value == one.value:
        return Reported(name, period, one.value, had.code, before, unchanged=True)
    _keep(desk, one, code)
    following = desk.known.following(name, period)
    opened = None
    if code.rank > (before or FIRST).rank and not following.covers(code):
        opened = _open(desk, Worse(desk.file, one.subject, period, one.value, before, code))
    still = following.open_number if opened is None and following.worse_than(code) else None
    corrected = had.value if had else None
    return Reported(name, period, one.value, code, before, corrected, opened, still)


def _keep(desk: _Desk, one: _Checked, code: Colour) -> None:
    kept = Measurement(
        series_id=desk.series.id,
        subject=one.subject.name,
        period=one.period,
        n=one.known.n + 1 if one.known else 1,
        value=one.value,
        code=code,
        version=desk.version,
        reason=one.reason if one.known else "",
        on=desk.actor.on,
        at=desk.actor.now,
        said_by=desk.actor.said_by,
    )
    desk.session.add(kept)
    desk.known.add(kept)


def _open(desk: _Desk, worse: Worse) -> str:
    """The number of the task that was opened."""
    follow_up, task = open_follow_up(desk.session, desk.series, worse, desk.actor, desk.calendar)
    desk.known.followed[worse.subject.name].append((follow_up, task))
    return task.number


def _of_line(fault: Fault, line: int | None) -> Fault:
    if line is None:
        return fault
    return Fault(f"第 {line} 行：{fault.chinese}", f"line {line}: {fault.english}")


def _refused(problems: Sequence[Fault]) -> Refusal:
    more = len(problems) - SAID
    rest = ([f"……另有 {more} 处"], [f"… and {more} more"]) if more > 0 else ([], [])
    return Refusal(
        "\n".join([*(one.chinese for one in problems[:SAID]), *rest[0]]) + "；没有记录任何数值",
        "\n".join([*(one.english for one in problems[:SAID]), *rest[1]]) + "; nothing was recorded",
    )
