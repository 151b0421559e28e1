"""What waits for approval, and the mail to those who may give it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.bulletin import BulletinKind
from notifications.render import Rendered, render
from notifications.wording import CHINESE, ENGLISH, day_words


@dataclass(frozen=True, slots=True)
class Pending:
    """A posting or a progress report that waits for approval. `href`: its page at the desk."""

    kind: BulletinKind
    number: int
    from_on: date
    to_on: date
    prepared_by: str
    href: str

    def words(self, language: str = CHINESE) -> str:
        english, posting = language == ENGLISH, self.kind is BulletinKind.POSTING
        if english:
            what = f"posting No. {self.number}, {self.from_on:%B %Y}"
            report = f"progress report No. {self.number}, as of {day_words(self.to_on, language)}"
            return f"{what if posting else report}, prepared by {self.prepared_by}"
        month = f"{self.from_on.year}年{self.from_on.month}月晾晒（第 {self.number} 期）"
        report = f"截至{day_words(self.to_on)}的整改进展情况通报（第 {self.number} 次）"
        return f"{month if posting else report}，{self.prepared_by}拟稿"


@dataclass(frozen=True, slots=True)
class Approvals:
    """What waits for this approver this morning."""

    on: date
    to_name: str
    pending: Sequence[Pending]


def render_approvals(mail: Approvals, language: str) -> Rendered:
    return render("approvals", language, mail=mail)
