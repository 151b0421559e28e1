"""Schemes of scores on their way from file to database, each text a version of its own."""

from functools import lru_cache

from sqlalchemy import String, bindparam, func
from sqlmodel import Session, col, select

from flows.named_once import hold_names
from flows.signoff.actor import OfficeActor
from models import DutyTemplate, MeasurementSeries, Procedure, RecordKind, ScoreScheme
from models.ladder import RuleError
from models.refusal import Refusal
from models.rule_words import Fault
from models.score_file import ScoreFile, parse_scores


def load_scheme(
    session: Session, text: str, actor: OfficeActor, *, file: str, reason: str = ""
) -> ScoreScheme:
    """The same text again changes nothing; another is the next version, and a result that was
    prepared keeps its own. Raises RuleError."""
    read = parse_scores(text, file=file)
    hold_names(session)
    _check(session, read, file)
    known = _newest(session, read.name)
    if known is not None and known.source == text:
        return known
    loaded = ScoreScheme(
        name=read.name,
        version=known.version + 1 if known else 1,
        source=text,
        reason=reason.strip(),
        on=actor.on,
        at=actor.now,
        said_by=actor.said_by,
    )
    session.add(loaded)
    session.flush()
    return loaded


def find_scheme(session: Session, name: str) -> ScoreScheme:
    """Its newest version. Raises Refusal."""
    found = _newest(session, name)
    if found is None:
        raise Refusal(
            f"没有名为“{name[:80]}”的考核规则；可用 sise score list 查看",
            f"no scheme is called '{name[:80]}'; 'sise score list' shows them",
        )
    return found


def schemes(session: Session) -> list[ScoreScheme]:
    """The newest version of each, in the order in which they came."""
    return list(session.scalars(_SCHEMES))


def versions(session: Session, name: str) -> list[ScoreScheme]:
    """The newest first."""
    return list(session.scalars(_VERSIONS, {"name": name}))


def scheme_of(scheme: ScoreScheme) -> ScoreFile:
    return _parsed(scheme.source, scheme.name)


@lru_cache(maxsize=64)
def _parsed(source: str, file: str) -> ScoreFile:
    return parse_scores(source, file=file)


def _newest(session: Session, name: str) -> ScoreScheme | None:
    return session.scalars(_VERSIONS, {"name": name}).first()


def _check(session: Session, read: ScoreFile, file: str) -> None:
    """A rule that names what is not loaded would give nobody a point, and say nothing."""
    known = {key: set(session.scalars(names)) for key, names in _NAMED.items()}
    for rule in read.rule:
        for key, there in known.items():
            for name in getattr(rule, key):
                if name not in there:
                    raise RuleError(
                        file,
                        Fault(
                            f"没有装入“{name}”；请先装入它的文件",
                            f"'{name}' is not loaded; load its file first",
                        ).at(f"{rule.name} · {key}"),
                    )


_NEWEST = select(func.max(col(ScoreScheme.id))).group_by(col(ScoreScheme.name))
_SCHEMES = select(ScoreScheme).where(col(ScoreScheme.id).in_(_NEWEST)).order_by(col(ScoreScheme.id))
_VERSIONS = (
    select(ScoreScheme)
    .where(col(ScoreScheme.name) == bindparam("name", type_=String()))
    .order_by(col(ScoreScheme.version).desc())
)
_NAMED = {  # by what a rule calls them
    "procedures": select(Procedure.name),
    "kinds": select(RecordKind.name),
    "duties": select(DutyTemplate.name),
    "series": select(MeasurementSeries.name),
}
