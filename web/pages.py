"""The Jinja2 environment of the pages: Chinese first, English complete, no JavaScript."""

import hashlib
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from models.span import Span
from notifications import wording
from notifications.change_words import author_words, fact_word, value_words
from notifications.explanation import span_words
from notifications.wording import ENGLISH, moment_words
from web.desk import desk_of, is_local
from web.link_paths import bare

STATIC = Path(__file__).parent / "static"
_LOOK = hashlib.sha256((STATIC / "sise.css").read_bytes()).hexdigest()[:8]


@pass_context
def _say(context: Context, chinese: str, english: str) -> str:
    return english if context["language"] == ENGLISH else chinese


@pass_context
def _moment(context: Context, at: datetime) -> str:
    return moment_words(context["office"].local(at), context["language"])


def iso_day(written: str, language: str) -> str:
    """A date as a packet keeps it, in words."""
    return wording.day_words(date.fromisoformat(written), language)


def span(written: str, language: str) -> str:
    """As 3mo, in words."""
    return span_words(Span.parse(written), language)


def event_kind(written: str, language: str) -> str:
    """As warning, or warning.escalate, in words."""
    machine, _, event = written.partition(".")
    if not event:
        return wording.word(f"moves.{machine}", language)
    return wording.event_word(event, language)


def yuan(fen: int, language: str) -> str:
    amount = f"{fen // 100:,}.{fen % 100:02}"
    return f"{amount} yuan" if language == ENGLISH else f"{amount} 元"


def file_size(octets: int) -> str:
    return f"{octets / 1024 / 1024:.1f} MB" if octets >= 1024 * 1024 else f"{-(-octets // 1024)} KB"


@pass_context
def _bare(context: Context, path: str) -> str:
    return bare(path, context["here"])


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # it would look at each file for each page; they are of the program
    )
    environment.globals["say"] = _say
    environment.globals["look"] = _LOOK  # a new style sheet has a new address
    environment.filters["moment"] = _moment
    environment.filters["in_path"] = quote
    environment.filters["bare"] = _bare
    for shown in (iso_day, span, yuan, file_size, event_kind):
        environment.filters[shown.__name__] = shown
    environment.filters["fact_word"] = fact_word
    environment.filters["value_words"] = value_words
    environment.filters["author_words"] = author_words
    for name in (
        "word colour_word post_word state_word notice_word duty_word mail_word track_word "
        "event_word day_words over_words assurance_word"
    ).split():
        environment.filters[name] = getattr(wording, name)
    return environment


_TEMPLATES = Jinja2Templates(env=_environment())


def page(
    request: Request, template: str, *, status: int = 200, language: str | None = None, **facts: Any
) -> HTMLResponse:
    """A page in the reader's language; the office's own unless one is said."""
    desk = desk_of(request)
    facts = {"visitor": None, "desk_pages": (), "demo": desk.demo and is_local(request)} | facts
    facts["language"] = language or desk.office.language
    facts["office"] = desk.office
    facts["here"] = quote(request.scope["path"])
    facts["has_mailbox"] = desk.mailbox is not None and is_local(request)
    return _TEMPLATES.TemplateResponse(request, template, facts, status_code=status)


def said(
    request: Request, status: int, title: tuple[str, str], words: tuple[str, str]
) -> HTMLResponse:
    """A page that only says something, in (Chinese, English)."""
    return page(request, "said.html", status=status, title=title, words=words)
