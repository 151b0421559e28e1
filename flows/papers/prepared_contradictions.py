"""Do the drafts of postings and reports stand where their history leaves them, and say what was
decided on?"""

from collections import defaultdict
from collections.abc import Iterator

from sqlmodel import Session, col, select

from flows.papers.draft_moves import denied
from flows.papers.prepared import moves_of
from models import PostingDraft, PostingMove
from models.bulletin import BulletinKind

_DRAFTS = select(PostingDraft).order_by(col(PostingDraft.id))
_NAMES = {BulletinKind.POSTING: ("晾晒", "posting"), BulletinKind.PROGRESS: ("通报", "report")}


def prepared_contradictions(session: Session) -> Iterator[tuple[str, str]]:
    """Pairs of sentences, Chinese and English, for each draft that its history denies."""
    found = session.exec(_DRAFTS).all()
    moves: dict[int, list[PostingMove]] = defaultdict(list)
    for move in moves_of(session, found):
        moves[move.draft_id].append(move)
    for draft in found:
        chinese, english = _NAMES[draft.kind]
        names = f"{chinese}第 {draft.number} 期", f"{english} No. {draft.number}"
        yield from denied(draft, moves[draft.id], *names)
