"""What is: the tables, the state machines, policy and calendar.

Importing this package makes `SQLModel.metadata` whole.
"""

from models.api_client import ApiClient
from models.application import Application, Evidence, MeasureDone, VisibleShown
from models.bulletin import Bulletin
from models.calendar_day import CalendarDay, CalendarYear
from models.decision import Chase, Decision, Packet, Referral
from models.duty import DutyChange, DutyOccurrence, DutyTemplate
from models.feedback import Feedback
from models.figure import Figure, FigureApproval
from models.lead_review import ReviewedLead
from models.look_back import LookBack, LookBackPoint, LookBackRound
from models.measurement import (
    Measurement,
    MeasurementFollowUp,
    MeasurementSeries,
    SeriesVersion,
)
from models.message import (
    Message,
    MessageAttempt,
    MessageBody,
    MessageItem,
    Reminder,
    ReplyLink,
    Resending,
    SignInLink,
)
from models.night import Night, NightShard
from models.notice import Notice, Receipt
from models.office_change import OfficeChange
from models.open_count import DayCount, OpenCount
from models.organisation import Absence, Official, Post, Unit
from models.pairing import Pairing, PairingEnd
from models.posting import PostingDraft, PostingMove
from models.proof import ProofCode
from models.proposal import LineVerdict, Proposal, ProposalLine
from models.record import Record, RecordKind, RecordLine
from models.relay import Bounce, RelayState, Suppression
from models.report_form import ReportForm
from models.request import ChangeRequest
from models.responsibility import Exclusion, Reassignment
from models.rulebook import Policy, Procedure
from models.score import ScoreMove, ScoreObjection, ScoreRuling, ScoreScheme, ScoreSheet
from models.task import Measure, Milestone, Task
from models.transfer import Transfer
from models.transition import ChainLink, DeadlineChange, Transition
from models.watch_list import ListMembership, WatchList
from models.webhook import Webhook, WebhookAttempt, WebhookDelivery

__all__ = [
    "Absence",
    "ApiClient",
    "Application",
    "Bounce",
    "Bulletin",
    "CalendarDay",
    "CalendarYear",
    "ChainLink",
    "ChangeRequest",
    "Chase",
    "DayCount",
    "DeadlineChange",
    "Decision",
    "DutyChange",
    "DutyOccurrence",
    "DutyTemplate",
    "Evidence",
    "Exclusion",
    "Feedback",
    "Figure",
    "FigureApproval",
    "LineVerdict",
    "ListMembership",
    "LookBack",
    "LookBackPoint",
    "LookBackRound",
    "Measure",
    "MeasureDone",
    "Measurement",
    "MeasurementFollowUp",
    "MeasurementSeries",
    "Message",
    "MessageAttempt",
    "MessageBody",
    "MessageItem",
    "Milestone",
    "Night",
    "NightShard",
    "Notice",
    "OfficeChange",
    "Official",
    "OpenCount",
    "Packet",
    "Pairing",
    "PairingEnd",
    "Policy",
    "Post",
    "PostingDraft",
    "PostingMove",
    "Procedure",
    "ProofCode",
    "Proposal",
    "ProposalLine",
    "Reassignment",
    "Receipt",
    "Record",
    "RecordKind",
    "RecordLine",
    "Referral",
    "RelayState",
    "Reminder",
    "ReplyLink",
    "ReportForm",
    "Resending",
    "ReviewedLead",
    "ScoreMove",
    "ScoreObjection",
    "ScoreRuling",
    "ScoreScheme",
    "ScoreSheet",
    "SeriesVersion",
    "SignInLink",
    "Suppression",
    "Task",
    "Transfer",
    "Transition",
    "Unit",
    "VisibleShown",
    "WatchList",
    "Webhook",
    "WebhookAttempt",
    "WebhookDelivery",
]
