"""A procedure file as data: its policy, the levels of its sign-off, its time limits."""

from pydantic import Field

from models.ladder import AnySpan, Strict, Within, parse_rules
from models.organisation import PostKind
from models.span import Span


class Level(Strict):
    post: PostKind
    title: str
    within: Within


class Extension(Strict):
    times: int = Field(ge=0)
    up_to: AnySpan
    approver: PostKind


class EvidenceAsked(Strict):
    six_visibles: bool = False


class ProcedureFile(Strict):
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    policy: str
    restricted: bool = False
    basis: str = ""
    objection_within: Within = Span(5, "wd")
    return_within: Within = Span(5, "wd")
    look_back: tuple[AnySpan, ...] = ()
    evidence: EvidenceAsked = EvidenceAsked()
    extension: Extension | None = None
    level: tuple[Level, ...] = ()


def parse_procedure(text: str, *, file: str) -> ProcedureFile:
    """Read a procedure file; raises RuleError naming file, table and key."""
    return parse_rules(ProcedureFile, text, file=file)
