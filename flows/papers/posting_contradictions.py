"""Do the drafts of postings stand where their history leaves them, and say what was decided on? The
draft itself is outside the chain, until it is issued."""

from collections.abc import Iterator

from sqlmodel import Session

from flows.papers.postings import drafts, hash_of, moves_of
from models import PostingMove


def posting_contradictions(session: Session) -> Iterator[tuple[str, str]]:
    """One pair of sentences, Chinese and English, for each draft that its history denies."""
    found = drafts(session)
    last = dict[int, PostingMove]()
    changed = set[int]()
    hashes = {draft.id: hash_of(draft) for draft in found}
    for move in moves_of(session, found):
        last[move.draft_id] = move
        if move.content_hash != hashes[move.draft_id]:
            changed.add(move.draft_id)
    for draft in found:
        if draft.id not in last or last[draft.id].target != draft.state:
            yield (
                f"晾晒第 {draft.number} 期：状态为 {draft.state}，与历史记录不符",
                f"posting No. {draft.number}: state is {draft.state}, which the history denies",
            )
        if draft.id in changed:
            yield (
                f"晾晒第 {draft.number} 期：内容与拟稿或审批时不同",
                f"posting No. {draft.number}: its content is not what was prepared or decided on",
            )
