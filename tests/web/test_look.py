"""The four colours: the same on every page and in every mail, and readable on their grounds."""

import re
from itertools import product
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from models.warning import Colour
from web.pages import STATIC

SHEET = (STATIC / "sise.css").read_text("utf-8")
TEMPLATES = Path(__file__).parents[2] / "notifications/templates"
READABLE = 4.5  # WCAG 2 AA, text of any size


def rules(css):
    """What each selector declares, later rules over earlier ones."""
    found = {}
    for selectors, declared in re.findall(
        r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    ):
        for selector in selectors.split(","):
            facts = dict(part.split(":", 1) for part in declared.split(";") if ":" in part)
            found.setdefault(selector.strip(), {}).update(
                {name.strip(): value.strip() for name, value in facts.items()}
            )
    return found


PLAIN, _, REST = SHEET.partition("@media")
LIGHT = rules(PLAIN)
DARK_CSS = REST.partition("prefers-color-scheme: dark) {")[2].partition("@media")[0]
DARK = {name: LIGHT.get(name, {}) | facts for name, facts in rules(DARK_CSS).items()}


def contrast(one, other):
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(d * 2 for d in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", list(Colour))
def test_a_mail_and_a_page_show_the_same_colour(colour):
    mail = Environment(loader=FileSystemLoader(TEMPLATES)).get_template("_layout.html").module

    page = LIGHT[f".{colour}"]

    assert page == {
        "background": mail.tint[colour],
        "color": mail.ink[colour],
        "border-color": mail.stripe[colour],
    }
    assert LIGHT[f".fill-{colour}"] == {"background": mail.stripe[colour]}
    assert LIGHT[f".edge-{colour}"] == {"border-left-color": mail.stripe[colour]}
    assert colour == "orange" or mail.stripe[colour] in (STATIC / "sise.svg").read_text("utf-8")


@pytest.mark.parametrize(("scheme", "colour"), list(product(("light", "dark"), Colour)))
def test_each_colour_is_readable_on_its_ground(scheme, colour):
    style = (LIGHT if scheme == "light" else DARK)[f".{colour}"]

    assert contrast(style["color"], style["background"]) >= READABLE


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_written_small_or_overdue_is_readable_too(scheme):
    sheet = LIGHT if scheme == "light" else DARK
    grounds = {
        sheet["body"]["background"],
        sheet[".card"]["background"],
        sheet[".note"]["background"],
    }

    for ground, text in product(grounds, ("body", ".soft", ".over", "a")):
        assert contrast(sheet[text]["color"], ground) >= READABLE, (text, ground)
    go = sheet["button.go"]
    assert contrast(go["color"], go["background"]) >= READABLE


def test_no_rule_is_written_twice():
    for css in (PLAIN, DARK_CSS):
        declared = [
            (selector.strip(), name.strip())
            for selectors, facts in re.findall(r"([^{}]+)\{([^{}]*)\}", css)
            for selector in selectors.split(",")
            for name in re.findall(r"([\w-]+)\s*:", facts)
        ]
        assert sorted({one for one in declared if declared.count(one) > 1}) == []
