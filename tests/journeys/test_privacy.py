"""What a client may ask of what is kept: a copy, and that all of it goes."""

import pytest
from playwright.sync_api import expect

from demo.browser import Browser, ProblemError
from demo.mailbox import until
from demo.steps import PASSWORD
from tests.journeys.conftest import DESK, Visits
from tests.journeys.looking import findings
from tests.journeys.pages import button, heading, link
from tests.journeys.people import House


def test_a_client_saves_a_copy_of_everything(visit: Visits, house: House, tilda: Browser) -> None:
    assert tilda
    pia = house.client("Pia Petal", "Tilda Therapist")
    page = visit(pia.email, "/account")
    link(page, "Your data").click()
    expect(heading(page, "Your data")).to_be_visible()
    button(page, "Get a copy of everything").press("Enter")
    expect(page.get_by_text("The copy is being made.")).to_be_visible()
    until("The copy", lambda: pia.person.get(f"{pia.api}/data")["copies"][0]["state"] == "ready")
    page.reload()
    with page.expect_download() as saved:
        button(page, "Save").click()
    assert saved.value.suggested_filename.endswith("-1-of-1.zip")
    assert saved.value.path().read_bytes().startswith(b"PK")


def test_an_owner_lifts_a_hold_and_erases_a_client_by_name(visit: Visits, house: House, tilda: Browser) -> None:
    visit.watch.expect("status of 404")
    assert tilda
    olaf = house.client("Olaf Over", "Tilda Therapist")
    page = visit(house.owner_email, f"/clients/{olaf.client_id}", DESK)
    link(page, "Data and privacy").click()
    page.get_by_role("checkbox", name="Hold the record").check()
    page.get_by_label("Why it is held").fill("A question that is open.")
    button(page, "Keep this").click()
    expect(page.get_by_text("The record is on hold.")).to_be_visible()
    page.get_by_role("checkbox", name="Hold the record").uncheck()
    button(page, "Keep this").click()
    expect(page.get_by_text("The record is on hold.")).to_have_count(0)
    button(page, "Show what would go").click()
    dialog = page.get_by_role("dialog", name="Erase everything of Olaf Over?")
    expect(dialog.get_by_text("tax law")).to_be_visible()
    assert findings(page) == []
    dialog.get_by_label("Type the client’s name to erase").fill("Olaf")
    button(page, "Erase everything").click()
    expect(dialog.get_by_text("Write it as it stands on the card")).to_be_visible()
    dialog.get_by_label("Type the client’s name to erase").fill("olaf over")
    page.keyboard.press("Enter")
    expect(heading(page, "Clients")).to_be_visible()
    expect(page.get_by_role("link", name="Olaf Over")).to_have_count(0)
    with pytest.raises(ProblemError, match="401"):
        Browser(house.stack.origin).sign_in(olaf.email, PASSWORD)
