"""Coming in and going out: an invitation, a forgotten password, and out of every browser at once."""

import time

import pytest
from playwright.sync_api import Page, expect

from demo.browser import Browser
from demo.codes import STEP_S, code
from demo.mailbox import Mailbox, until
from demo.steps import PASSWORD
from tests.journeys.conftest import DESK, Visits
from tests.journeys.looking import findings, look, overhang
from tests.journeys.pages import button, heading, link, sign_in
from tests.journeys.people import Client, House

NEW_PASSWORD = "another calm evening"


@pytest.fixture
def pat(house: House, tilda: Browser) -> Client:
    assert tilda
    return house.client("Pat Person", "Tilda Therapist")


def test_an_invitation_opens_once_with_a_password_of_ones_own(
    visit: Visits, house: House, mailbox: Mailbox, tilda: Browser
) -> None:
    visit.watch.expect("status of 410")
    assert tilda
    email = f"new.{house.email('Nina New')}"
    details = {"name": "Nina New", "email": email, "time_zone": house.zone, "guardians": []}
    house.owner.post("/api/clients", details | {"therapist_ids": [house.ids["Tilda Therapist"]]})
    _, address = mailbox.take(email, "/door#")
    page = visit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    page.goto(address)
    expect(heading(page, "Your link is here")).to_be_visible()
    assert asked == []
    button(page, "Open my link").click()
    expect(heading(page, "Welcome, Nina New")).to_be_visible()
    page.get_by_role("textbox", name="Password").fill("short")
    button(page, "Keep it and come in").click()
    expect(page.get_by_text("Add 7 more characters")).to_be_visible()
    page.get_by_role("textbox", name="Password").fill(NEW_PASSWORD)
    button(page, "Keep it and come in").click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    expect(heading(page, "Nothing for today")).to_be_visible()
    again = visit(path=address)
    button(again, "Open my link").click()
    expect(heading(again, "This link does not open any more")).to_be_visible()


def test_a_forgotten_password_is_replaced_from_the_mail_and_the_old_one_is_over(
    visit: Visits, pat: Client, mailbox: Mailbox
) -> None:
    visit.watch.expect("status of 401")
    page = visit(path="/sign-in")
    sign_in(page, pat.email, "not the password")
    expect(heading(page, "That did not open")).to_be_visible()
    link(page, "Choose a new password").click()
    page.get_by_label("Mail").fill(pat.email)
    button(page, "Send me the link").click()
    expect(heading(page, "Look into your mail")).to_be_visible()
    _, address = mailbox.take(pat.email, "/door#")
    page.goto(address)
    button(page, "Open my link").click()
    expect(heading(page, "Choose a new password")).to_be_visible()
    page.get_by_role("textbox", name="Password").fill(NEW_PASSWORD)
    button(page, "Keep the new password").click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    other = visit(path="/sign-in")
    sign_in(other, pat.email)
    expect(heading(other, "That did not open")).to_be_visible()
    sign_in(other, pat.email, NEW_PASSWORD)
    expect(other.get_by_role("heading", name="Today", exact=True)).to_be_visible()


def test_signing_out_everywhere_ends_every_browser(visit: Visits, pat: Client) -> None:
    visit.watch.expect("status of 401")
    page, other = visit(path="/sign-in"), visit(path="/sign-in")
    for each in (page, other):
        sign_in(each, pat.email)
        expect(each.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    page.goto("/account")
    button(page, "Sign out everywhere").click()
    with page.expect_response("**/api/sessions"):  # this browser forgets before the server is told
        page.get_by_role("dialog").get_by_role("button", name="Sign out everywhere").click()
    expect(heading(page, "Sign in")).to_be_visible()
    other.reload()
    expect(heading(other, "Sign in")).to_be_visible()
    sign_in(other, pat.email)
    expect(other.get_by_role("heading", name="Today", exact=True)).to_be_visible()


def test_a_password_is_changed_beside_the_present_one_and_every_other_browser_is_out(
    visit: Visits, pat: Client, mailbox: Mailbox
) -> None:
    visit.watch.expect("status of 4(01|22)")
    other, page = visit(path="/sign-in"), visit(pat.email, "/account/sessions")
    sign_in(other, pat.email)
    expect(other.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    button(page, "Change the password").click()
    present = page.get_by_label("The password you have")
    present.fill("not the password")
    page.get_by_label("A new password").fill(NEW_PASSWORD)
    button(page, "Change it").click()
    expect(page.get_by_text("This is not your password.", exact=False)).to_be_visible()
    look(page)
    present.fill(PASSWORD)
    button(page, "Change it").click()
    expect(page.get_by_text("Your password was changed.", exact=False).first).to_be_visible()
    mail, _ = mailbox.take(pat.email, "/forgotten")
    assert "was changed" in mail["subject"]
    page.reload()
    expect(heading(page, "Password")).to_be_visible()
    other.reload()
    expect(heading(other, "Sign in")).to_be_visible()
    sign_in(other, pat.email)
    expect(heading(other, "That did not open")).to_be_visible()
    sign_in(other, pat.email, NEW_PASSWORD)
    expect(other.get_by_role("heading", name="Today", exact=True)).to_be_visible()


def test_an_owner_signs_somebody_out_who_lost_a_phone(visit: Visits, house: House, pat: Client) -> None:
    visit.watch.expect("status of 401")
    page, office = visit(pat.email, "/today"), visit(house.owner_email, f"/clients/{pat.client_id}", DESK)
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    button(office, "Sign out Pat Person everywhere").click()
    look(office)
    office.get_by_role("dialog").get_by_role("button", name="Sign out", exact=False).click()
    expect(office.get_by_text("Pat Person is signed out everywhere.", exact=False)).to_be_visible()
    page.reload()
    expect(heading(page, "Sign in")).to_be_visible()


def test_staff_sign_in_with_an_authenticator_and_a_lost_one_is_replaced(
    visit: Visits, house: House, mailbox: Mailbox
) -> None:
    visit.watch.expect("status of 401")
    email = house.email("Stella Staff")
    house.owner.post("/api/people", {"name": "Stella Staff", "email": email, "roles": ["therapist"]})
    _, address = mailbox.take(email, "/door#")
    page = visit(path=address)
    button(page, "Open my link").click()
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    button(page, "Keep it and come in").click()
    key = key_shown(page)
    assert not findings(page)
    assert overhang(page) <= 0
    show_code(page, code(key, 0))
    expect(page.get_by_text("Codes change every 30 seconds")).to_be_visible()
    expect(button(page, "Sign in")).to_be_visible()  # no longer "One moment"
    assert not findings(page)
    show_code(page, code(key, time.time()))
    expect(heading(page, "Nothing waits for you")).to_be_visible()

    other = visit(path="/sign-in", size=DESK)
    sign_in(other, email)
    expect(heading(other, "Your code")).to_be_visible()
    expect(other.get_by_label("Code")).to_be_focused()
    assert not findings(other)
    following = code(key, time.time() + STEP_S)
    show_code(other, f"{following[:3]} {following[3:]}")
    expect(heading(other, "Nothing waits for you")).to_be_visible()
    other.goto("/sessions")
    expect(other.get_by_role("main").get_by_role("listitem")).to_have_count(2)
    expect(other.get_by_text("This one", exact=True)).to_be_visible()
    assert not findings(other)
    button(other, "Sign out all others").click()
    other.get_by_role("dialog").get_by_role("button", name="Sign out all others").click()
    expect(other.get_by_text("You are signed in here only.", exact=True)).to_be_visible()
    page.reload()
    expect(heading(page, "Sign in")).to_be_visible()

    office = visit(house.owner_email, "/practice", DESK)
    office.get_by_role("button", name="Lost phone of Stella Staff").click()
    button(office, "Reset it").click()
    expect(office.get_by_text("Sets up an authenticator next")).to_be_visible()
    mail, _ = mailbox.take(email, "/sign-in")
    assert "was reset" in mail["subject"]
    until("A new start", lambda: leads_to_set_up(house, email))
    sign_in(page, email)
    assert key_shown(page) != key


def key_shown(page: Page) -> str:
    """The key of the authenticator that is to be set up."""
    expect(heading(page, "Set up your authenticator")).to_be_visible()
    expect(page.get_by_role("img", name="The key as a QR code")).to_be_visible()
    return page.locator("code").inner_text().replace(" ", "")


def show_code(page: Page, shown: str) -> None:
    page.get_by_role("textbox", name="Code").fill(shown)
    button(page, "Sign in").click()


def leads_to_set_up(house: House, email: str) -> bool:
    entrance = Browser(house.stack.origin).post("/api/session", {"email": email, "password": PASSWORD})
    return bool(entrance["step"]["kind"] == "set_up")
