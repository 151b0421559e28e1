"""What is: the tables, the state machines, policy and calendar.

Importing this package makes `SQLModel.metadata` whole.
"""

from models.calendar_day import CalendarDay, CalendarYear
from models.message import Message, MessageItem, Reminder, ReplyLink, SignInLink
from models.night import Night
from models.notice import Notice, Receipt
from models.organisation import Absence, Official, Post, Unit
from models.rulebook import Policy, Procedure
from models.task import Figure, Measure, Task
from models.transition import ChainLink, DeadlineChange, Transition

__all__ = [
    "Absence",
    "CalendarDay",
    "CalendarYear",
    "ChainLink",
    "DeadlineChange",
    "Figure",
    "Measure",
    "Message",
    "MessageItem",
    "Night",
    "Notice",
    "Official",
    "Policy",
    "Post",
    "Procedure",
    "Receipt",
    "Reminder",
    "ReplyLink",
    "SignInLink",
    "Task",
    "Transition",
    "Unit",
]
