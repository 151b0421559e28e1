"""What the office does with a duty: adds or changes it by a file, pauses, resumes and ends it."""

from functools import lru_cache

from sqlmodel import Session, col, select

from flows.named_once import hold_names
from flows.office_changes import Entry, hash_of, record
from flows.signoff.actor import OfficeActor
from models import DutyChange, DutyTemplate, Procedure
from models.duty import DutyAct, DutyState
from models.duty_file import DutyFile, parse_duty
from models.ladder import RuleError
from models.office_change import Subject
from models.refusal import Refusal
from models.rule_words import Fault
from models.workdays import DAY

MAY = {
    DutyAct.PAUSE: (DutyState.RUNNING,),
    DutyAct.RESUME: (DutyState.PAUSED,),
    DutyAct.END: (DutyState.RUNNING, DutyState.PAUSED),
}
BECOMES = {
    DutyAct.PAUSE: DutyState.PAUSED,
    DutyAct.RESUME: DutyState.RUNNING,
    DutyAct.END: DutyState.ENDED,
}


def load_duty(
    session: Session, text: str, actor: OfficeActor, *, file: str, reason: str = ""
) -> DutyTemplate:
    """A new duty opens what comes from today on, never what lies behind; a changed one goes on
    where it was. The same text again changes nothing. Raises Refusal."""
    read = parse_duty(text, file=file)
    hold_names(session)
    check_duty(session, read, file=file)
    known = _held(session, read.name)
    if known is not None and known.state is DutyState.ENDED and known.source != text:
        raise Refusal(
            f"“{read.title}”（{read.name}）已终止，不能再改；请换一个 name 另建。没有记录任何操作",
            f"'{read.name}' has ended and changes no more; give the new one another name. "
            "Nothing was recorded",
        )
    if known is not None and known.source == text:
        return known
    act = DutyAct.ADD if known is None else DutyAct.CHANGE
    before = hash_of(known.source) if known else None
    if known is None:
        known = DutyTemplate(
            name=read.name, source=text, state=DutyState.RUNNING, opened_through=actor.on - DAY
        )
    known.source = text
    session.add(known)
    session.flush()
    _record(session, known, act, reason, actor)
    content = ("content", before, hash_of(text))
    record(session, actor, [_entry(known, *content)], reason=reason)
    return known


def check_duty(session: Session, read: DutyFile, *, file: str) -> None:
    """Raises RuleError: its procedure is not loaded, or its numbers are another duty's."""
    if session.exec(select(Procedure).where(Procedure.name == read.procedure)).first() is None:
        raise RuleError(
            file,
            Fault(
                f"没有装入名为“{read.procedure}”的事项类别；请先装入它的文件",
                f"'{read.procedure}' is not loaded; load its file first",
            ).at("procedure"),
        )
    for other in session.exec(select(DutyTemplate).where(DutyTemplate.name != read.name)):
        if duty_of(other).number_format == read.number_format:
            raise RuleError(
                file,
                Fault(
                    f"“{read.number_format}”已由 {other.name} 使用；请另定编号格式",
                    f"'{read.number_format}' belongs to '{other.name}'; give it its own",
                ).at("number_format"),
            )


def change_state(
    session: Session, name: str, act: DutyAct, actor: OfficeActor, *, reason: str
) -> DutyTemplate:
    """What fell into a pause stays unopened: it goes on with today. Raises Refusal."""
    if not reason.strip():
        raise Refusal(
            "请写明理由；没有记录任何操作", "please give the reason; nothing was recorded"
        )
    duty = find_duty(session, name)
    if duty.state not in MAY[act]:
        raise Refusal(
            f"“{duty_of(duty).title}”的状态已不允许这样做，请核对现状；没有记录任何操作",
            f"'{duty.name}' is {duty.state} now, look at it again; nothing was recorded",
        )
    was, duty.state = duty.state, BECOMES[act]
    if act is DutyAct.RESUME:
        duty.opened_through = max(duty.opened_through, actor.on - DAY)
    _record(session, duty, act, reason.strip(), actor)
    entry = _entry(duty, "state", was.value, duty.state.value)
    record(session, actor, [entry], reason=reason.strip())
    return duty


def find_duty(session: Session, name: str) -> DutyTemplate:
    """Held until the end of the transaction. Raises Refusal."""
    found = _held(session, name)
    if found is None:
        raise Refusal(
            f"没有名为“{name[:80]}”的周期任务；可用 sise duty list 查看",
            f"no duty is called '{name[:80]}'; 'sise duty list' shows them",
        )
    return found


def _entry(duty: DutyTemplate, fact: str, before: str | None, after: str) -> Entry:
    return Entry(Subject.DUTY, duty.name, duty_of(duty).title, fact, before, after)


def duty_of(duty: DutyTemplate) -> DutyFile:
    return _parsed(duty.source, duty.name)


@lru_cache(maxsize=256)
def _parsed(source: str, file: str) -> DutyFile:
    return parse_duty(source, file=file)


def _held(session: Session, name: str) -> DutyTemplate | None:
    """Neither the night nor another one of the office changes it meanwhile."""
    wanted = select(DutyTemplate).where(col(DutyTemplate.name) == name).with_for_update()
    return session.exec(wanted.execution_options(populate_existing=True)).first()


def _record(
    session: Session, duty: DutyTemplate, act: DutyAct, reason: str, actor: OfficeActor
) -> None:
    session.add(
        DutyChange(
            duty_id=duty.id,
            act=act,
            source=duty.source,
            reason=reason,
            on=actor.on,
            at=actor.now,
            said_by=actor.said_by,
        )
    )
    session.flush()
