"""What the night says: one digest per person, and the office's morning summary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from models.ladder import Entry
from models.notice import Duty
from models.organisation import PostKind
from models.warning import Colour
from notifications import sentences
from notifications.pending import Pending
from notifications.referral import Chased
from notifications.render import Rendered, render
from notifications.wording import CHINESE, ENGLISH, colour_word, mail_word


@dataclass(frozen=True, slots=True)
class Line:
    """One matter of a digest. A restricted one carries number, colour and dates only.

    `days_over` is counted from `counted_on`, the rolled deadline: negative while there is time.
    `duty` None is a reminder: the task is still green and nothing but the work is owed.
    `cause` is the clause that raised it from the colour `raised_from`.
    """

    number: str
    title: str
    unit: str
    restricted: bool
    colour: Colour
    label: str
    notice_number: str
    due_on: date | None
    days_over: int | None
    provisional: bool
    duty: Duty | None
    acknowledge_by: date | None
    answer_by: date | None
    capacity: PostKind
    stands_for: str
    climbed_from: PostKind | None
    link: str
    counted_on: date | None = None
    raised_from: Colour | None = None
    cause: Entry | None = None

    @property
    def rolled_to(self) -> date | None:
        """The day that the deadline counts as, where that is another."""
        return self.counted_on if self.counted_on != self.due_on else None

    def tag(self, language: str = CHINESE) -> str:
        """The colour as a word, with the policy's own label where that says more."""
        colour = colour_word(self.colour, language)
        if language == ENGLISH:
            return f"{colour.capitalize()} · {self.label}" if self.label else colour.capitalize()
        return self.label if colour in self.label else f"{colour} · {self.label}".rstrip(" ·")

    def owed(self, language: str = CHINESE) -> str:
        return sentences.owed(self.duty, self.acknowledge_by, self.answer_by, language)

    def why(self, language: str = CHINESE) -> str:
        return sentences.why(self.capacity, self.stands_for, self.climbed_from, language)

    def raised(self, language: str = CHINESE) -> str:
        """From which colour it came, and by which clause; nothing for a reminder."""
        if self.raised_from is None:
            return ""
        return sentences.raised(self.raised_from, self.colour, self.cause, language)


@dataclass(frozen=True, slots=True)
class Raised:
    """One matter that the night raised. A restricted one carries no title and no unit."""

    number: str
    title: str
    unit: str
    restricted: bool
    source: Colour
    target: Colour
    cause: Entry | None

    def how(self, language: str = CHINESE) -> str:
        return sentences.raised(self.source, self.target, self.cause, language)


@dataclass(frozen=True, slots=True)
class Digest:
    """`chased`: decisions that are due or late. `more`: how many matters are only counted, because
    the mail would be too long."""

    on: date
    to_name: str
    lines: Sequence[Line]
    all_link: str
    more: int = 0
    chased: Sequence[Chased] = ()

    @property
    def to_decide(self) -> list[Chased]:
        return [chase for chase in self.chased if not chase.superior]

    @property
    def late_below(self) -> list[Chased]:
        """What others owe, one level below."""
        return [chase for chase in self.chased if chase.superior]

    @property
    def warnings(self) -> list[Line]:
        return [line for line in self.lines if line.duty is not None]

    @property
    def reminders(self) -> list[Line]:
        return [line for line in self.lines if line.duty is None]

    @property
    def owed(self) -> list[Line]:
        """The warnings that wait for this person, the worst colour first."""
        waiting = (line for line in self.warnings if line.duty is not Duty.COPY)
        return sorted(waiting, key=lambda line: -line.colour.rank)

    @property
    def copies(self) -> list[Line]:
        return [line for line in self.warnings if line.duty is Duty.COPY]

    @property
    def owed_cut(self) -> bool:
        """More is owed than is spelt out: what is owed comes first, so nothing else is there."""
        return self.more > 0 and len(self.owed) == len(self.lines)

    @property
    def worst(self) -> Colour:
        colours = [line.colour for line in self.lines] or [Colour.GREEN]
        return max(colours, key=lambda colour: colour.rank)


@dataclass(frozen=True, slots=True)
class Summary:
    """The office's morning: what the night did, and what needs a person."""

    on: date
    scanned: int
    escalated: Mapping[Colour, int]
    relieved: int
    notices: int
    recipients: int
    queued: int
    waiting: int
    previous_on: date | None
    previous_mail: Mapping[str, int]  # state of a message -> how many
    unresolved: Sequence[tuple[str, str]]  # task number, post that nobody holds
    stalled: Sequence[tuple[str, str]]  # task number, why nobody decides: as flows.signoff.stalled
    unreachable: Sequence[str]  # people whose mail was refused for good
    horizon: date | None  # last day of the known calendar, once it is near
    audit_number: int
    audit_head: str
    board: Mapping[Colour, int] = field(default_factory=dict)  # open tasks by colour
    matters: Sequence[Raised] = ()  # what was raised, the worst first; `more` is only counted
    desk: str = ""  # the address of the board
    pending: Sequence[Pending] = ()  # papers that wait for approval
    without_address: Sequence[tuple[str, str]] = ()  # handlers, and their units

    @property
    def raised(self) -> list[tuple[Colour, int]]:
        """How many tasks came to each colour, the worst first."""
        return sorted(((c, n) for c, n in self.escalated.items() if n), key=lambda p: -p[0].rank)

    @property
    def more(self) -> int:
        """How many matters were raised and are not among `matters`."""
        return sum(self.escalated.values()) - len(self.matters)

    @property
    def wanting(self) -> int:
        """How many matters need a person this morning."""
        people = (self.unreachable, self.without_address)
        wanting = (self.unresolved, self.stalled, *people, self.pending)
        return sum(map(len, wanting)) + (self.horizon is not None)

    def previous(self, language: str = CHINESE) -> list[tuple[str, int]]:
        return [(mail_word(state, language), n) for state, n in self.previous_mail.items()]


def render_digest(digest: Digest, language: str) -> Rendered:
    return render("digest", language, digest=digest)


def render_summary(summary: Summary, language: str) -> Rendered:
    return render("summary", language, summary=summary)
