"""What one is told at any hour: a code, a sign-in link, what another did by one's link."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from notifications.render import Rendered, render


@dataclass(frozen=True, slots=True)
class CodeMail:
    """`code` is a placeholder: the digits are derived when it is sent. Instants are local."""

    to_name: str
    code: str
    asked_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class SignInMail:
    """`link` is a placeholder, as that of a code. Instants are local."""

    to_name: str
    link: str
    asked_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class ActReceipt:
    """What somebody did by the owner's link, under a name of their own. A restricted matter is
    told by its number only. `office`: whom to ask, as names with addresses."""

    to_name: str
    said_by: str
    act: str  # "acknowledge", "answer" or "instruct"; else a word's key, as "event.apply"
    at: datetime
    notice_number: str  # empty: no notice was acted on
    task_number: str
    title: str
    words: str
    restricted: bool
    office: Sequence[str]


def render_code(mail: CodeMail, language: str) -> Rendered:
    return render("code", language, mail=mail)


def render_sign_in(mail: SignInMail, language: str) -> Rendered:
    return render("sign_in", language, mail=mail)


def render_act_receipt(mail: ActReceipt, language: str) -> Rendered:
    return render("receipt", language, mail=mail)
