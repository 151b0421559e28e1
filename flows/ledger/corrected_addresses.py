"""Whose address a row of 通讯录 corrects: one person of that unit, name and post is there under
another address, which the sheet does not give any more.

Namesakes are two people where each has a row of his own. What may be either is told, never guessed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from flows.ledger.needs import Need
from flows.ledger.problems import Problem
from flows.ledger.roster import Person, Roster, Term
from flows.ledger.rows import DirectoryRow
from models import Post
from models.organisation import PostKind
from notifications.wording import post_word


def correct_addresses(
    roster: Roster, rows: Sequence[DirectoryRow]
) -> list[tuple[DirectoryRow, Problem]]:
    """Before anybody is entered; told are the rows that may be either. A former address still
    means its person in the rest of the file: an exported 台账 gives it beside each matter."""
    sheet = _Sheet.of(roster, rows)
    unknown = [row for row in rows if row.name and row.email and row.email not in roster.by_email]
    former = [
        (row, owner)
        for row in rows
        if row.name and row.email
        for owner in sheet.namesakes(row)
        if row.email in roster.former[owner.id] and not sheet.is_held(row)
    ]
    stale = {row.email for row, _ in former}
    new = [row for row in unknown if row.email not in stale]
    meant: dict[str, set[Person]] = defaultdict(set)
    for row in new:
        meant[row.email].update(p for p in sheet.namesakes(row) if sheet.is_as_kept(p, row))
    only = {email: next(iter(found)) for email, found in meant.items() if len(found) == 1}
    claims = Counter(only.values())
    for email, person in only.items():
        if person.email not in sheet.addresses and claims[person] == 1:
            roster.give_address(person, email)
    either = [
        (row, person)
        for row in new
        if row.email not in roster.by_email
        for person in sheet.namesakes(row)
        if not sheet.tells_apart(person, row)
    ]
    return [
        (row, Problem(row.sheet, row.row, "邮箱", row.email, need, sheet.shown(person)))
        for need, found in ((Need.FORMER_ADDRESS, former), (Need.NAMESAKE, either))
        for row, person in found
    ]


@dataclass(slots=True)
class _Sheet:
    roster: Roster
    addresses: set[str]
    written: set[tuple[str, str, str]]  # name, address, unit
    confirmed: set[tuple[str, str, str, PostKind | None]]  # name, address, unit, post
    posts: dict[Person, list[Term[Post]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, roster: Roster, rows: Sequence[DirectoryRow]) -> "_Sheet":
        sheet = cls(
            roster,
            {row.email for row in rows},
            {(row.name, row.email, row.unit) for row in rows},
            {(row.name, row.email, row.unit, row.post) for row in rows},
        )
        for term in roster.posts:
            sheet.posts[term.person].append(term)
        return sheet

    def is_held(self, row: DirectoryRow) -> bool:
        """Its address is now that of somebody of this name."""
        holder = self.roster.holder(row.email)
        return holder is not None and holder.name == row.name

    def namesakes(self, row: DirectoryRow) -> Iterator[Person]:
        """Those of this name whom the unit has, each with an address."""
        for person in self.roster.addressed(row.unit, row.name):
            if person.unit == row.unit or any(self._held(person, row)):
                yield person

    def is_as_kept(self, person: Person, row: DirectoryRow) -> bool:
        """The row says of this person what is known: the post, or that there is none."""
        held = [term.kind for term in self._held(person, row)]
        return row.post in held if held else row.post is None

    def tells_apart(self, person: Person, row: DirectoryRow) -> bool:
        """This person has a row too, by this name, with the post that both would have."""
        if row.post and self.is_as_kept(person, row):
            return (row.name, person.email, row.unit, row.post) in self.confirmed
        return (row.name, person.email, row.unit) in self.written

    def shown(self, person: Person) -> str:
        kinds = dict.fromkeys(post_word(term.kind) for term in self.posts[person] if term.kind)
        return " ".join((person.shown(), "、".join(kinds))).rstrip()

    def _held(self, person: Person, row: DirectoryRow) -> Iterator[Term[Post]]:
        """Dates beside a deputy bound the absence, and not the post."""
        days = (None, None) if row.deputy else (row.from_on, row.until_on)
        return (t for t in self.posts[person] if t.unit == row.unit and t.overlaps(*days))
