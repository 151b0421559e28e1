"""The small cast of the demo: units, posts and one absence, named by post, never by person."""

from collections.abc import Iterator
from datetime import timedelta

from flows.ledger.rows import DirectoryRow
from models.organisation import PostKind
from seeds.notice import read


def directory(shift: timedelta = timedelta()) -> tuple[DirectoryRow, ...]:
    """Units first, then who holds which post, then who is away and represented."""
    return (*_units(), *_posts(), *_absences(shift))


def person(unit: str, post: PostKind) -> tuple[str, str]:
    """(name, address) of a unit's post; the address may be empty."""
    cast = read("cast")
    found = next(entry for entry in cast["unit"] if entry["name"] == unit)
    unreachable = post in found.get("no_address", ())
    address = "" if unreachable else f"{post}.{found['mail']}@{cast['domain']}"
    return f"{unit}{cast['titles'][post]}", address


def _units() -> Iterator[DirectoryRow]:
    for unit in read("cast")["unit"]:
        yield DirectoryRow(unit=unit["name"], parent=unit.get("parent", ""))


def _posts() -> Iterator[DirectoryRow]:
    for unit in read("cast")["unit"]:
        for post in map(PostKind, unit["posts"]):
            name, address = person(unit["name"], post)
            yield DirectoryRow(unit=unit["name"], name=name, post=post, email=address)
    for official in read("cast")["official"]:
        yield DirectoryRow(
            unit=official["unit"],
            name=official["name"],
            post=PostKind(official["post"]),
            email=official["email"],
        )


def _absences(shift: timedelta) -> Iterator[DirectoryRow]:
    for absence in read("cast")["absence"]:
        yield DirectoryRow(
            unit=absence["unit"],
            name=absence["name"],
            deputy=absence["deputy"],
            from_on=absence["from_on"] + shift,
            until_on=absence["until_on"] + shift,
        )
