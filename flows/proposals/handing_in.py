"""A unit hands its lines in: the task passes to the unit that reviews them, whose time begins."""

from collections.abc import Iterable
from datetime import date

from sqlmodel import Session, col, select

from flows.around import aside_from
from flows.deadline import change_deadline
from flows.find_unit import find_unit
from flows.history import link_id
from flows.moves import hold_task, move_stage
from flows.proposals.verdicts import proposal_of
from flows.proposals.written import BadLines, read_lines
from flows.recipients import deputies_of, in_force
from flows.rulebook import procedure_of
from flows.signoff.actor import Actor, OfficeActor
from flows.signoff.levels import rules_of
from flows.signoff.office_tasks import hold_numbers, next_number, open_office_task
from flows.signoff.reassigning import Responsible, hand_over_duties, rename
from flows.signoff.request_bounds import NotAllowed
from flows.signoff.requests import lapse
from flows.signoff.roles import HANDLER, require_role
from flows.signoff.stages import WORKED_ON
from models import Post, Procedure, Proposal, ProposalLine, Task, Unit
from models.organisation import PostKind
from models.procedure_file import Lines, ProcedureFile
from models.refusal import Refusal
from models.workdays import Calendar

HANDS_IN = (PostKind.HANDLER, PostKind.UNIT_HEAD)
LONGEST_TITLE = 100


def kinds(session: Session) -> list[tuple[Procedure, Lines]]:
    """What may be handed in line by line."""
    found = session.exec(select(Procedure).order_by(col(Procedure.id))).all()
    return [(one, lines) for one in found if (lines := procedure_of(one).lines)]


def units_of(session: Session, official_id: int, on: date) -> list[Unit]:
    """For which units this person hands in: where he handles or heads, or stands in for whoever
    does."""
    absent = {who for who, deputy in deputies_of(session, on).items() if deputy == official_id}
    mine = (
        select(Unit)
        .join(Post, col(Post.unit_id) == col(Unit.id))
        .where(
            col(Post.official_id).in_({official_id} | absent),
            col(Post.kind).in_(HANDS_IN),
            in_force(Post, on),
        )
        .distinct()
        .order_by(col(Unit.id))
    )
    return list(session.exec(mine))


def propose(
    session: Session,
    kind: str,
    unit: str,
    title: str,
    written: Iterable[str],
    actor: OfficeActor,
    *,
    calendar: Calendar,
) -> Proposal:
    """A unit (by its name) hands in of itself. `kind`: a procedure, by its name. Raises a Refusal,
    and then nothing is recorded."""
    procedure = session.exec(select(Procedure).where(Procedure.name == kind)).first()
    if procedure is None or procedure_of(procedure).lines is None:
        raise BadLines("请选择报审类别", "choose what kind it is")
    if not 1 <= len(title.strip()) <= LONGEST_TITLE:
        raise BadLines(f"请写明标题，不超过 {LONGEST_TITLE} 字", "give it a title, not too long")
    whose = _whose(session, unit, actor)
    hold_numbers(session)  # of two at once the second sees what the first handed in
    _require_new(session, procedure, whose.unit_id, title.strip(), actor.on)
    task = _open(session, procedure, whose, title.strip(), actor)
    return hand_in(session, task, actor, written, calendar=calendar)


def hand_in(
    session: Session,
    task: Task,
    actor: OfficeActor,
    written: Iterable[str],
    *,
    calendar: Calendar,
) -> Proposal:
    """What this task asks for is handed in by whoever handles it. Its lines stay as they are from
    now on. Raises a Refusal, and then nothing is recorded."""
    hold_task(session, task)
    rules = rules_of(session, task)
    lines = _require_possible(session, task, rules)
    if isinstance(actor, Actor):
        require_role(session, task, actor.official_id, actor.on, HANDLER)
    said = read_lines(written, lines)
    reviewer = _reviewer(session, task, lines, actor.on)
    made = _write(session, task, actor, said)
    _begin_review(session, task, actor, rules, calendar)
    was = Responsible.of(task)
    rename(session, task, reviewer, actor, reason=f"已报送，由{lines.reviewed_by}审查")
    hand_over_duties(session, task, was, actor, calendar=calendar)
    return made


def _whose(session: Session, unit: str, actor: OfficeActor) -> Post:
    """The post that answers for it: a person's own, or, for a program, the unit's handler."""
    if isinstance(actor, Actor):
        if unit not in {one.name for one in units_of(session, actor.official_id, actor.on)}:
            raise BadLines(
                f"您不是“{unit}”的承办人或负责人，不能代其报审",
                f"you neither handle nor head '{unit}'",
            )
        whose = find_unit(session, unit)
        return Post(unit_id=whose.id, official_id=actor.official_id, kind=PostKind.HANDLER)
    for post in _handing_in(session, find_unit(session, unit), actor.on):
        return post
    raise BadLines(f"“{unit}”没有承办人和负责人", f"'{unit}' has neither a handler nor a head")


def _handing_in(session: Session, unit: Unit, on: date) -> list[Post]:
    """The posts that answer for a unit: its handlers, then its heads."""
    held = select(Post).where(
        Post.unit_id == unit.id, col(Post.kind).in_(HANDS_IN), in_force(Post, on)
    )
    found = session.exec(held.order_by(col(Post.id)))
    return sorted(found, key=lambda post: HANDS_IN.index(post.kind))


def _require_new(
    session: Session, procedure: Procedure, unit_id: int, title: str, on: date
) -> None:
    """What is sent twice is handed in once."""
    same = (
        select(Task.number)
        .join(Proposal, col(Proposal.task_id) == col(Task.id))
        .where(
            Task.procedure_id == procedure.id,
            Task.title == title,
            Proposal.unit_id == unit_id,
            Proposal.on == on,
        )
    )
    if number := session.exec(same).first():
        raise BadLines(
            f"今天已报送同名的 {number}；确是另一件的，请写明不同的标题",
            f"{number} has the same title and was handed in today; if this is another one, give "
            "it a title of its own",
        )


def _open(
    session: Session, procedure: Procedure, post: Post, title: str, actor: OfficeActor
) -> Task:
    rules = procedure_of(procedure)
    assert rules.lines is not None  # for the types: it was asked before
    return open_office_task(
        session,
        procedure,
        post,
        number=next_number(session, rules.lines.number, actor.on.year, 3),
        title=title,
        opened_on=actor.on,
        due_on=actor.on,
        stage=rules.stage[0].name,
        reason="自行报审",
        on=actor.on,
        now=actor.now,
        restricted=rules.restricted,
    )


def _require_possible(session: Session, task: Task, rules: ProcedureFile) -> Lines:
    if rules.lines is None:
        raise NotAllowed(
            task.number, f"“{rules.title}”不分条报审", f"'{rules.title}' has no lines to hand in"
        )
    if proposal_of(session, task) is not None:
        raise NotAllowed(
            task.number,
            "已经报送，报送后不能改动；如有补充请另行报审",
            "it was handed in already and stays as it is; hand in another one",
        )
    if task.state not in WORKED_ON:
        raise NotAllowed(task.number, "目前状态不能报送", "it cannot be handed in now")
    return rules.lines


def _reviewer(session: Session, task: Task, lines: Lines, on: date) -> Responsible:
    """Who reviews it: the handler of that unit, or else its head, who is not kept away."""
    try:
        unit = find_unit(session, lines.reviewed_by)
    except Refusal as missing:
        raise NotAllowed(
            task.number,
            f"通讯录中没有审查单位“{lines.reviewed_by}”，请联系督查办公室",
            f"'{lines.reviewed_by}', which reviews it, is not in the directory",
        ) from missing
    away = aside_from(session, task, on)
    for post in _handing_in(session, unit, on):
        if post.official_id not in away:
            return Responsible(unit.id, post.official_id)
    raise NotAllowed(
        task.number,
        f"“{unit.name}”没有可以审查的人，请联系督查办公室",
        f"nobody of '{unit.name}' may review it; please ask the supervision office",
    )


def _write(session: Session, task: Task, actor: OfficeActor, said: list[str]) -> Proposal:
    made = Proposal(
        task_id=task.id,
        unit_id=task.unit_id,
        handed_in_by_id=actor.official_id,
        said_by=actor.said_by,
        on=actor.on,
        at=actor.now,
        link_id=link_id(session),
    )
    session.add(made)
    session.flush()
    session.add_all(
        ProposalLine(proposal_id=made.id, position=n, written=line, link_id=link_id(session))
        for n, line in enumerate(said, 1)
    )
    session.flush()
    return made


def _begin_review(
    session: Session, task: Task, actor: OfficeActor, rules: ProcedureFile, calendar: Calendar
) -> None:
    """The clock of whoever handed in ends here, with its warning; that of the review begins."""
    review = rules.stage_named(rules.stage[0].next[0])
    assert review is not None  # for the types: the file was read
    lapse(session, task, actor, reason="已报送")
    move_stage(session, task, review.name, from_on=actor.on, **actor.facts(reason="已报送"))
    if due_on := review.due_on(actor.on, task.opened_on, calendar):
        change_deadline(
            session,
            task,
            due_on,
            kind="stage",
            reason=f"{actor.on.isoformat()} 报送，进入“{review.title}”环节",
            legal_basis=review.basis,
            on=actor.on,
            now=actor.now,
            calendar=calendar,
            actor_id=actor.official_id,
        )
