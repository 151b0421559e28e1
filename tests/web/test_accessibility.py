"""Every page is looked at by axe, in light and in dark, and measured on a phone: nothing serious is
found, nothing is wider than the screen, nothing is heavy."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext

from flows.database import transaction
from flows.signing_in import offer_sign_in
from models import Notice, Official, Task
from tests.kept import rows
from tests.web import chromium as needing
from tests.web.chromium import follow
from tests.web.district import gather_district
from tests.web.test_app import running
from tests.web.test_who_may_what import AFTER, EVERYBODY, MATRIX
from web.app import create_app
from web.office_ways import ACTS

pytestmark = [
    *needing.needed,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
HEAVY = 100_000  # octets of a page without its pictures
NO_PAGES = ("/healthz", "/metrics", "/mailbox", "/figures/wall.css")  # for programs, or empty here
DOWNLOADS = ("/evidence/", "/export", "/word", "/xlsx")
OFFICE = "/office/reassign"  # one of several acts, each with a page
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "rules": {"color-contrast": {"enabled": False}},
}
CONTRAST = {"runOnly": ["color-contrast"]}
PARTS = 2  # of the pages, so that several can be looked at side by side
# No rule of these tags needs what axe would fetch beforehand: the style sheets once more.
RUN = """async options => (await axe.run(
    window.unseen || document,
    {resultTypes: ["violations"], preload: false, iframes: false, ...options}
)).violations"""
# Most of what pages show looks the same on all of them, and colours take axe the longest: it is
# asked about each look once for each person. A look is of an element with words of its own: what
# it and all it lies in are, with everything of their style that decides about contrast.
UNSEEN = """() => {
    const looks = new Map([[null, ""]])
    const look = one => {
        if (!looks.has(one)) {
            const style = getComputedStyle(one), {tagName, className, disabled} = one
            looks.set(one, [
                tagName, className, disabled, style.color, style.backgroundColor,
                style.backgroundImage, style.opacity, style.fontSize, style.fontWeight,
                style.position, look(one.parentElement)
            ].join())
        }
        return looks.get(one)
    }
    const worded = one => one.value || one.placeholder ||
        [...one.childNodes].some(child => child.nodeType === Node.TEXT_NODE && child.data.trim())
    window.seen ??= new Set()
    window.unseen = [...document.body.querySelectorAll("*")].filter(one => {
        const before = seen.size
        return worded(one) && one.checkVisibility() && seen.add(look(one)).size > before
    })
    return unseen.length
}"""
# One window for all pages of a person: as fast as axe is once the browser has compiled it.
SHOW = """async path => {
    const answer = await fetch(path)
    const html = await answer.text()
    history.replaceState(null, "", path)
    document.open()
    document.write(html)
    document.close()
    if (document.readyState !== "complete") {
        await new Promise(done => addEventListener("load", done, {once: true}))
    }
    window.unseen = null
    return answer.status
}"""


WHO_FIRST = ("adam", "alice", "dora")


@pytest.fixture
def district(office, bench):
    return gather_district(bench, "http://127.0.0.1:9/")


def pages_of(who: str, notice: int) -> list[str]:
    """What this person looks at, and nobody before in `WHO_FIRST`."""
    found = []
    for (method, _), line in MATRIX.items():
        whose = EVERYBODY if line.public and line.whose else line.whose
        first = next((one for one in WHO_FIRST if one in whose), None)
        if method == "GET" and first == who:
            path = line.path.replace("NOTICE", str(notice))
            acts = ACTS if path.endswith(OFFICE) else (OFFICE,)
            found += [path.replace(OFFICE, f"/office/{act}") for act in acts]
    return [p for p in found if not p.startswith(NO_PAGES) and not any(d in p for d in DOWNLOADS)]


def enter(browser: Browser, office, address: str, official_id: int) -> BrowserContext:
    with transaction(office.engine, AFTER) as session:
        link = offer_sign_in(session, session.get_one(Official, official_id), AFTER)
    context = browser.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
    page = context.new_page()
    page.goto(f"{address}/login/{link}")
    follow(page, page.get_by_role("button").first)
    return context


def faults(page, path: str) -> list[str]:
    """What is wrong with the page that is open."""
    found = []
    if (wide := page.evaluate("document.documentElement.scrollWidth")) > 390:
        found.append(f"{path}: {wide} points wide")
    if (heavy := len(page.content().encode())) > HEAVY:
        found.append(f"{path}: {heavy} octets")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        said = page.evaluate(RUN, WCAG) if scheme == "light" else []
        if page.evaluate(UNSEEN):
            said += page.evaluate(RUN, CONTRAST)
        found += [
            f"{path} ({scheme}): {one['id']}: {one['nodes'][0]['html'][:120]}"
            for one in said
            if one["impact"] in ("serious", "critical")
        ]
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_is_hard_to_read_too_wide_or_heavy(
    office, clock, district, chromium, link, review, part
):
    clock.now = AFTER
    [task] = rows(office, Task, Task.number == "甲-1")
    notice = rows(office, Notice, Notice.task_id == task.id)[0].id
    found: list[str] = []
    with running(create_app(office, clock=clock)) as port:
        address = f"http://127.0.0.1:{port}"
        for who in WHO_FIRST:
            context = enter(chromium, office, address, district.people[who])
            page = context.new_page()
            page.goto(f"{address}/healthz")
            page.evaluate(AXE_SCRIPT)
            mailed = [link(who)] if who != "adam" else []
            for path in (*pages_of(who, notice), *mailed)[part::PARTS]:
                assert page.evaluate(SHOW, path) == 200, path
                found += faults(page, path)
            context.close()
    assert found == []
