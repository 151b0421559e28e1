"""整改进展情况通报: prepared as of a day, for somebody else to approve before it is published."""

from datetime import date

from sqlmodel import Session

from flows.moves import lock_all_tasks
from flows.papers.approval import put_forward, require_next
from flows.papers.progress import begins, progress_facts
from flows.signoff.actor import OfficeActor
from models import PostingDraft
from models.bulletin import BulletinKind
from models.report_form import FormFile

REPORT = BulletinKind.PROGRESS


def prepare_report(
    session: Session, by: OfficeActor, form: FormFile, *, last: date
) -> PostingDraft:
    """Freeze what the form says as of this day. Raises Refusal."""
    lock_all_tasks(session)
    first = begins(session, form)
    number = require_next(session, REPORT, first, last, by)
    facts = progress_facts(session, form, first, last)
    return put_forward(session, REPORT, number, by, facts, first=first, last=last)
