"""Which unit issues the office's documents."""

from datetime import date

from sqlmodel import Session, col, select

from flows.recipients import in_force
from models import Post, Unit
from models.organisation import PostKind


def office_unit(session: Session, on: date) -> str:
    """The unit of whoever was the supervision office first of all on that date; nothing if none
    was."""
    return (
        session.exec(
            select(Unit.name)
            .join(Post, col(Post.unit_id) == col(Unit.id))
            .where(Post.kind == PostKind.OFFICE, in_force(Post, on))
            .order_by(col(Post.id))
        ).first()
        or ""
    )
