"""Policies and procedures on their way from file to database, frozen with their version."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.named_once import hold_names
from flows.office_changes import Entry, hash_of, record
from flows.signoff.actor import OfficeActor
from models import Policy, Procedure, RecordKind, ReportForm, WatchList
from models.kind_file import parse_kinds
from models.ladder import Ladder, RuleError, parse_ladder
from models.list_file import parse_list
from models.office_change import Subject
from models.procedure_file import ProcedureFile, parse_procedure
from models.report_form import OF_WARNINGS, Counted, FormFile, parse_form
from models.rule_words import Fault


def load_policy(session: Session, text: str, *, file: str, now: datetime) -> Policy:
    """Freeze a policy file. The same version with other content is refused."""
    ladder = parse_ladder(text, file=file)
    known = session.exec(
        select(Policy).where(Policy.name == ladder.name, Policy.version == ladder.version)
    ).first()
    if known is None:
        _refuse_borrowed_numbers(session, ladder, file)
        known = Policy(
            name=ladder.name, version=ladder.version, title=ladder.title, source=text, loaded_at=now
        )
        session.add(known)
        session.flush()
    elif parse_ladder(known.source, file=file) != ladder:
        raise RuleError(
            file,
            Fault(
                f"{ladder.name} 的“{ladder.version}”已按另一内容装入；"
                "装入的版本不再更改，请给新内容写一个新的 version",
                f"'{ladder.version}' of '{ladder.name}' is loaded with other content; "
                "a version never changes, so give the new text a new version",
            ).at("version"),
        )
    return known


def bring_policy(session: Session, actor: OfficeActor, text: str, *, file: str) -> Policy:
    """As load_policy; the history keeps who brought which version after which. One that another
    has followed is refused: it would not be what tasks keep from now on."""
    name = parse_ladder(text, file=file).name
    hold_names(session)
    before = current_policy(session, name)
    brought = load_policy(session, text, file=file, now=actor.now)
    newest = current_policy(session, name)
    if newest is not None and newest is not brought:
        raise RuleError(file, _followed(brought, newest))
    if brought is not before:
        version = before.version if before else None
        said = (Subject.POLICY, name, brought.title, "version", version, brought.version)
        record(session, actor, [Entry(*said)])
    return brought


def _followed(brought: Policy, newest: Policy) -> Fault:
    return Fault(
        f"{brought.name} 的“{brought.version}”此前已装入，之后又装入了“{newest.version}”，"
        "新交办的事项仍按后者；要改回，请给这份内容写一个新的 version",
        f"'{brought.version}' of '{brought.name}' was loaded before '{newest.version}', which "
        "tasks that open keep; to go back to it, give the text a new version",
    ).at("version")


def _refuse_borrowed_numbers(session: Session, ladder: Ladder, file: str) -> None:
    """Two policies count separately: with one form they would give two notices one number."""
    for other in session.exec(select(Policy).where(Policy.name != ladder.name)):
        if ladder_of(other).number_format == ladder.number_format:
            raise RuleError(
                file,
                Fault(
                    f"“{ladder.number_format}”已由规则 {other.name} 使用；"
                    f"请为 {ladder.name} 另定预警单号格式",
                    f"'{ladder.number_format}' belongs to the policy '{other.name}'; "
                    f"give the notices of '{ladder.name}' numbers of their own",
                ).at("number_format"),
            )


def load_procedure(session: Session, text: str, *, file: str, now: datetime) -> Procedure:
    read = parse_procedure(text, file=file)
    if current_policy(session, read.policy) is None:
        raise _not_loaded(file, read.policy)
    _refuse_borrowed_words(session, read, file)
    procedure = session.exec(select(Procedure).where(Procedure.name == read.name)).first()
    if procedure is None:
        procedure = Procedure(
            name=read.name, title=read.title, policy_name=read.policy, source="", loaded_at=now
        )
        session.add(procedure)
    if procedure.source != text:
        procedure.title, procedure.policy_name = read.title, read.policy
        procedure.restricted, procedure.source, procedure.loaded_at = read.restricted, text, now
    session.flush()
    return procedure


def bring_procedure(session: Session, actor: OfficeActor, text: str, *, file: str) -> Procedure:
    """As load_procedure; the history keeps who brought it, and `sise init` leaves it alone from
    now on."""
    name = parse_procedure(text, file=file).name
    hold_names(session)
    known = session.exec(select(Procedure).where(Procedure.name == name)).first()
    before = hash_of(known.source) if known else None
    brought = load_procedure(session, text, file=file, now=actor.now)
    said = (Subject.PROCEDURE, name, brought.title, "content", before, hash_of(text))
    record(session, actor, [Entry(*said)])
    return brought


def rules_of_all(session: Session) -> dict[str, ProcedureFile]:
    """Every procedure that is loaded, by its name."""
    return {one.name: procedure_of(one) for one in session.exec(_PROCEDURES)}


def _refuse_borrowed_words(session: Session, read: ProcedureFile, file: str) -> None:
    """A ledger's 类别 names one procedure and no other."""
    for other in rules_of_all(session).values():
        both = {read.title, *read.aliases} & {other.name, other.title, *other.aliases}
        if other.name != read.name and both:
            word = min(both)
            raise RuleError(
                file,
                Fault(
                    f"“{word}”已是类别 {other.name} 的名称；请换一个",
                    f"'{word}' names the procedure '{other.name}' already; choose another",
                ).at("title" if word == read.title else "aliases"),
            )


def load_list(session: Session, text: str, *, file: str, now: datetime) -> WatchList:
    """What stands on it keeps the version of the policy with which it joined."""
    read = parse_list(text, file=file)
    if read.policy and current_policy(session, read.policy) is None:
        raise _not_loaded(file, read.policy)
    known = session.exec(select(WatchList).where(WatchList.name == read.name)).first()
    if known is None:
        known = WatchList(name=read.name, title=read.title, source="", loaded_at=now)
        session.add(known)
    if known.source != text:
        known.title, known.policy_name = read.title, read.policy
        known.source, known.loaded_at = text, now
    session.flush()
    return known


def load_kinds(session: Session, text: str, *, file: str) -> tuple[RecordKind, ...]:
    """What was recorded of a kind keeps it: none is taken away."""
    read = parse_kinds(text, file=file)
    kinds = [
        RecordKind(family=read.family, position=n, **one.model_dump())
        for n, one in enumerate(read.kind)
    ]
    present = {kind.name: kind for kind in session.exec(_KINDS)}
    for one in kinds:
        known = present.get(one.name)
        if known and known.family is not one.family:
            raise RuleError(
                file,
                Fault(
                    f"“{one.name}”已是另一类记录的名称，请另定名称",
                    f"'{one.name}' is the name of another family's kind already",
                ),
            )
    return tuple(_kept(session, present, one) for one in kinds)


def _kept(session: Session, present: dict[str, RecordKind], one: RecordKind) -> RecordKind:
    if one.name in present:
        return session.merge(one)
    session.add(one)
    present[one.name] = one
    return one


def load_form(session: Session, text: str, *, file: str, now: datetime) -> ReportForm:
    """Raises RuleError, also where it counts a kind that is not loaded."""
    read = parse_form(text, file=file)
    known = set(session.exec(select(RecordKind.name)))
    for figure in read.figure:
        for kind in set(figure.kinds) - known:
            raise RuleError(
                file,
                Fault(f"没有“{kind}”这一类记录", f"there is no kind of record called '{kind}'").at(
                    figure.id
                ),
            )
        if figure.procedure and figure.count not in OF_WARNINGS:
            _require_lines(session, figure, file)
    form = session.get(ReportForm, read.name)
    if form is None or form.source != text:
        form = session.merge(
            ReportForm(name=read.name, title=read.title, source=text, loaded_at=now)
        )
    session.flush()
    return form


def _require_lines(session: Session, figure: Counted, file: str) -> None:
    named = session.exec(select(Procedure).where(Procedure.name == figure.procedure)).first()
    if named is None or procedure_of(named).lines is None:
        raise RuleError(
            file,
            Fault(
                f"“{figure.procedure}”不是分条报审的类别",
                f"nothing is handed in line by line under '{figure.procedure}'",
            ).at(figure.id),
        )


def form_of(form: ReportForm) -> FormFile:
    return _parsed_form(form.source, form.name)


def _not_loaded(file: str, policy: str) -> RuleError:
    return RuleError(
        file,
        Fault(
            f"没有装入名为“{policy}”的规则；请先装入它的文件",
            f"'{policy}' is not loaded; load its file first",
        ).at("policy"),
    )


def current_policy(session: Session, name: str) -> Policy | None:
    """The newest loaded version: what a task that opens now will keep."""
    return session.scalars(_NEWEST, {"name": name}).first()


_NEWEST = (
    select(Policy).where(Policy.name == bindparam("name")).order_by(col(Policy.id).desc()).limit(1)
)
_PROCEDURES = select(Procedure).order_by(Procedure.name)
_KINDS = select(RecordKind)


def ladder_of(policy: Policy) -> Ladder:
    return _parsed_ladder(policy.source, f"{policy.name} {policy.version}")


def procedure_of(procedure: Procedure) -> ProcedureFile:
    return _parsed_procedure(procedure.source, procedure.name)


@lru_cache(maxsize=256)
def _parsed_ladder(source: str, file: str) -> Ladder:
    return parse_ladder(source, file=file)


@lru_cache(maxsize=256)
def _parsed_procedure(source: str, file: str) -> ProcedureFile:
    return parse_procedure(source, file=file)


@lru_cache(maxsize=16)
def _parsed_form(source: str, file: str) -> FormFile:
    return parse_form(source, file=file)
