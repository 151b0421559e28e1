"""佐证材料: files that belong to an application, and who may see them."""

from collections.abc import Sequence
from datetime import date, datetime
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import func
from sqlmodel import Session, col, select

from flows.around import aside_from
from flows.moves import lock_task
from flows.office import Office
from flows.signoff.actor import Actor
from flows.signoff.evidence_files import keep, path_of
from flows.signoff.file_names import clean_name
from flows.signoff.file_types import FileType, what_is
from flows.signoff.roles import HANDLER, OFFICE, roles_of
from models import Application, Evidence, Referral, Task
from models.application import ApplicationState, EvidenceKind
from models.refusal import Refusal

MIB = 1 << 20
LARGEST = 20 * MIB  # one file
TOGETHER = 100 * MIB  # one application's files
MOST = 20  # one application's files

WELCOME = (
    "PDF、图片（JPEG、PNG、WebP、HEIC）、Word、Excel、PowerPoint、OFD、TXT、CSV",
    "PDF, pictures (JPEG, PNG, WebP, HEIC), Word, Excel, PowerPoint, OFD, TXT and CSV",
)


class NotTaken(Refusal):
    """This file is not kept."""


def add_evidence(
    session: Session,
    office: Office,
    application: Application,
    content: BinaryIO | bytes,
    *,
    name: str,
    kind: EvidenceKind,
    actor: Actor,
) -> Evidence:
    """Keep a file for this application. Raises NotTaken, which names the file and what it is.

    If the transaction fails afterwards, the content stays on disk, and no row names it.
    """
    stream = BytesIO(content) if isinstance(content, bytes) else content
    called = clean_name(name)
    size = _size(stream, called)
    found = what_is(stream)
    if not found.taken:
        raise _unwelcome(called, found)
    lock_task(session, application.task_id)
    _require_room(session, application, called, size)
    row = Evidence(
        application_id=application.id,
        kind=kind,
        name=called,
        media_type=found.media_type,
        size=size,
        sha256=keep(office.home, stream),
        added_by_id=actor.official_id,
        added_at=actor.now,
    )
    session.add(row)
    session.flush()
    return row


def remove_evidence(session: Session, evidence: Evidence, now: datetime) -> None:
    """Take it out: of a draft for good; of what was submitted by a mark, because somebody may
    have decided on it."""
    application = session.get_one(Application, evidence.application_id)
    if application.state == ApplicationState.DRAFT:
        session.delete(evidence)
    elif evidence.removed_at is None:
        evidence.removed_at = now
        session.add(evidence)
    session.flush()


def present_evidence(session: Session, application: Application) -> Sequence[Evidence]:
    """What was added and not removed, scans of decisions included."""
    return session.exec(
        select(Evidence)
        .where(Evidence.application_id == application.id, col(Evidence.removed_at).is_(None))
        .order_by(col(Evidence.id))
    ).all()


def open_evidence(office: Office, evidence: Evidence) -> Path:
    """Where its content is. Raises a Refusal when it is not there, or not all of it."""
    path = path_of(office.home, evidence.sha256)
    if not path.is_file() or path.stat().st_size != evidence.size:
        raise Refusal(
            f"“{evidence.name}”的文件已丢失或不完整，请联系督查办公室从备份中恢复",
            f"'{evidence.name}' is missing or incomplete; please ask the supervision office to "
            "restore it from the copy",
        )
    return path


def may_see(session: Session, evidence: Evidence, task: Task, official_id: int, on: date) -> bool:
    application = session.get_one(Application, evidence.application_id)
    return may_see_that_of(session, application, task, official_id, on)


def may_see_that_of(
    session: Session, application: Application, task: Task, official_id: int, on: date
) -> bool:
    """The handler's side; of what was submitted also the office, and whoever was asked to decide
    on this task. Nobody who stands aside from it."""
    roles = roles_of(session, task, official_id, on)
    if HANDLER in roles:
        return True
    if application.state == ApplicationState.DRAFT:
        return False
    if official_id in aside_from(session, task, on):
        return False
    asked = select(Referral.id).where(
        Referral.task_id == task.id, Referral.official_id == official_id
    )
    return OFFICE in roles or session.exec(asked.limit(1)).first() is not None


def _size(stream: BinaryIO, name: str) -> int:
    size = stream.seek(0, SEEK_END)
    if not size:
        raise NotTaken(f"“{name}”是空文件，没有保存", f"'{name}' is an empty file; it was not kept")
    if size > LARGEST:
        raise NotTaken(
            f"“{name}”有 {size / MIB:.1f} MB，超过每个文件 {LARGEST // MIB} MB 的上限，没有保存；"
            "请压缩图片或拆分后再上传",
            f"'{name}' has {size / MIB:.1f} MB, more than the {LARGEST // MIB} MB of one file; it "
            "was not kept. Please make it smaller or divide it",
        )
    return size


def _unwelcome(name: str, found: FileType) -> NotTaken:
    return NotTaken(
        f"“{name}”是{found.chinese}，不能作为佐证材料，没有保存；可以上传：{WELCOME[0]}",
        f"'{name}' is {found.english}, which is not taken as evidence; it was not kept. Welcome "
        f"are {WELCOME[1]}",
    )


def _require_room(session: Session, application: Application, name: str, size: int) -> None:
    count, octets = session.execute(
        select(func.count(), func.coalesce(func.sum(Evidence.size), 0)).where(
            Evidence.application_id == application.id, col(Evidence.removed_at).is_(None)
        )
    ).one()
    if count >= MOST or octets + size > TOGETHER:
        raise NotTaken(
            f"“{name}”没有保存：每份申请最多 {MOST} 个文件、共 {TOGETHER // MIB} MB，"
            f"已有 {count} 个、{octets / MIB:.1f} MB",
            f"'{name}' was not kept: an application takes {MOST} files and {TOGETHER // MIB} MB; "
            f"there are {count} with {octets / MIB:.1f} MB",
        )
