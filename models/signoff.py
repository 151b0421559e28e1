"""The sign-off machine: how a task leaves the ledger, and only so."""

from enum import StrEnum

from models.machine import Machine, Move


class TaskState(StrEnum):
    ASSIGNED = "assigned"
    OBJECTED = "objected"
    IN_PROGRESS = "in_progress"
    UNDER_REVIEW = "under_review"
    SUSPENDED = "suspended"
    LONG_TERM = "long_term"
    SIGNED_OFF = "signed_off"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


S = TaskState

ON_CLOCK = (S.ASSIGNED, S.IN_PROGRESS, S.LONG_TERM)
"""The states in which the clock runs against the handler."""

CLOSED = (S.SIGNED_OFF, S.CONFIRMED, S.WITHDRAWN)
OPEN = tuple(state for state in S if state not in CLOSED)

SIGNOFF = Machine(
    name="sign-off",
    initial=S.ASSIGNED,
    final=frozenset({S.CONFIRMED, S.WITHDRAWN}),
    # A matter that is long-term stays so when its application comes back.
    chosen=frozenset({"return", "recall"}),
    moves=(
        Move(S.ASSIGNED, "start", S.IN_PROGRESS, ("handler",), ("progress",)),
        Move(S.ASSIGNED, "object", S.OBJECTED, ("handler",), ("reason",)),
        Move(S.OBJECTED, "uphold", S.ASSIGNED, ("office",), ("reason", "new unit")),
        Move(S.OBJECTED, "reject", S.ASSIGNED, ("office",), ("reason",)),
        Move(S.OBJECTED, "take_back", S.ASSIGNED, ("handler",), ("reason",)),
        Move(S.ASSIGNED, "apply", S.UNDER_REVIEW, ("handler",), ("application",)),
        Move(S.IN_PROGRESS, "apply", S.UNDER_REVIEW, ("handler",), ("application",)),
        Move(S.LONG_TERM, "apply", S.UNDER_REVIEW, ("handler",), ("application",)),
        Move(S.UNDER_REVIEW, "amend", S.UNDER_REVIEW, ("handler",), ("reason",)),
        Move(S.UNDER_REVIEW, "recall", S.IN_PROGRESS, ("handler",), ("reason",)),
        Move(S.UNDER_REVIEW, "recall", S.LONG_TERM, ("handler",), ("reason",)),
        Move(S.UNDER_REVIEW, "ask", S.UNDER_REVIEW, ("reviewer",), ("reason",)),
        Move(S.UNDER_REVIEW, "approve", S.UNDER_REVIEW, ("reviewer",), ("decision",)),
        Move(S.UNDER_REVIEW, "sign_off", S.SIGNED_OFF, ("last reviewer",), ("decision",)),
        Move(S.UNDER_REVIEW, "return", S.IN_PROGRESS, ("reviewer",), ("reason",)),
        Move(S.UNDER_REVIEW, "return", S.LONG_TERM, ("reviewer",), ("reason",)),
        Move(S.ASSIGNED, "suspend", S.SUSPENDED, ("approver",), ("reason", "legal basis")),
        Move(S.IN_PROGRESS, "suspend", S.SUSPENDED, ("approver",), ("reason", "legal basis")),
        Move(S.SUSPENDED, "resume", S.IN_PROGRESS, ("office", "clock"), ("reason",)),
        Move(S.ASSIGNED, "make_long_term", S.LONG_TERM, ("approver",), ("review cycle",)),
        Move(S.IN_PROGRESS, "make_long_term", S.LONG_TERM, ("approver",), ("review cycle",)),
        Move(S.LONG_TERM, "end_long_term", S.IN_PROGRESS, ("approver",), ("new deadline",)),
        Move(S.SIGNED_OFF, "confirm", S.CONFIRMED, ("look-back",), ("verdict",)),
        Move(S.SIGNED_OFF, "reopen", S.IN_PROGRESS, ("look-back",), ("verdict", "reason")),
        *(Move(s, "reassign", s, ("office",), ("reason", "new handler")) for s in OPEN),
        *(Move(s, "withdraw", S.WITHDRAWN, ("office",), ("reason",)) for s in OPEN),
    ),
)
