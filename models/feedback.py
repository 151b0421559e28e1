"""社会监督: what somebody of the public said. Its task has the clock; the words are here alone."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, SQLModel

from models.columns import by_value, one_of


class Channel(StrEnum):
    WEB = "web"
    TELEPHONE = "telephone"
    POST = "post"


class Fate(StrEnum):
    """What the office did with it, beside answering: that is its task's sign-off."""

    KEPT = "kept"
    PASSED_ON = "passed_on"
    DISCIPLINE = "discipline"  # a report of wrongdoing: its words were erased


class Feedback(SQLModel, table=True):
    """`reference` is drawn, and nobody's but the sender's. `finding_id`: which finding it is
    about. `reply` is shown to whoever has the reference once it was signed off."""

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", unique=True)
    reference: str = Field(unique=True)
    channel: Channel = Field(sa_column=Column(by_value(Channel), nullable=False))
    received_on: date
    words: str
    contact: str
    finding_id: int | None = Field(default=None, foreign_key="task.id")
    fate: Fate = Field(sa_column=Column(by_value(Fate), nullable=False))
    passed_to: str
    reply: str

    __table_args__ = (
        CheckConstraint(one_of("channel", Channel), name="feedback_channel"),
        CheckConstraint(one_of("fate", Fate), name="feedback_fate"),
        CheckConstraint(
            "fate <> 'discipline' OR (words = '' AND contact = '' AND reply = '')",
            name="feedback_discipline_is_erased",
        ),
    )
