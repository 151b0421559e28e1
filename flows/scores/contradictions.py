"""Do the results of scores stand where their history leaves them, and say what was decided on?"""

from collections.abc import Iterator

from sqlmodel import Session

from flows.scores.sheets import hash_of, moves_of, sheets
from models import ScoreMove


def score_contradictions(session: Session) -> Iterator[tuple[str, str]]:
    """One pair of sentences, Chinese and English, for each result that its history denies."""
    found = sheets(session)
    moves: dict[int, list[ScoreMove]] = {sheet.id: [] for sheet in found}
    for move in moves_of(session, found):
        moves[move.sheet_id].append(move)
    for sheet in found:
        mine, period = moves[sheet.id], f"{sheet.name} {sheet.from_on}"
        if not mine or mine[-1].target != sheet.state:
            yield (
                f"考核 {period}：状态为 {sheet.state}，与历史记录不符",
                f"score {period}: state is {sheet.state}, which the history denies",
            )
        if any(move.content_hash != hash_of(sheet) for move in mine):
            yield (
                f"考核 {period}：内容与拟稿或审批时不同",
                f"score {period}: its content is not what was prepared or decided on",
            )
