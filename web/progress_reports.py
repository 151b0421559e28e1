"""Published progress reports at the desk: their figures, and the records behind each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from flows.measures.series import series_of
from flows.pairings.standing import pairings
from flows.papers.prepared import drafts, moves_of, numbered
from models import (
    Application,
    Bulletin,
    Figure,
    Measurement,
    MeasurementSeries,
    ReviewedLead,
    Task,
    Transfer,
)
from models.bulletin import BulletinKind
from models.posting import PostingState
from models.record import Family
from models.refusal import Refusal
from notifications.papers.progress import ProgressFacts, Shown, source_words
from notifications.wording import CHINESE, ENGLISH, day_words, word
from web.desk_pages import desk_page, looking, whoever_keeps_directory, whoever_sees_postings
from web.ids import id_in
from web.record_rows import Row, by_key
from web.reported_rows import visible
from web.rights import Viewer
from web.written import Written

router = APIRouter()
PATH = "/reports"
LISTED = 20
PAGES = {Family.ACT: "/acts", Family.OUTCOME: "/outcomes"}


@dataclass(frozen=True)
class Behind:
    """One record behind a figure: what it is called, and where it can be looked at. `row`: of an
    act or an outcome."""

    words: tuple[str, str]
    href: str = ""
    row: Row | None = None


@router.api_route(PATH, methods=["GET", "HEAD"])
def reports(request: Request) -> Response:
    with looking(request, whoever_sees_postings) as (session, viewer):
        return list_page(request, session, viewer)


def list_page(
    request: Request,
    session: Session,
    viewer: Viewer,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    """What was published, and the drafts that were not."""
    newest = session.exec(
        select(Bulletin)
        .where(Bulletin.kind == BulletinKind.PROGRESS)
        .order_by(col(Bulletin.number).desc())
        .limit(LISTED)
    ).all()
    kept = drafts(session, BulletinKind.PROGRESS)
    numbers = {one.id: one.number for one in kept}
    others = [one for one in kept if one.state != PostingState.POSTED]
    return desk_page(
        request,
        viewer,
        "reports.html",
        status=422 if refused else 200,
        told=[(one, ProgressFacts.model_validate_json(one.content)) for one in newest],
        n=newest[0].number if newest else 0,
        approved={
            numbers[move.draft_id]: move
            for move in moves_of(session, kept)
            if move.event == "approve"
        },
        drafts=others[:LISTED],
        waits=any(one.state == PostingState.DRAFT for one in others),
        to=sent["to"] if sent else "",
        may_prepare=viewer.keeps_directory,
        refused=refused,
    )


@router.api_route(PATH + "/{number}", methods=["GET", "HEAD"])
def one_report(request: Request, number: str) -> Response:
    with looking(request, whoever_keeps_directory) as (session, viewer):
        kept, facts = _published(session, number)
        decided = numbered(session, BulletinKind.PROGRESS, kept.number).decided
        return desk_page(
            request,
            viewer,
            "report.html",
            kept=kept,
            facts=facts,
            decided=decided,
            source_words=source_words,
        )


@router.api_route(PATH + "/{number}/{figure:path}", methods=["GET", "HEAD"])
def one_figure(request: Request, number: str, figure: str) -> Response:
    with looking(request, whoever_keeps_directory) as (session, viewer):
        kept, facts = _published(session, number)
        shown = next((one for one in facts.figures if one.id == figure), None)
        if shown is None:
            raise HTTPException(404)
        return desk_page(
            request,
            viewer,
            "report_figure.html",
            kept=kept,
            facts=facts,
            figure=shown,
            source=source_words,
            behind=_behind(session, viewer, shown),
        )


def _published(session: Session, number: str) -> tuple[Bulletin, ProgressFacts]:
    kept = session.exec(
        select(Bulletin).where(
            Bulletin.kind == BulletinKind.PROGRESS, Bulletin.number == id_in(number)
        )
    ).first()
    if kept is None:
        raise HTTPException(404)
    return kept, ProgressFacts.model_validate_json(kept.content)


def _behind(session: Session, viewer: Viewer, shown: Shown) -> list[Behind]:
    """In their order. What this one may not see is counted, and not told."""
    keys: dict[str, list[str]] = {}
    for one in shown.records:
        what, _, which = one.partition("/")
        keys.setdefault(what, []).append(which)
    return [said for what, found in keys.items() for said in _TOLD[what](session, viewer, found)]


def _records(session: Session, viewer: Viewer, keys: Sequence[str]) -> list[Behind]:
    found = by_key(session, viewer, [int(key) for key in keys])
    return [
        Behind(
            (f"第 {key} 号", f"record {key}"),
            f"{PAGES[row.kind.family]}/{key}",
            row,
        )
        for key, row in found.items()
    ]


def _tasks(session: Session, viewer: Viewer, keys: Sequence[str]) -> list[Behind]:
    seen = session.exec(select(Task.number).where(col(Task.number).in_(keys), viewer.may_see()))
    return [Behind((number, number), f"/tasks/{number}") for number in sorted(seen)]


def _reviews(session: Session, viewer: Viewer, keys: Sequence[str]) -> list[Behind]:
    found = session.exec(
        select(Task.number, ReviewedLead.verdict)
        .join(ReviewedLead, col(ReviewedLead.lead_id) == col(Task.id))
        .where(col(ReviewedLead.id).in_([int(key) for key in keys]), viewer.may_see())
        .order_by(col(Task.number))
    )
    return [
        Behind(
            (f"{number} {_verdict(given, CHINESE)}", f"{number} {_verdict(given, ENGLISH)}"),
            f"/tasks/{number}",
        )
        for number, given in found
    ]


def _verdict(given: str | None, language: str) -> str:
    return word(f"lead_verdict.{given}", language) if given else ""


def _transfers(session: Session, viewer: Viewer, keys: Sequence[str]) -> list[Behind]:
    found = session.exec(
        select(Task.number, col(Transfer.on))
        .join(Transfer, col(Transfer.lead_id) == col(Task.id))
        .where(col(Transfer.id).in_([int(key) for key in keys]), viewer.may_see())
        .order_by(col(Transfer.id))
    )
    return [
        Behind(
            (f"{number} {day_words(on)}移送", f"{number}, transferred {day_words(on, ENGLISH)}"),
            f"/tasks/{number}",
        )
        for number, on in found
    ]


def _measured(session: Session, _viewer: Viewer, keys: Sequence[str]) -> list[Behind]:
    found = session.exec(
        select(Measurement, MeasurementSeries)
        .join(MeasurementSeries, col(MeasurementSeries.id) == col(Measurement.series_id))
        .where(col(Measurement.id).in_([int(key) for key in keys]))
        .order_by(col(Measurement.id))
    )
    return [_measurement(one, series) for one, series in found]


def _measurement(one: Measurement, series: MeasurementSeries) -> Behind:
    file = series_of(series)
    said = f"{one.subject} {file.written(one.period)} {one.value}{file.unit} "
    words = (said + word(f"code.{one.code}", CHINESE), said + word(f"code.{one.code}", ENGLISH))
    return Behind(words, f"/measurements/{series.name}")


def _applications(session: Session, viewer: Viewer, keys: Sequence[str]) -> list[Behind]:
    found = session.exec(
        select(Task.number)
        .join(Application, col(Application.task_id) == col(Task.id))
        .where(col(Application.id).in_([int(key) for key in keys]), viewer.may_see())
    )
    return [
        Behind((f"{number} 的销号申请", f"the application of {number}"), f"/tasks/{number}")
        for number in found
    ]


def _proposals(session: Session, viewer: Viewer, keys: Sequence[str]) -> list[Behind]:
    """Their pages show the lines, each with its verdict."""
    seen = session.exec(select(Task.number).where(col(Task.number).in_(keys), viewer.may_see()))
    return [Behind((number, number), f"/proposals/{number}") for number in sorted(seen)]


def _bulletins(_session: Session, _viewer: Viewer, keys: Sequence[str]) -> list[Behind]:
    return [Behind((f"督查通报第 {key} 期", f"bulletin No. {key}")) for key in keys]


def _pairings(session: Session, _viewer: Viewer, keys: Sequence[str]) -> list[Behind]:
    wanted = {int(key) for key in keys}
    found = [one for one in pairings(session) if one.row.id in wanted]
    return [Behind((one.label, one.label), f"/pairings/{one.row.id}") for one in found]


def _figures(session: Session, viewer: Viewer, keys: Sequence[str]) -> list[Behind]:
    these = col(Figure.id).in_([int(key) for key in keys])
    found = session.exec(select(Figure).where(these, visible(viewer)))
    return [
        Behind((f"{one.name} {one.value}{one.unit}",) * 2, f"/reported?about={one.code}")
        for one in found
    ]


_TOLD: Mapping[str, Any] = {
    "record": _records,
    "task": _tasks,
    "application": _applications,
    "proposal": _proposals,
    "bulletin": _bulletins,
    "review": _reviews,
    "transfer": _transfers,
    "measured": _measured,
    "figure": _figures,
    "pairing": _pairings,
}
