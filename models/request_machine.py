"""The machine of a request: what a handler asks for, and nobody may grant himself."""

from enum import StrEnum

from models.machine import Machine, Move


class RequestKind(StrEnum):
    EXTENSION = "extension"  # 延期
    SUSPENSION = "suspension"  # 中止: a hearing, a court, a higher office is waited for
    LONG_TERM = "long_term"  # 转为长期坚持
    END_LONG_TERM = "end_long_term"  # 转回限期整改
    REVIEW = "review"  # 阶段复核 of a long-term task: its report for this cycle
    OBJECTION = "objection"  # 异议: not ours


class RequestState(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by whoever asked
    LAPSED = "lapsed"  # the task moved on without it


R = RequestState

REQUEST = Machine(
    name="request",
    initial=R.ASKED,
    final=frozenset({R.GRANTED, R.REFUSED, R.WITHDRAWN, R.LAPSED}),
    moves=(
        Move(R.ASKED, "grant", R.GRANTED, ("approver",), ("decision",)),
        Move(R.ASKED, "refuse", R.REFUSED, ("approver",), ("reason",)),
        Move(R.ASKED, "take_back", R.WITHDRAWN, ("handler",), ("reason",)),
        Move(R.ASKED, "lapse", R.LAPSED, ("handler", "sign-off", "office"), ("reason",)),
    ),
)
