"""A file of kinds: which acts and outcomes an office records."""

from typing import Self

from pydantic import Field, model_validator

from models.ladder import Strict, parse_rules
from models.record import Family
from models.rule_words import Fault


class Kind(Strict):
    """`parent`: a kind of the same file, above it, whose total this one is part of."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    english: str = Field(min_length=1)
    parent: str = ""


class KindFile(Strict):
    family: Family
    kind: tuple[Kind, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _parents_come_first(self) -> Self:
        known = {""}
        for one in self.kind:
            if one.parent not in known:
                raise Fault(
                    f"“{one.name}”的上级“{one.parent}”没有写在它前面",
                    f"'{one.parent}', the parent of '{one.name}', does not stand before it",
                )
            known.add(one.name)
        return self


def parse_kinds(text: str, *, file: str) -> KindFile:
    """Read a file of kinds; raises RuleError naming file and key."""
    return parse_rules(KindFile, text, file=file)
