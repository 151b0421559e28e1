"""Pictures of every page for the README, taken from a demo: `make screenshots`.

SISE_HOME is a home that `sise demo --prepare-only` made. Each page is taken as wide as a desktop
and as wide as a phone, as the person sees it whom it is for.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlmodel import col, select

from flows.database import reading
from flows.office import open_office
from models import ReplyLink
from notifications.links import token
from sise import clock
from sise.settings import load_settings
from tests.web.chromium import CHROMIUM

HERE = Path(__file__).parent
PORT = 8765
AT = f"http://127.0.0.1:{PORT}"
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
PATIENCE = 60  # seconds for the server to come up
OFFICE = "administrator.dcs@dinghai.example"
HANDLER = "handler.zjj@dinghai.example"
AGENDA = f"议题-{clock.now().date() - timedelta(days=32):%Y}-001"  # the story's first
# By name: whose, and where; the numbers are the demo's.
PAGES = {
    "board": (OFFICE, "/"),
    "figures": (OFFICE, "/figures"),
    "wall": (OFFICE, "/figures/wall"),
    "task": (OFFICE, "/tasks/安置-01"),
    "review": (OFFICE, "/tasks/巡改-7.1"),
    "notices": (OFFICE, "/notices"),
    "notice": (OFFICE, "/notices/1/print"),
    "slip": (OFFICE, "/slips/批示-2022-001/print"),
    "outbox": (OFFICE, "/outbox"),
    "mail": (OFFICE, "/outbox/1"),
    "burden": (OFFICE, "/outbox/burden"),
    "people": (OFFICE, "/people"),
    "person": (OFFICE, "/people/43"),
    "import": (OFFICE, "/import"),
    "calendar": (OFFICE, "/calendar"),
    "policies": (OFFICE, "/policies"),
    "policy": (OFFICE, "/policies/default"),
    "policy-load": (OFFICE, "/policies/load"),
    "nights": (OFFICE, "/nights"),
    "postings": (OFFICE, "/postings"),
    "pairings": (OFFICE, "/pairings"),
    "pairing": (OFFICE, "/pairings/8"),
    "scores": (OFFICE, "/scores"),
    "score-sheet": (OFFICE, "/scores/1"),
    "score-unit": (OFFICE, "/scores/1/units/13"),
    "score-rules": (OFFICE, "/scores/rules/rectification"),
    "acts": (OFFICE, "/acts"),
    "outcomes": (OFFICE, "/outcomes"),
    "reported": (OFFICE, "/reported"),
    "reports": (OFFICE, "/reports"),
    "report": (OFFICE, "/reports/1"),
    "duties": (OFFICE, "/duties"),
    "duty": (OFFICE, "/duties/farmland_patrol"),
    "measurements": (OFFICE, "/measurements"),
    "measurement": (OFFICE, "/measurements/enterprises"),
    "petitions": (OFFICE, "/petitions"),
    "feedback": (OFFICE, "/feedback"),
    "feedback-register": (OFFICE, "/feedback-register"),
    "list": (OFFICE, "/lists/big_check"),
    "proposals": (OFFICE, "/proposals"),
    "proposal": (OFFICE, f"/proposals/{AGENDA}"),
    "proposal-print": (OFFICE, f"/proposals/{AGENDA}/print"),
    **{
        f"office-{act}": (OFFICE, f"/tasks/安置-01/office/{act}")
        for act in ("reassign", "aside", "milestones", "lists", "transfer")
    },
    "office-stage": (OFFICE, "/tasks/信访-2022-004/office/stage"),
    "hand-over": (OFFICE, "/people/hand-over"),
    "unreachable": (OFFICE, "/people/unreachable"),
    "unit": (OFFICE, "/people/units/2"),
    "unit-new": (OFFICE, "/people/units/new"),
    "person-new": (OFFICE, "/people/new"),
    "night": (OFFICE, f"/nights/{clock.now().date() - timedelta(days=6)}"),
    "act": (OFFICE, "/acts/200"),
    "outcome": (OFFICE, "/outcomes/201"),
    "figure": (OFFICE, "/reports/1/3.1.inspected_units"),
    "petitions-print": (OFFICE, "/petitions/print"),
    "feedback-one": (OFFICE, "/feedback-register/1"),
    "four-lists": (OFFICE, "/lists/responsibilities"),
    "waiting": (OFFICE, "/referrals"),
    "look-backs": (OFFICE, "/look-backs"),
    "audit": (OFFICE, "/audit"),
    "changes": (OFFICE, "/audit/changes"),
    "webhooks": (OFFICE, "/webhooks"),
    "handler": (HANDLER, "/"),
    "application": (HANDLER, "/tasks/安置-01/application"),
    "extension": (HANDLER, "/tasks/安置-01/requests/extension"),
}


def main() -> None:
    if CHROMIUM is None:
        raise SystemExit("needs Debian's package chromium-headless-shell or chromium")
    with served(), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width, size in WIDTHS.items():
            for person in dict.fromkeys(whose for whose, _ in PAGES.values()):
                context = entered(browser, person, size)
                for name, (whose, path) in PAGES.items():
                    if whose == person:
                        take(context, path, HERE / f"{name}-{width}.png")
                context.close()
            nobody = browser.new_context(viewport={"width": size[0], "height": size[1]})
            for name, path in mailed().items():
                take(nobody, path, HERE / f"{name}-{width}.png")
            nobody.close()
        browser.close()
    if shutil.which("pngquant"):  # a third of the size, and the eye sees no difference
        pictures = sorted(HERE.glob("*.png"))
        subprocess.run(["pngquant", "--force", "--ext", ".png", *pictures], check=True)


def mailed() -> dict[str, str]:
    """The newest link of a notice, of a decision and of a whole mail; opened without signing in."""
    office = open_office(load_settings())
    of = {
        "reply": col(ReplyLink.receipt_id).is_not(None),
        "referral": col(ReplyLink.referral_id).is_not(None),
        "mail-link": col(ReplyLink.receipt_id).is_(None) & col(ReplyLink.referral_id).is_(None),
    }
    newest = select(ReplyLink.salt).order_by(col(ReplyLink.id).desc()).limit(1)
    with reading(office.engine) as session:
        salts = {name: session.exec(newest.where(which)).one() for name, which in of.items()}
    paths = {name: f"/r/{token(office.secret, salt)}" for name, salt in salts.items()}
    return paths | {"sign-in": "/login"}


@contextmanager
def served() -> Iterator[None]:
    settings = os.environ | {"SISE_NIGHT_AT": "off", "SISE_BASE_URL": AT}
    command = [sys.executable, "-m", "sise", "serve", "--port", str(PORT)]
    with subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL) as server:
        try:
            _await_it()
            yield
        finally:
            server.terminate()


def _await_it() -> None:
    until = monotonic() + PATIENCE
    while monotonic() < until:
        try:
            urlopen(f"{AT}/login").close()
            return
        except OSError:
            sleep(0.2)
    raise SystemExit("sise serve did not come up")


def entered(browser: Browser, person: str, size: tuple[int, int]) -> BrowserContext:
    command = [sys.executable, "-m", "sise", "login", person, "--json"]
    said = subprocess.run(
        command, env=os.environ | {"SISE_BASE_URL": AT}, capture_output=True, check=True, text=True
    )
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.goto(json.loads(said.stdout)["url"])
    with page.expect_navigation():
        page.get_by_role("button").first.click()
    page.close()
    return context


def take(context: BrowserContext, path: str, file: Path) -> None:
    page = context.new_page()
    answer = page.goto(f"{AT}{path}")
    if answer is None or not answer.ok:
        raise SystemExit(f"{path}: {answer and answer.status}")
    page.screenshot(path=file)
    page.close()


if __name__ == "__main__":
    main()
