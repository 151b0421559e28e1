"""销号申请: what a handler says was done, measure by measure, with its evidence."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of


class ApplicationState(StrEnum):
    DRAFT = "draft"  # nobody but its writer is shown it
    OPEN = "open"  # under review
    RETURNED = "returned"
    RECALLED = "recalled"  # by whoever applied
    GRANTED = "granted"  # signed off
    LAPSED = "lapsed"  # the task was withdrawn


class SixVisible(StrEnum):
    """六见: what has to be seen before a matter is closed."""

    PERSONS = "persons"  # 见人
    FACTS = "facts"  # 见事
    LIST = "list"  # 见单
    RESULT = "result"  # 见处理结果
    ACCOUNTABILITY = "accountability"  # 见责任追究
    RULES = "rules"  # 见规章制度


class EvidenceKind(StrEnum):
    EVIDENCE = "evidence"  # 佐证材料
    SIGNATURE = "signature"  # scan of the application as signed on paper
    DECISION = "decision"  # scan of a decision that was signed on paper: no part of the packet


class Application(SQLModel, table=True):
    """One at a time for a task. `packet` is the hash of all that is submitted; a draft has none.

    `version` rises when it is amended under review. Money is in 分.
    """

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    cycle: int
    version: int = 1
    state: ApplicationState = Field(sa_column=Column(by_value(ApplicationState), nullable=False))
    summary: str = ""  # 整改完成情况
    rules: str = ""  # 建章立制, with document numbers
    accountability: str = ""  # 追责问责
    money_returned: int = Field(default=0, sa_type=BigInteger)  # 清退金额
    paper_signed_by: str = ""
    paper_signed_on: date | None = None
    applied_by_id: int = Field(foreign_key="official.id")
    said_by: str = ""
    assurance: str = ""
    applied_on: date | None = None
    applied_at: datetime | None = Field(default=None, sa_type=Instant)
    packet: str | None = Field(default=None, foreign_key="packet.hash")

    __table_args__ = (
        CheckConstraint(one_of("state", ApplicationState), name="application_state"),
        CheckConstraint("(state = 'draft') = (packet IS NULL)", name="application_packet"),
        CheckConstraint("(packet IS NULL) = (applied_at IS NULL)", name="application_applied"),
        CheckConstraint("money_returned >= 0", name="application_money"),
        CheckConstraint(
            "(paper_signed_by = '') = (paper_signed_on IS NULL)", name="application_paper"
        ),
        Index(
            "application_present",
            "task_id",
            unique=True,
            sqlite_where=text("state IN ('draft', 'open')"),
            postgresql_where=text("state IN ('draft', 'open')"),
        ),
    )


class MeasureDone(SQLModel, table=True):
    """What was done on one measure of the task, by its position."""

    __tablename__ = "measure_done"

    application_id: int = Field(foreign_key="application.id", primary_key=True)
    position: int = Field(primary_key=True)
    done: str


class VisibleShown(SQLModel, table=True):
    """One of the six: where it is seen, or why it is not applicable."""

    __tablename__ = "visible_shown"

    application_id: int = Field(foreign_key="application.id", primary_key=True)
    visible: SixVisible = Field(sa_column=Column(by_value(SixVisible), primary_key=True))
    shown: str = ""
    not_applicable_because: str = ""

    __table_args__ = (
        CheckConstraint(one_of("visible", SixVisible), name="visible_shown_of_six"),
        CheckConstraint("(shown = '') <> (not_applicable_because = '')", name="visible_shown_one"),
    )


class Evidence(SQLModel, table=True):
    """A file, kept under SISE_HOME by the hash of its content. What was submitted once is only
    marked as removed, because somebody may have decided on it."""

    id: int = Field(default=None, primary_key=True)
    application_id: int = Field(foreign_key="application.id", index=True)
    kind: EvidenceKind = Field(sa_column=Column(by_value(EvidenceKind), nullable=False))
    name: str  # as the person called it
    media_type: str  # as its content says, whatever its name says
    size: int  # octets
    sha256: str = Field(index=True)
    added_by_id: int = Field(foreign_key="official.id")
    added_at: datetime = Field(sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)

    __table_args__ = (
        CheckConstraint(one_of("kind", EvidenceKind), name="evidence_kind"),
        CheckConstraint("size > 0", name="evidence_size"),
    )
