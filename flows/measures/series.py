"""Series of measurements on their way from file to database, and found again."""

from collections.abc import Sequence
from functools import lru_cache

from sqlmodel import Session, col, func, select

from flows.named_once import hold_names
from flows.office_changes import Entry, hash_of, record
from flows.signoff.actor import OfficeActor
from models import DutyTemplate, MeasurementSeries, Procedure, SeriesVersion
from models.ladder import RuleError
from models.office_change import Subject
from models.refusal import Refusal
from models.rule_words import Fault
from models.series_file import SeriesFile, parse_series


def load_series(
    session: Session, text: str, actor: OfficeActor, *, file: str, reason: str = ""
) -> MeasurementSeries:
    """A text that differs is a new version, and the former ones are kept. What was reported keeps
    the code that it had. Raises RuleError."""
    read = parse_series(text, file=file)
    hold_names(session)
    _check(session, read, file)
    known = _held(session, read.name)
    before = None if known is None else known.source
    if known is not None and before == text:
        return known
    if known is None:
        known = MeasurementSeries(name=read.name, source=text, loaded_at=actor.now)
    known.source, known.loaded_at = text, actor.now
    session.add(known)
    session.flush()
    session.add(
        SeriesVersion(
            series_id=known.id,
            n=version_of(session, known) + 1,
            source=text,
            reason=reason.strip(),
            on=actor.on,
            at=actor.now,
            said_by=actor.said_by,
        )
    )
    session.flush()
    hashes = (hash_of(before) if before else None, hash_of(text))
    entry = Entry(Subject.SERIES, read.name, read.title, "content", *hashes)
    record(session, actor, [entry], reason=reason.strip())
    return known


def version_of(session: Session, series: MeasurementSeries) -> int:
    """The number of the version that counts; 0: there is none yet."""
    mine = select(func.max(SeriesVersion.n)).where(SeriesVersion.series_id == series.id)
    return session.exec(mine).one() or 0


def versions(session: Session, series: MeasurementSeries) -> Sequence[SeriesVersion]:
    """The newest first."""
    mine = select(SeriesVersion).where(SeriesVersion.series_id == series.id)
    return session.exec(mine.order_by(col(SeriesVersion.n).desc())).all()


def find_series(session: Session, name: str) -> MeasurementSeries:
    """Held until the end of the transaction. Raises Refusal."""
    found = _held(session, name)
    if found is None:
        raise Refusal(
            f"没有名为“{name[:80]}”的监测；可用 sise measure list 查看",
            f"no series is called '{name[:80]}'; 'sise measure list' shows them",
        )
    return found


def series_of(series: MeasurementSeries) -> SeriesFile:
    return _parsed(series.source, series.name)


@lru_cache(maxsize=64)
def _parsed(source: str, file: str) -> SeriesFile:
    return parse_series(source, file=file)


def _held(session: Session, name: str) -> MeasurementSeries | None:
    wanted = select(MeasurementSeries).where(col(MeasurementSeries.name) == name)
    return session.exec(wanted.with_for_update()).first()


def _check(session: Session, read: SeriesFile, file: str) -> None:
    kind = read.follow_up.procedure
    if session.exec(select(Procedure).where(Procedure.name == kind)).first() is None:
        raise _not_loaded(file, kind, "follow_up · procedure")
    known = select(DutyTemplate).where(DutyTemplate.name == read.duty)
    if read.duty and session.exec(known).first() is None:
        raise _not_loaded(file, read.duty, "duty")
    for other in session.exec(select(MeasurementSeries)):
        form = series_of(other).follow_up.number_format
        if other.name != read.name and form == read.follow_up.number_format:
            raise RuleError(
                file,
                Fault(
                    f"“{form}”已由 {other.name} 使用；请另定编号格式",
                    f"'{form}' belongs to '{other.name}'; give it its own",
                ).at("follow_up · number_format"),
            )


def _not_loaded(file: str, name: str, key: str) -> RuleError:
    return RuleError(
        file,
        Fault(
            f"没有装入“{name}”；请先装入它的文件", f"'{name}' is not loaded; load its file first"
        ).at(key),
    )
