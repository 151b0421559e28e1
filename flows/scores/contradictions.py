"""Do the results of scores stand where their history leaves them, and say what was decided on?"""

from collections import defaultdict
from collections.abc import Iterator

from sqlmodel import Session

from flows.papers.draft_moves import denied
from flows.scores.sheets import moves_of, sheets
from models import ScoreMove


def score_contradictions(session: Session) -> Iterator[tuple[str, str]]:
    """Pairs of sentences, Chinese and English, for each result that its history denies."""
    found = sheets(session)
    moves: dict[int, list[ScoreMove]] = defaultdict(list)
    for move in moves_of(session, found):
        moves[move.sheet_id].append(move)
    for sheet in found:
        period = f"{sheet.name} {sheet.from_on}"
        yield from denied(sheet, moves[sheet.id], f"考核 {period}", f"score {period}")
