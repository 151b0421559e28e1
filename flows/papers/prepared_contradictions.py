"""Do the drafts of postings and reports stand where their history leaves them, and say what was
decided on? The draft itself is outside the chain, until it is issued."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from flows.papers.prepared import hash_of, moves_of
from models import PostingDraft, PostingMove
from models.bulletin import BulletinKind

_NAMES = {BulletinKind.POSTING: ("晾晒", "posting"), BulletinKind.PROGRESS: ("通报", "report")}


def prepared_contradictions(session: Session) -> Iterator[tuple[str, str]]:
    """One pair of sentences, Chinese and English, for each draft that its history denies."""
    found = session.exec(select(PostingDraft).order_by(col(PostingDraft.id))).all()
    last = dict[int, PostingMove]()
    changed = set[int]()
    hashes = {draft.id: hash_of(draft) for draft in found}
    for move in moves_of(session, found):
        last[move.draft_id] = move
        if move.content_hash != hashes[move.draft_id]:
            changed.add(move.draft_id)
    for draft in found:
        chinese, english = _NAMES[draft.kind]
        if draft.id not in last or last[draft.id].target != draft.state:
            yield (
                f"{chinese}第 {draft.number} 期：状态为 {draft.state}，与历史记录不符",
                f"{english} No. {draft.number}: state is {draft.state}, which the history denies",
            )
        if draft.id in changed:
            yield (
                f"{chinese}第 {draft.number} 期：内容与拟稿或审批时不同",
                f"{english} No. {draft.number}: its content is not what was prepared or decided on",
            )
