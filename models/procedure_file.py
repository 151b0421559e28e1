"""A procedure file as data: its policy, the levels of its sign-off, its time limits."""

from typing import Literal, Self

from pydantic import Field, model_validator

from models.ladder import AnySpan, Strict, Within, parse_rules
from models.organisation import PostKind
from models.rule_words import Fault
from models.span import Span
from models.stage import Stage, require_order


class Level(Strict):
    """One level of the sign-off: whose post decides, in the task's own unit or its lead unit."""

    post: PostKind
    of: Literal["unit", "lead_unit"] = "unit"
    title: str
    within: Within


class Approval(Strict):
    """Whose post decides on a request, and within what time."""

    approver: PostKind
    within: Within = Span(3, "wd")


class Extension(Approval):
    times: int = Field(ge=0)
    up_to: AnySpan


class LongTerm(Approval):
    review_every: AnySpan = Span(3, "mo")


class EvidenceAsked(Strict):
    six_visibles: bool = False


class Lines(Strict):
    """报审: what is handed in line by line, and decided so. `parts` name the parts of a line, the
    first of which says what it is about; `people`: that is a person. Once it is handed in, it
    passes to the unit `reviewed_by`, into the second stage. `number`: how the numbers begin."""

    number: str = Field(pattern=r"^[^\s\-|/]{1,20}$")
    reviewed_by: str = Field(min_length=1)
    parts: tuple[str, ...] = Field(min_length=1, max_length=6)
    people: bool = False


class Sample(Strict):
    """回头看抽样: how many of those whose date has come are looked at, by whom, and for what."""

    share: int = Field(default=20, ge=1, le=100)  # per cent, of each unit's
    at_least: int = Field(default=5, ge=1)
    post: PostKind = PostKind.REVIEWER
    within: Within = Span(10, "wd")
    checklist: tuple[str, ...] = ()


class ProcedureFile(Strict):
    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    policy: str
    restricted: bool = False
    basis: str = ""
    objection_within: Within = Span(5, "wd")
    objection: Approval = Approval(approver=PostKind.OFFICE, within=Span(5, "wd"))
    return_within: Within = Span(5, "wd")
    look_back: tuple[AnySpan, ...] = ()
    evidence: EvidenceAsked = EvidenceAsked()
    sample: Sample = Sample()
    extension: Extension | None = None
    suspension: Approval | None = None
    long_term: LongTerm | None = None
    level: tuple[Level, ...] = ()
    stage: tuple[Stage, ...] = ()
    lines: Lines | None = None

    @model_validator(mode="after")
    def _stages_hang_together(self) -> Self:
        require_order(self.stage)
        if self.lines and not (self.level and self.stage and self.stage[0].next):
            raise Fault(
                "分条报审的须有审核环节 level，并有报送、审查两个 stage",
                "what is handed in line by line needs a level, and a stage that follows the first",
            ).at("lines")
        return self

    def stage_named(self, name: str) -> Stage | None:
        """None also where a task is in a stage that a newer file knows no more."""
        return next((stage for stage in self.stage if name == stage.name), None)

    def may_follow(self, name: str) -> tuple[Stage, ...]:
        """The stages into which a matter may move from here; any, where it is in none."""
        present = self.stage_named(name)
        if present is None:
            return self.stage
        return tuple(stage for name in present.next if (stage := self.stage_named(name)))


def parse_procedure(text: str, *, file: str) -> ProcedureFile:
    """Read a procedure file; raises RuleError naming file, table and key."""
    return parse_rules(ProcedureFile, text, file=file)
