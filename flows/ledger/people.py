"""Which person a row means: by mail address, else by name within the unit; never by a guess."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from flows.ledger.needs import Need
from flows.ledger.roster import Person, Roster


class NotIdentified(Exception):
    """The row does not say clearly enough who is meant."""

    def __init__(self, need: Need, found: str, other: str = "") -> None:
        super().__init__(need.name)
        self.need, self.found, self.other = need, found, other


@dataclass(slots=True)
class People:
    """Looks people up in a roster, and adds those whom the file brings."""

    roster: Roster
    said: dict[str, str] = field(default_factory=dict)  # address → name, as this file has it

    def by_address(self, unit: str, name: str, email: str) -> Person:
        """The owner of the address: known, renamed, or new in this unit."""
        known = self.roster.by_email.get(email)
        if not name:
            if known is None:
                raise NotIdentified(Need.NAME_MISSING, "", email)
            return known
        if self.said.setdefault(email, name) != name:
            raise NotIdentified(Need.TWO_NAMES, email, self.said[email])
        if known is None or (known.email != email and known.name != name):
            return self._claim(unit, name, email)  # a former address is nobody's by another name
        self.roster.rename(known, name)
        self.roster.place(known, unit)
        return known

    def enter(self, unit: str, name: str) -> Person:
        """The person of this name in the unit; a new one without address if there is none."""
        found = self.roster.named(unit, name)
        return self._one(found, name) if found else self.roster.add(Person(name, "", unit))

    def within(self, unit: str, name: str) -> Person:
        """A known person: by name within the unit, or by address."""
        if "@" in name:
            return self._known_address(name)
        found = self.roster.named(unit, name)
        if not found:
            raise NotIdentified(Need.UNKNOWN_OFFICIAL, name, unit)
        return self._one(found, name)

    def anywhere(self, unit: str, name: str) -> Person:
        """A known person: within the unit, else the only one of this name, or by address."""
        found = self.roster.named(unit, name) or self.roster.by_name.get(name, [])
        return self._one(found, name) if found else self.within(unit, name)

    def without_address(self, unit: str, name: str) -> list[Person]:
        return [p for p in self.roster.named(unit, name) if not p.email]

    def _claim(self, unit: str, name: str, email: str) -> Person:
        without = self.without_address(unit, name)
        if len(without) == 1:
            self.roster.give_address(without[0], email)
            return without[0]
        return self.roster.add(Person(name, email, unit))

    def _known_address(self, written: str) -> Person:
        person = self.roster.by_email.get(written.lower())
        if person is None:
            raise NotIdentified(Need.UNKNOWN_OFFICIAL, written, "邮箱")
        return person

    def _one(self, found: list[Person], name: str) -> Person:
        """Whoever is in service comes before a namesake who is not."""
        found = [p for p in found if not (p.stored and p.stored.left_on)] or found
        if len(found) > 1:
            raise NotIdentified(Need.AMBIGUOUS_OFFICIAL, name, str(len(found)))
        return found[0]


def cycles(parents: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """Every ring of units that are above each other, told once."""
    done: set[str] = set()
    for start in parents:
        path: list[str] = []
        unit: str | None = start
        while unit is not None and unit not in done and unit not in path:
            path.append(unit)
            unit = parents.get(unit)
        if unit in path:
            yield tuple(path[path.index(unit) :])
        done.update(path)
