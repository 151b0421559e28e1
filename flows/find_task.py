"""A task by the number that a person wrote."""

from sqlalchemy import String, bindparam, select
from sqlmodel import Session, col

from models import Task
from models.refusal import Refusal


class NoSuchTask(Refusal):
    """There is no task of this number."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"没有编号为“{number}”的事项；可用 sise tasks 查看全部编号",
            f"no task has the number '{number}'; 'sise tasks' lists them",
        )


def find_task(session: Session, number: str) -> Task:
    """Raises NoSuchTask."""
    task = session.scalars(_NUMBERED, {"number": number}).first()
    if task is None:
        raise NoSuchTask(number)
    return task


_NUMBERED = select(Task).where(col(Task.number) == bindparam("number", type_=String()))
