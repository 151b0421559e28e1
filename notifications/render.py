"""The Jinja2 environment of the mails. A missing value is an error, never an empty place."""

from dataclasses import asdict, dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications import wording


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str

    @property
    def said(self) -> dict[str, Any]:
        """As a row of the outbox has it."""
        return asdict(self)


_ENVIRONMENT = Environment(
    loader=PackageLoader("notifications"),
    undefined=StrictUndefined,
    autoescape=select_autoescape(["html", "svg"]),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    auto_reload=False,
)
for _name in (
    "word colour_word post_word duty_word notice_word day_words moment_words over_words"
).split():
    _ENVIRONMENT.filters[_name] = getattr(wording, _name)


def render(template: str, language: str, **facts: Any) -> Rendered:
    """A mail in threes: subject, text, HTML. `template` names the triple, as "digest"."""
    facts["language"] = language
    subject, body, html = (
        _ENVIRONMENT.get_template(f"{template}.{language}.{part}").render(facts)
        for part in ("subject.txt", "body.txt", "body.html")
    )
    return Rendered(" ".join(subject.split()), body, html)


def render_page(template: str, **facts: Any) -> str:
    """One HTML file, in the language that its facts are in."""
    return _ENVIRONMENT.get_template(template).render(facts)
