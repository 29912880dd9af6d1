"""Every page on a phone and at a desk, empty-handed, with an error and whole: nothing for axe, nothing cut off."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from demo.browser import Browser
from demo.mailbox import Mailbox, until
from demo.practice import DANA, JONAS, OWNER, RUTH
from demo.steps import PASSWORD
from infra.stack import Stack
from tests.journeys.conftest import DESK, PHONE, Visits
from tests.journeys.looking import findings, look, overhang
from tests.journeys.pages import heading, link
from tests.journeys.people import House
from tests.journeys.watch import Held, Watch, fail

# name of the page → who looks at it (nobody: signed out), its address, words by which one knows that it is there
PAGES = {
    "today": (DANA, "/today", "New feedback"),
    "today-waiting": (RUTH, "/today", "You sent lesson 2."),
    "program": (RUTH, "/program", "Knee bend at the chair"),
    "progress": (RUTH, "/progress", "practice day"),
    "reminders": (RUTH, "/reminders", "Remind me of practice"),
    "invoices": (RUTH, "/invoices", "148"),
    "data": (RUTH, "/data", "A copy of everything"),
    "invoice": (RUTH, "/invoices/{invoice}", "From Hazel Lane (demo)"),
    "lesson-choice": (DANA, "{lesson}?step=1", "Which word went best?"),
    "lesson-scale": (DANA, "{lesson}?step=2", "How easy was it today?"),
    "lesson-recording": (DANA, "{lesson}?step=3", "Record it here"),
    "lesson-sent": (RUTH, "{sent_lesson}", "Look at what you sent"),
    "feedback": (DANA, "/submissions/{feedback}", "Round lips here."),
    "sent": (RUTH, "/submissions/{waiting}", "What was sent"),
    "reviews": (JONAS, "/reviews", "Two reviews are waiting"),
    "review": (JONAS, "/reviews/{ruth}/{waiting}", "What happens next"),
    "clients": (JONAS, "/clients", "Ruth Adeyemi"),
    "client": (JONAS, "/clients/{ruth}", "Ruth Adeyemi"),
    "client-program": (JONAS, "/clients/{ruth}/program", "Knee bend at the chair"),
    "client-progress": (JONAS, "/clients/{ruth}/progress", "Pain"),
    "client-contact": (JONAS, "/clients/{ruth}/contact", "Invitation"),
    "client-invoices": (OWNER, "/clients/{ruth}/invoices", "148"),
    "client-seen": (JONAS, "/clients/{ruth}/seen", "was signed in"),
    "client-privacy": (OWNER, "/clients/{ruth}/privacy", "How long it is kept"),
    "client-lesson": (JONAS, "/clients/{ruth}{ahead}", "One step up"),
    "programs": (JONAS, "/programs", "Steady knee"),
    "editor": (JONAS, "/programs/{program}", "About 10 minutes"),
    "preview": (JONAS, "/programs/{program}/preview", "Standing up"),
    "library": (JONAS, "/library", "The movement, once"),
    "clients-all": (OWNER, "/clients", "Theo Berg"),
    "new-client": (OWNER, "/clients/new", "New client"),
    "practice": (OWNER, "/practice", "Ines Duarte"),
    "audit": (OWNER, "/practice/audit", "Show earlier"),
    "money": (OWNER, "/money", "Ruth Adeyemi"),
}
# the same for pages that ask the server for nothing before a press
STILL = {
    "account": (DANA, "/account", "Sign out everywhere"),
    "sign-in": ("", "/sign-in?next=%2Ftoday", "Sign in"),
    "forgotten": ("", "/forgotten", "Choose a new password"),
    "door": ("", "/door#nobodys", "Your link is here"),
    "review-link": ("", "/r#nobodys", "A review is waiting"),
    "review-link-cut": ("", "/r", "This link is cut short"),
    "stop": ("", "/stop#nobodys", "Stop the reminders?"),
    "no-such-page": ("", "/no/such/page", "There is no such page"),
}


# what a practice that has just begun shows to its owner and to its first therapist
EMPTY = {
    "/clients": "No clients yet",
    "/money": "No invoices yet",
    "/practice/audit": "Who did what",
    "/reviews": "Nothing waits for you",
    "/programs": "No programs yet",
    "/library": "Nothing in the library yet",
}


@dataclass
class Desks:
    """A page for each person, signed in once."""

    chrome: Chromium
    stack: Stack
    kept: dict[str, Any]
    exits: contextlib.ExitStack
    pages: dict[str, tuple[Page, Watch]] = field(default_factory=dict)

    def of(self, email: str) -> tuple[Page, Watch]:
        if email not in self.pages:
            visits = Visits(self.chrome, self.stack, self.kept, self.exits)
            visits.watch.expect("status of 500")
            self.pages[email] = visits(email), visits.watch
        return self.pages[email]


@pytest.fixture(scope="module")
def places(demo: Stack) -> dict[str, str]:
    """The ids in the addresses."""
    demo.tick(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:00Z}")  # the first invoices
    ruth, dana, jonas = (Browser(demo.origin).sign_in(email, PASSWORD) for email in (RUTH, DANA, JONAS))
    ruths, theos = (person.me["clients"][0]["client_id"] for person in (ruth, dana))
    (mine,) = ruth.get(f"/api/clients/{ruths}/program")["enrolments"]
    (his,) = dana.get(f"/api/clients/{theos}/program")["enrolments"]
    invoices = until("An invoice", lambda: written(ruth.get(f"/api/clients/{ruths}/invoices")["invoices"]))
    programs = {program["title"]: program["program_id"] for program in jonas.get("/api/programs")["programs"]}
    return {
        "ruth": ruths,
        "invoice": invoices[0]["number"],
        "lesson": f"/lessons/{his['enrolment_id']}/2",
        "sent_lesson": f"/lessons/{mine['enrolment_id']}/2",
        "ahead": f"/lessons/{mine['enrolment_id']}/3",
        "feedback": his["lessons"][0]["submission_id"],
        "waiting": mine["lessons"][1]["submission_id"],
        "program": programs["Steady knee"],
    }


def is_read(url: str) -> bool:
    return "/api/" in url and "/api/session" not in url


def whole(page: Page, words: str, name: str, screens: Path) -> dict[str, list[str]]:
    """Wait for a page to be there; take its pictures, and return what is wrong with it at each size."""
    expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)
    found = {}
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        page.screenshot(path=screens / f"{name}-{size['width']}.png", full_page=True)
        found[f"{size['width']} px"] = findings(page)
    over = overhang(page)
    page.set_viewport_size(PHONE)
    return found | {"320 px": [f"{over} px too wide"] if over > 0 else []}


def written(invoices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [invoice for invoice in invoices if invoice["pdf_ready"]]


@pytest.fixture(scope="module")
def desks(chrome: Chromium, stack: Stack, kept: dict[str, Any]) -> Iterator[Desks]:
    with contextlib.ExitStack() as exits:
        yield Desks(chrome, stack, kept, exits)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_while_it_loads_when_it_fails_and_when_it_is_there(
    desks: Desks, places: dict[str, str], screens: Path, name: str
) -> None:
    email, address, words = PAGES[name]
    page, watch = desks.of(email)
    held = Held()
    page.route(is_read, held.hold)
    with page.expect_request(lambda request: is_read(request.url)):
        page.goto(address.format(**places))
    expect(page.locator(".skeleton").first).to_be_visible()
    found = {"loading": findings(page)}
    page.route(is_read, fail)  # comes before the one that holds
    held.fail()
    expect(page.get_by_role("button", name="Try again").first).to_be_visible()
    found["error"] = findings(page)
    page.unroute(is_read)
    page.get_by_role("button", name="Try again").first.click()
    found |= whole(page, words, name, screens)
    assert {state: lines for state, lines in found.items() if lines} == {}
    assert watch.unexplained() == []


@pytest.mark.parametrize("name", STILL)
def test_a_page_that_asks_for_nothing_is_whole(desks: Desks, screens: Path, name: str) -> None:
    email, address, words = STILL[name]
    page, watch = desks.of(email)
    page.goto("about:blank")  # what stands behind a # alone would not load the page anew
    page.goto(address)
    found = whole(page, words, name, screens)
    assert {state: lines for state, lines in found.items() if lines} == {}
    assert watch.unexplained() == []


def test_a_practice_that_has_just_begun_has_lists_that_say_what_comes_into_them(
    visit: Visits, stack: Stack, mailbox: Mailbox
) -> None:
    new = House(stack, mailbox)
    new.therapist("Fay First")
    owner, therapist = visit(new.owner_email), visit(new.email("Fay First"))
    for page, addresses in ((owner, list(EMPTY)[:3]), (therapist, ["/clients", *list(EMPTY)[3:]])):
        for address in addresses:
            page.goto(address)
            expect(page.get_by_text(EMPTY[address]).first).to_be_visible()
            look(page)


@pytest.mark.usefixtures("demo")
def test_the_queue_is_in_the_order_of_what_was_promised(visit: Visits) -> None:
    page = visit("jonas@demo.example", "/", DESK)
    expect(heading(page, "Two reviews are waiting")).to_be_visible()
    link(page, "Review Marek Nowak").click()
    expect(heading(page, "Marek, Standing up")).to_be_visible()
    expect(page.get_by_text("The chair in the kitchen is too low.")).to_be_visible()
