"""What ends with a task: its colour and its live notice."""

from sqlmodel import Session

from flows.deadline import live_notice
from flows.moves import move_colour, move_notice
from flows.signoff.actor import Actor
from models import Task
from models.warning import Colour


def end_warning(session: Session, task: Task, actor: Actor, *, reason: str) -> None:
    """Back to green, and nothing more is owed on its notice."""
    said = actor.facts(reason=reason)
    if notice := live_notice(session, task):
        move_notice(session, notice, "lift", **said)
    if task.colour != Colour.GREEN:
        move_colour(session, task, "lift", Colour.GREEN, **said)
