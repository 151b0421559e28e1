"""Proof of who holds the browser of a reply link, by a sign-in or by a six-digit code."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.background import BackgroundTask

from flows.database import transaction
from flows.proof import TRIES, Tried, new_code, proof_of, try_code
from flows.reply_links import Opened
from flows.urgent_mail import write_code
from models.proof import Assurance
from web.desk import desk_of
from web.send_now import send_now
from web.signing_in import signed_in

COOKIE = "sise_browser"
KEPT = 3600  # seconds
ASK = "ask"  # else a code is entered
Fault = tuple[str, str]


@dataclass(frozen=True)
class ProofForm:
    step: str  # empty: this form is none of proof
    sure: bool
    code: str

    @classmethod
    def of(cls, proof: str, sure: str, code: str) -> "ProofForm":
        """From its fields, as they were sent."""
        digits = re.sub(r"\s", "", unicodedata.normalize("NFKC", code[:40]))
        return cls(proof, sure == "yes", digits)


@dataclass(frozen=True)
class Standing:
    """What the page says of whoever holds this browser. `until`: of a proof by code."""

    assurance: Assurance
    until: datetime | None
    awaited: bool
    address: str  # where a code would go, enough of it to be recognised


async def proof_form(
    proof: Annotated[str, Form()] = "",
    sure: Annotated[str, Form()] = "",
    code: Annotated[str, Form()] = "",
) -> ProofForm:
    return ProofForm.of(proof, sure, code)


def assurance_of(request: Request, session: Session, opened: Opened, now: datetime) -> Assurance:
    """How sure it is that whoever holds this browser is the owner of this link."""
    return standing(request, session, opened, now).assurance


def standing(request: Request, session: Session, opened: Opened, now: datetime) -> Standing:
    browser, link_id = _browser(request), opened.link.id
    until, awaited = proof_of(session, link_id, browser, now) if browser else (None, False)
    assurance = Assurance.CODE if until else Assurance.LINK
    if signed_in(request, now) == opened.official.id:
        assurance, until = Assurance.SESSION, None
    return Standing(assurance, until, awaited, _masked(opened.official.email or ""))


def prove(
    request: Request, here: str, opened: Opened, form: ProofForm, now: datetime
) -> RedirectResponse | Fault:
    """Mail a code, or try one; then back to `here`. A fault is one sentence, and changed nothing
    but the tries."""
    if form.step == ASK:
        return _ask(request, here, opened, form, now)
    if not re.fullmatch(r"[0-9]{6}", form.code):
        return ("请填写邮件中的 6 位数字验证码。", "Please enter the six digits of the mail.")
    desk, browser = desk_of(request), _browser(request)
    with transaction(desk.office.engine, now) as session:
        tried, left = try_code(session, desk.office, opened.link.id, browser, form.code, now)
    if tried == Tried.RIGHT:
        return _back(here)
    return _wrong(left) if tried == Tried.WRONG and left else _SAID[tried]


def _ask(
    request: Request, here: str, opened: Opened, form: ProofForm, now: datetime
) -> RedirectResponse | Fault:
    if not form.sure:
        return (
            "请先勾选“我是本人”，再发送验证码。",
            "Please tick that it is you; then a code is mailed.",
        )
    desk, browser = desk_of(request), _browser(request) or secrets.token_hex(16)
    with transaction(desk.office.engine, now) as session:
        salt = new_code(session, desk.office, opened.link, browser, now)
        if salt:
            write_code(session, desk.office, opened.official, salt, now)
    if not salt:
        return (
            "10 分钟内已发送 3 次验证码，请查收邮件，或过几分钟再试。",
            "Three codes were mailed within ten minutes; please look for them, or wait a little.",
        )
    request.state.browser = browser
    response = _back(here)
    response.background = BackgroundTask(send_now, desk)
    response.set_cookie(
        COOKIE,
        browser,
        max_age=KEPT,
        path="/r/",
        httponly=True,
        samesite="lax",
        secure=desk.office.base_url.startswith("https://"),
    )
    return response


def _back(here: str) -> RedirectResponse:
    return RedirectResponse(f"{here}#proof", status_code=303)


def _browser(request: Request) -> str:
    """The mark of this browser, also when it is only being given."""
    written = getattr(request.state, "browser", "") or request.cookies.get(COOKIE, "")
    return written if re.fullmatch(r"[0-9a-f]{32}", written) else ""


def _masked(address: str) -> str:
    name, at, domain = address.rpartition("@")
    return f"{name[:1]}***{at}{domain}" if at else ""


def _wrong(left: int) -> Fault:
    return (
        f"验证码不对，还可以试 {left} 次。",
        f"That code is wrong; {left} of {TRIES} tries are left.",
    )


_LOCKED = (
    "验证码已输错 5 次，不能再用。请重新发送验证码。",
    "Five wrong codes: this one is locked. Please have a new one mailed.",
)
_GONE = (
    "验证码已过期，或不是在本浏览器中请求的。请重新发送验证码。",
    "The code is too old, or was asked for in another browser. Please have a new one mailed.",
)
_SAID = {Tried.WRONG: _LOCKED, Tried.LOCKED: _LOCKED, Tried.NONE: _GONE}
