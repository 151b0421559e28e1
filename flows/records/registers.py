"""What is counted of other registers than that of records: leads that were looked at again, leads
that were transferred, and codes that were measured."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from flows.measures.series import series_of
from flows.records.entries import Entry
from flows.records.lines import Line
from models import Measurement, MeasurementSeries, ReviewedLead, Task, Transfer
from notifications.wording import word

REVIEW, TRANSFER, ROUND = "lead_review", "lead_transfer", "code_round"  # kinds


def registered(session: Session, first: date, last: date) -> list[Entry]:
    """Of these days. The topic of a lead is the title of its batch, or the number of the matter in
    which it was found; of a code the name of its series."""
    return [
        *_reviewed(session, first, last),
        *_transferred(session, first, last),
        *_measured(session, first, last),
    ]


def _reviewed(session: Session, first: date, last: date) -> Iterator[Entry]:
    lead = aliased(Task)
    found = session.exec(
        select(ReviewedLead, Task.title, lead.number)
        .join(Task, col(Task.id) == col(ReviewedLead.task_id))
        .join(lead, col(lead.id) == col(ReviewedLead.lead_id))
        .where(col(ReviewedLead.given_on).between(first, last))
        .order_by(col(ReviewedLead.id))
    )
    for one, title, number in found:
        if one.verdict and one.given_on:
            line = Line(subject=number, result=word(f"lead_verdict.{one.verdict}"))
            yield Entry(f"review/{one.id}", REVIEW, one.given_on, title, lines=(line,))


def _transferred(session: Session, first: date, last: date) -> Iterator[Entry]:
    lead = aliased(Task)
    found = session.exec(
        select(Transfer, Task.number, lead.number)
        .join(Task, col(Task.id) == col(Transfer.task_id))
        .join(lead, col(lead.id) == col(Transfer.lead_id))
        .where(col(Transfer.on).between(first, last))
        .order_by(col(Transfer.id))
    )
    for one, whence, number in found:
        line = Line(subject=number)
        yield Entry(f"transfer/{one.id}", TRANSFER, one.on, whence, lines=(line,))


def _measured(session: Session, first: date, last: date) -> Iterator[Entry]:
    """What counts of each period, by the day on which it was first reported; a subject whose value
    was corrected has its code of today."""
    of = (col(Measurement.series_id), col(Measurement.subject), col(Measurement.period))
    begun = (
        select(func.max(Measurement.id).label("id"), func.min(Measurement.on).label("on"))
        .group_by(*of)
        .subquery()
    )
    found = session.exec(
        select(Measurement, MeasurementSeries, begun.c.on)
        .join(begun, begun.c.id == col(Measurement.id))
        .join(MeasurementSeries, col(MeasurementSeries.id) == col(Measurement.series_id))
        .where(begun.c.on.between(first, last))
        .order_by(col(Measurement.id))
    )
    for one, series, on in found:
        line = Line(unit=one.subject, result=word(f"code.{one.code}"))
        key = f"measured/{one.id}"
        yield Entry(key, ROUND, on, series_of(series).name, lines=(line,))
