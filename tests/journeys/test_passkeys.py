"""Passkeys, with the browser's own authenticator as the finger: added, used, removed; and one that knows nobody."""

from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page, expect

from demo.browser import Browser
from demo.mailbox import Mailbox
from demo.steps import PASSWORD
from tests.journeys.conftest import DESK, Visits
from tests.journeys.looking import look
from tests.journeys.pages import button, heading
from tests.journeys.people import House

# What a page could ask for that is not ours: a signature of whoever holds the device, recognised or not.
ASK_FOR_LESS = """
() => {
  const get = navigator.credentials.get.bind(navigator.credentials)
  navigator.credentials.get = ({ publicKey }) => get({ publicKey: { ...publicKey, userVerification: 'discouraged' } })
}
"""


class Lock:
    """The lock of the device that a page is open on: it keeps passkeys, and recognises its person or does not."""

    def __init__(self, page: Page) -> None:
        self._devtools: CDPSession = page.context.new_cdp_session(page)
        self._devtools.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        added = self._devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id: str = added["authenticatorId"]

    def recognise(self, *, recognises: bool) -> None:
        said = {"authenticatorId": self._id, "isUserVerified": recognises}
        self._devtools.send("WebAuthn.setUserVerified", said)

    def kept(self) -> list[Any]:
        found = self._devtools.send("WebAuthn.getCredentials", {"authenticatorId": self._id})
        return list(found["credentials"])


def passkeys(page: Page) -> Locator:
    return page.get_by_role("region", name="Passkeys")


def add_passkey(page: Page, password: str = PASSWORD) -> None:
    passkeys(page).get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Your password").fill(password)
    look(page)
    button(page, "Go on").click()


def use_passkey(page: Page, email: str) -> None:
    page.get_by_label("Mail").fill(email)
    button(page, "Use a passkey").click()


def sign_out(page: Page) -> None:
    page.locator("summary").filter(visible=True).last.click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(heading(page, "Sign in")).to_be_visible()


def remove_passkey(page: Page) -> None:
    passkeys(page).get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove it").click()
    expect(passkeys(page).get_by_role("listitem")).to_have_count(0)


def test_staff_sign_in_with_a_passkey_in_place_of_password_and_code_until_it_is_removed(
    visit: Visits, house: House, mailbox: Mailbox, screens: Path
) -> None:
    visit.watch.expect("status of 4(01|22)")
    house.therapist("Signe Passkey")
    signe = house.email("Signe Passkey")
    page = visit(signe, "/sessions", DESK)
    lock = Lock(page)
    expect(heading(page, "Passkeys")).to_be_visible()
    add_passkey(page, "not my password")
    expect(page.get_by_text("This is not your password.")).to_be_visible()
    page.get_by_label("Your password").fill(PASSWORD)
    button(page, "Go on").click()
    expect(passkeys(page).get_by_role("listitem")).to_have_count(1)
    expect(passkeys(page).get_by_text("Not used yet.")).to_be_visible()
    look(page)
    page.screenshot(path=screens / "passkeys-desk.png", full_page=True)
    assert len(lock.kept()) == 1
    mail, _ = mailbox.take(signe, "/sign-in")
    assert mail["subject"].startswith("A passkey was added")
    sign_out(page)
    use_passkey(page, "")
    expect(page.get_by_text("Write your mail address")).to_be_visible()
    use_passkey(page, signe)
    expect(heading(page, "Nothing waits for you")).to_be_visible()
    page.goto("/sessions")
    expect(passkeys(page).get_by_text("Last used on", exact=False)).to_be_visible()
    remove_passkey(page)
    sign_out(page)
    use_passkey(page, signe)
    expect(page.get_by_text("This passkey does not open this address.", exact=False)).to_be_visible()
    look(page)


def test_a_key_that_does_not_recognise_its_person_signs_no_staff_in(visit: Visits, house: House) -> None:
    visit.watch.expect("status of 401")
    house.therapist("Stine Passkey")
    stine = house.email("Stine Passkey")
    page = visit(stine, "/sessions", DESK)
    lock = Lock(page)
    add_passkey(page)
    expect(passkeys(page).get_by_role("listitem")).to_have_count(1)
    sign_out(page)
    lock.recognise(recognises=False)
    use_passkey(page, stine)
    expect(heading(page, "No passkey was used")).to_be_visible()  # the browser does not even ask the server
    look(page)
    page.evaluate(ASK_FOR_LESS)
    use_passkey(page, stine)
    expect(page.get_by_text("This passkey does not open this address.", exact=False)).to_be_visible()
    lock.recognise(recognises=True)
    page.reload()  # which asks as we do
    use_passkey(page, stine)
    expect(heading(page, "Nothing waits for you")).to_be_visible()


def test_a_client_signs_in_with_a_passkey_on_a_phone_and_with_the_password_after_it_is_gone(
    visit: Visits, house: House, tilda: Browser, screens: Path
) -> None:
    visit.watch.expect("status of 401")
    assert tilda
    client = house.client("Paul Passkey", "Tilda Therapist")
    page = visit(client.email, "/account/sessions")
    lock = Lock(page)
    add_passkey(page)
    expect(passkeys(page).get_by_role("listitem")).to_have_count(1)
    look(page)
    page.screenshot(path=screens / "passkeys-phone.png", full_page=True)
    page.reload()  # the note lies over the button for a while
    passkeys(page).get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Your password").fill(PASSWORD)
    button(page, "Go on").click()
    expect(heading(page, "There is one already")).to_be_visible()
    assert len(lock.kept()) == 1
    page.goto("/account")
    button(page, "Sign out here").click()
    expect(button(page, "Use a passkey")).to_be_visible()
    look(page)
    page.screenshot(path=screens / "sign-in-phone.png", full_page=True)
    use_passkey(page, client.email)
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    page.goto("/account/sessions")
    remove_passkey(page)
    page.goto("/account")
    button(page, "Sign out here").click()
    use_passkey(page, client.email)
    expect(page.get_by_text("This passkey does not open this address.", exact=False)).to_be_visible()
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    button(page, "Sign in").click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
