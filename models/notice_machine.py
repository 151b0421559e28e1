"""The notice machine: what becomes of one 预警单."""

from enum import StrEnum

from models.machine import Machine, Move


class NoticeState(StrEnum):
    ISSUED = "issued"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    LIFTED = "lifted"
    SUPERSEDED = "superseded"


LIVE = (NoticeState.ISSUED, NoticeState.ACKNOWLEDGED, NoticeState.ANSWERED)
MOVERS = ("handler", "deputy", "whoever the ladder climbed to")

NOTICE = Machine(
    name="notice",
    initial=NoticeState.ISSUED,
    final=frozenset({NoticeState.LIFTED, NoticeState.SUPERSEDED}),
    moves=(
        Move(NoticeState.ISSUED, "acknowledge", NoticeState.ACKNOWLEDGED, MOVERS),
        Move(NoticeState.ISSUED, "answer", NoticeState.ANSWERED, MOVERS, ("progress",)),
        Move(NoticeState.ACKNOWLEDGED, "answer", NoticeState.ANSWERED, MOVERS, ("progress",)),
        *(Move(s, "lift", NoticeState.LIFTED, ("relief", "sign-off", "office")) for s in LIVE),
        *(Move(s, "supersede", NoticeState.SUPERSEDED, ("a higher colour",)) for s in LIVE),
    ),
)
