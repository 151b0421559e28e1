"""A posting as a paper, with where it stands."""

from flows.office import Office
from flows.papers.postings import Standing
from models.posting import PostingState
from notifications.papers.paper import Paper
from notifications.papers.posting import Approval, PostingFacts, posting_paper


def paper_of(office: Office, kept: Standing, language: str) -> Paper:
    """Whatever was not approved says so on its face."""
    decided = kept.decided if kept.state == PostingState.POSTED else None
    return posting_paper(
        PostingFacts.model_validate_json(kept.content),
        kept.number,
        (kept.from_on, kept.to_on),
        office.local(kept.as_of),
        language,
        draft=kept.state != PostingState.POSTED,
        approval=Approval(decided.said_by, office.local(decided.at)) if decided else None,
    )
