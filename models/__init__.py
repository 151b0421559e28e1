"""What is: the tables, the state machines, policy and calendar.

Importing this package makes `SQLModel.metadata` whole.
"""

from models.calendar_day import CalendarDay, CalendarYear
from models.message import (
    Message,
    MessageAttempt,
    MessageItem,
    Reminder,
    ReplyLink,
    SignInLink,
)
from models.night import Night
from models.notice import Notice, Receipt
from models.organisation import Absence, Official, Post, Unit
from models.proof import ProofCode
from models.relay import Bounce, RelayState, Suppression
from models.rulebook import Policy, Procedure
from models.task import Figure, Measure, Task
from models.transition import ChainLink, DeadlineChange, Transition

__all__ = [
    "Absence",
    "Bounce",
    "CalendarDay",
    "CalendarYear",
    "ChainLink",
    "DeadlineChange",
    "Figure",
    "Measure",
    "Message",
    "MessageAttempt",
    "MessageItem",
    "Night",
    "Notice",
    "Official",
    "Policy",
    "Post",
    "Procedure",
    "ProofCode",
    "Receipt",
    "RelayState",
    "Reminder",
    "ReplyLink",
    "SignInLink",
    "Suppression",
    "Task",
    "Transition",
    "Unit",
]
