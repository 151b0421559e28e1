"""A posting or a progress report as a paper, with where it stands."""

from flows.office import Office
from flows.papers.prepared import Standing
from models.bulletin import BulletinKind
from models.posting import PostingState
from notifications.papers.paper import Approval, Paper
from notifications.papers.posting import PostingFacts, posting_paper
from notifications.papers.progress import ProgressFacts, progress_paper


def paper_of(office: Office, kept: Standing, language: str) -> Paper:
    """Whatever was not approved says so on its face."""
    decided = kept.decided if kept.state == PostingState.POSTED else None
    approval = Approval(decided.said_by, office.local(decided.at)) if decided else None
    draft = kept.state != PostingState.POSTED
    if kept.kind is BulletinKind.POSTING:
        return posting_paper(
            PostingFacts.model_validate_json(kept.content),
            kept.number,
            (kept.from_on, kept.to_on),
            office.local(kept.as_of),
            language,
            draft=draft,
            approval=approval,
        )
    return progress_paper(
        ProgressFacts.model_validate_json(kept.content),
        None if draft else kept.number,
        kept.to_on,
        (approval.at if approval else office.local(kept.as_of)).date(),
        language,
        "" if draft else f"{office.base_url}/reports/{kept.number}",
        approval=approval,
        waits=draft,
    )
