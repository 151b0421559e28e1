"""What only the office does: whether this is the office, and who is meant."""

from datetime import date

from sqlmodel import Session, col, select

from flows.moves import hold_task
from flows.recipients import TODAY, in_force
from flows.signoff.actor import OfficeActor, Unattended
from flows.signoff.roles import KEEPS_LEDGER, OFFICE, NotNow, require_move, require_role
from models import Official, Post, Task
from models.proof import Assurance, NotProved
from models.refusal import Refusal
from models.signoff import SIGNOFF


class NotTheOffice(Refusal):
    """Somebody else asked for what the office alone does."""

    def __init__(self) -> None:
        super().__init__(
            "此项操作只能由督查办公室办理，您无权办理；没有记录任何操作",
            "only the supervision office can do this; nothing was recorded",
        )


def hold_for_office(
    session: Session, task: Task, actor: OfficeActor, event: str | None = None
) -> None:
    """Hold the task until this act is committed. Raises a Refusal unless the office may do this
    now; `event`: the move that it makes."""
    hold_task(session, task)
    if not isinstance(actor, Unattended):
        if actor.assurance == Assurance.LINK:
            raise NotProved
        if event is None:
            return require_role(session, task, actor.official_id, actor.on, OFFICE)
        return require_move(session, task, event, actor.official_id, actor.on)
    if event is not None and not SIGNOFF.allows(task.state, event):
        raise NotNow(task, event)
    return None


def require_office(session: Session, actor: OfficeActor) -> None:
    """The same for what concerns no single task."""
    if not isinstance(actor, Unattended) and actor.official_id not in keepers(session, actor.on):
        raise NotTheOffice


def keepers(session: Session, on: date) -> frozenset[int]:
    """Who holds a post of the office on this date."""
    return frozenset(session.scalars(_KEEPERS, {"on": on}))


_KEEPERS = select(Post.official_id).where(col(Post.kind).in_(KEEPS_LEDGER), in_force(Post, TODAY))


def official_at(session: Session, email: str) -> Official:
    """The person in service with this address; raises a Refusal."""
    found = session.exec(select(Official).where(Official.email == email.strip().lower())).first()
    if found is None:
        raise Refusal(
            f"通讯录中没有邮箱 {email}；请核对邮箱，或先导入通讯录，本次没有记录任何操作",
            f"nobody in the directory has the address {email}; check it, or import the directory "
            "first. Nothing was recorded",
        )
    if found.left_on is not None:
        raise Refusal(
            f"{found.name}（{email}）已于 {found.left_on} 停用；没有记录任何操作",
            f"{found.name} ({email}) is out of service since {found.left_on}; nothing was recorded",
        )
    return found
