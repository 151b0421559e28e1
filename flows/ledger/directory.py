"""The rows of 通讯录 go into the roster, in any order; what contradicts itself is a problem."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product

from flows.ledger.corrected_addresses import correct_addresses
from flows.ledger.directory_needs import DirectoryNeed
from flows.ledger.needs import Need
from flows.ledger.out_of_service import directory_out_of_service
from flows.ledger.people import NotIdentified, People, cycles
from flows.ledger.problems import Problem
from flows.ledger.roster import Person, Stored, Term
from flows.ledger.rows import DirectoryRow
from flows.ledger.sentences import Sentence
from models import Absence, Post

Found = tuple[DirectoryRow, Person]


def plan_directory(people: People, rows: Sequence[DirectoryRow]) -> list[Problem]:
    """Enter everything that the rows say; nothing is written yet."""
    rows = [row for row in rows if row.unit]  # without one, the reading has told it
    problems = _plan_units(people, rows)
    namesakes = correct_addresses(people.roster, rows)
    either = {id(row) for row, _ in namesakes}
    found, unclear = _plan_people(people, [row for row in rows if id(row) not in either])
    _settle_homes(found)
    languages = _settle_languages(found)
    gone = list(directory_out_of_service(found, people.roster))
    posts = _plan_posts(people, found)
    absences, unknown = _plan_absences(people, found)
    return [
        *problems,
        *(told for _, told in namesakes),
        *unclear,
        *languages,
        *gone,
        *posts,
        *absences,
        *unknown,
    ]


def undated_deputies(rows: Sequence[DirectoryRow]) -> Iterator[Problem]:
    """Told, and kept: many a list names the deputies of people who are at their desks."""
    for row in rows:
        if row.deputy and row.from_on is None and row.until_on is None:
            yield _problem(row, "代理人", DirectoryNeed.ALWAYS_AWAY, row.name, row.deputy)


def _problem(
    row: DirectoryRow, column: str, need: Sentence, found: str, other: str = ""
) -> Problem:
    return Problem(row.sheet, row.row, column, found, need, other)


def _plan_units(people: People, rows: Sequence[DirectoryRow]) -> list[Problem]:
    problems, said = [], dict[str, DirectoryRow]()
    roster = people.roster
    for row in rows:
        roster.units.setdefault(row.unit, None)
        if not row.parent:
            continue
        roster.units.setdefault(row.parent, None)
        first = said.setdefault(row.unit, row)
        if first.parent != row.parent:
            problems.append(
                _problem(row, "上级单位", DirectoryNeed.TWO_PARENTS, row.parent, str(first.row))
            )
        roster.parents[row.unit] = first.parent
    for ring in cycles(roster.parents):
        row = next(said[unit] for unit in ring if unit in said)
        path = " → ".join((*ring, ring[0]))
        problems.append(_problem(row, "上级单位", DirectoryNeed.PARENT_CYCLE, ring[0], path))
    return problems


def _plan_people(people: People, rows: Sequence[DirectoryRow]) -> tuple[list[Found], list[Problem]]:
    """Those with an address first: a row without one may mean somebody of a later row."""
    found, problems = list[Found](), list[Problem]()
    for row in sorted((row for row in rows if row.name), key=_in_turn(people)):
        try:
            if row.email:
                person = people.by_address(row.unit, row.name, row.email)
            else:
                person = people.enter(row.unit, row.name)
            found.append((row, person))
        except NotIdentified as who:
            column = "邮箱" if who.need is Need.TWO_NAMES else "姓名"
            problems.append(_problem(row, column, who.need, who.found, who.other))
    return found, problems


def _in_turn(people: People) -> Callable[[DirectoryRow], tuple[bool, bool, bool]]:
    """Of those with an address the row first that says of somebody without one what is known: the
    post, or the unit."""
    terms = [term for term in people.roster.posts if not term.person.email]
    held = {(term.unit, term.person.name, term.kind) for term in terms}
    return lambda row: (
        not row.email,
        (row.unit, row.name, row.post) not in held,
        not people.without_address(row.unit, row.name),
    )


def _settle_homes(found: Iterable[Found]) -> None:
    """A person of several units keeps the home that the database has, if the file names it."""
    units: dict[Person, list[str]] = defaultdict(list)
    for row, person in found:
        units[person].append(row.unit)
    for person, named in units.items():
        if person.unit not in named:
            person.unit = named[0]


def _settle_languages(found: Iterable[Found]) -> list[Problem]:
    problems, said = [], dict[Person, DirectoryRow]()
    for row, person in found:
        if not row.language:
            continue
        first = said.setdefault(person, row)
        if first.language != row.language:
            problems.append(
                _problem(row, "语言", DirectoryNeed.TWO_LANGUAGES, row.language, str(first.row))
            )
        person.language = first.language
    return problems


def _plan_posts(people: People, found: Sequence[Found]) -> list[Problem]:
    """Dates beside a deputy bound the absence; the post itself is then only made sure of."""
    bounded, held = list[tuple[DirectoryRow, Term[Post]]](), list[Term[Post]]()
    for row, person in found:
        if row.post and row.deputy:
            held.append(Term(person, None, None, unit=row.unit, kind=row.post))
        elif row.post:
            bounded.append(
                (row, Term(person, row.from_on, row.until_on, unit=row.unit, kind=row.post))
            )
    problems = _overlaps(bounded, DirectoryNeed.OVERLAPPING_POST, lambda term: term.key())
    _settle(people.roster.posts, [term for _, term in bounded])
    keys = {term.key() for term in people.roster.posts}
    for term in held:
        if term.key() not in keys:
            keys.add(term.key())
            people.roster.posts.append(term)
    for term in people.roster.posts:
        people.roster.place(term.person, term.unit)
    return problems


def _plan_absences(people: People, found: Sequence[Found]) -> tuple[list[Problem], list[Problem]]:
    terms, problems = list[tuple[DirectoryRow, Term[Absence]]](), list[Problem]()
    for row, person in found:
        if not row.deputy:
            continue
        try:
            deputy = people.anywhere(row.unit, row.deputy)
        except NotIdentified as who:
            problems.append(_problem(row, "代理人", who.need, who.found, who.other))
            continue
        if deputy is person:
            problems.append(_problem(row, "代理人", DirectoryNeed.OWN_DEPUTY, row.deputy))
        terms.append((row, Term(person, row.from_on, row.until_on, deputy=deputy)))
    overlaps = _overlaps(terms, DirectoryNeed.OVERLAPPING_ABSENCE, lambda term: (term.person,))
    _settle(people.roster.absences, [term for _, term in terms])
    return overlaps, [*problems, *_mutual(people.roster.absences, terms)]


def _mutual(
    absences: Sequence[Term[Absence]], rows: Sequence[tuple[DirectoryRow, Term[Absence]]]
) -> Iterator[Problem]:
    """Of two who stand in for each other neither would be told. What the database has so is no
    problem of an export that says it again."""
    terms: dict[tuple[object, object], list[Term[Absence]]] = defaultdict(list)
    for term in absences:
        terms[term.person, term.deputy].append(term)
    for row, wanted in rows:
        for term, other in product(
            terms[wanted.person, wanted.deputy], terms[wanted.deputy, wanted.person]
        ):
            meant = term.from_on == wanted.from_on and term.overlaps(other.from_on, other.until_on)
            if meant and not (term.is_as_stored() and other.is_as_stored()):
                yield _problem(row, "代理人", DirectoryNeed.MUTUAL_DEPUTIES, row.deputy, row.name)
                break


def _overlaps(
    rows: Sequence[tuple[DirectoryRow, Term[Stored]]],
    need: Sentence,
    key: Callable[[Term[Stored]], tuple[object, ...]],
) -> list[Problem]:
    problems = list[Problem]()
    seen: dict[tuple[object, ...], list[tuple[DirectoryRow, Term[Stored]]]] = defaultdict(list)
    for row, term in rows:
        for earlier, other in seen[key(term)]:
            if other.overlaps(term.from_on, term.until_on):
                problems.append(_problem(row, "起", need, row.name, str(earlier.row)))
                break
        seen[key(term)].append((row, term))
    return problems


def _settle(present: list[Term[Stored]], wanted: Sequence[Term[Stored]]) -> None:
    """A wanted term is the present one that begins with it, else one that it overlaps, else new."""
    free: dict[tuple[object, ...], list[Term[Stored]]] = defaultdict(list)
    for term in present:
        free[term.key()].append(term)
    late = []
    for term in wanted:
        same = next((t for t in free[term.key()] if t.from_on == term.from_on), None)
        if same is None:
            late.append(term)
        else:
            same.until_on = term.until_on
            free[term.key()].remove(same)
    for term in late:
        other = next((t for t in free[term.key()] if t.overlaps(term.from_on, term.until_on)), None)
        if other is None:
            present.append(term)
        else:
            other.from_on, other.until_on = term.from_on, term.until_on
            free[term.key()].remove(other)
