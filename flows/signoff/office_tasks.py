"""A task that comes in at the desk, with its first line in the ledger of dates."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from flows.history import link_id
from flows.locks import Lock, hold
from flows.recipients import in_force
from flows.rulebook import current_policy
from models import DeadlineChange, Post, Procedure, Task
from models.organisation import PostKind
from models.signoff import TaskState
from models.task import Track
from models.warning import Colour


def office_post(session: Session, on: date) -> Post | None:
    """Whoever is the supervision office first of all on that date."""
    posts = select(Post).where(Post.kind == PostKind.OFFICE, in_force(Post, on))
    return session.exec(posts.order_by(col(Post.id))).first()


def hold_numbers(session: Session) -> None:
    """Whoever else numbers what comes in waits until this transaction ends."""
    hold(session, Lock.NUMBERS)


def next_number(session: Session, begins: str, year: int, digits: int) -> str:
    """One more than the highest of that year, whoever gave that: the ledger may have, too."""
    hold_numbers(session)
    before = f"{begins}-{year}-"
    known = session.exec(select(Task.number).where(col(Task.number).startswith(before)))
    given = [int(n) for one in known if (n := one.removeprefix(before)).isdecimal()]
    return f"{before}{max(given, default=0) + 1:0{digits}}"


def open_office_task(
    session: Session,
    procedure: Procedure,
    post: Post,
    *,
    number: str,
    title: str,
    opened_on: date,
    due_on: date | None,
    stage: str = "",
    reason: str,
    on: date,
    now: datetime,
    restricted: bool = True,
) -> Task:
    """`post`: whose it is to handle."""
    policy = current_policy(session, procedure.policy_name)
    assert policy is not None  # a procedure is not loaded without its policy
    task = Task(
        number=number,
        title=title,
        procedure_id=procedure.id,
        policy_id=policy.id,
        unit_id=post.unit_id,
        handler_id=post.official_id,
        track=Track.DEADLINE,
        restricted=restricted,
        opened_on=opened_on,
        begun_on=opened_on,
        due_on=due_on,
        original_due_on=due_on,
        stage_on=opened_on,
        stage=stage,
        stage_from_on=opened_on if stage else None,
        reported_on=opened_on,
        state=TaskState.ASSIGNED,
        colour=Colour.GREEN,
        created_at=now,
    )
    session.add(task)
    session.flush()
    said: dict[str, Any] = {"reason": reason, "on": on, "at": now, "link_id": link_id(session)}
    session.add(DeadlineChange(task_id=task.id, kind="opened", due_on=due_on, **said))
    session.flush()
    return task
