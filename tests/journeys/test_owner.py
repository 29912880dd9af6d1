"""The practice's side: staff, clients and their guardians, fees, invoices, settings, and who did what."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from demo.browser import Browser
from demo.mailbox import until
from infra.stack import Stack
from tests.journeys.conftest import DESK, Visits
from tests.journeys.looking import look
from tests.journeys.pages import button, heading, link
from tests.journeys.people import House


def test_a_therapist_is_invited_and_comes(visit: Visits, house: House) -> None:
    page = visit(house.owner_email, "/practice", DESK)
    button(page, "Invite somebody").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Iris Invited")
    dialog.get_by_label("Mail address").fill(house.email("Iris Invited"))
    dialog.get_by_role("checkbox", name="Therapist").check()
    look(page)
    button(page, "Send the invitation").click()
    row = page.get_by_role("listitem").filter(has_text="Iris Invited")
    expect(row.get_by_text("Invited", exact=True)).to_be_visible()
    house.accept(house.email("Iris Invited"))
    page.reload()
    expect(row.get_by_text("Signs in")).to_be_visible()
    row.get_by_role("button", name="Take out").click()
    yes = page.get_by_role("dialog").get_by_role("button", name="Take out")
    expect(yes).to_be_visible()
    look(page)
    yes.click()
    expect(row).to_have_count(0)


@pytest.mark.usefixtures("tilda")
def test_a_child_is_added_with_a_guardian_a_fee_and_an_invoice_that_is_paid(
    visit: Visits, house: House, stack: Stack
) -> None:
    page = visit(house.owner_email, "/clients", DESK)
    link(page, "Add a client").first.click()
    page.get_by_label("Name", exact=True).fill("Kit Small")
    page.get_by_role("radio", name="Somebody for the client").check()
    page.get_by_label("Name of the guardian").fill("Gert Small")
    page.get_by_label("Mail address").fill(f"gert.{house.run}@house.example")
    page.get_by_label("Who answers").select_option(label="Tilda Therapist")
    button(page, "Add and invite").click()
    expect(heading(page, "Kit Small was added")).to_be_visible()
    guardian = house.accept(f"gert.{house.run}@house.example")
    link(page, "Open Kit’s page").click()
    link(page, "Invoices").click()
    button(page, "Set a monthly fee").click()
    page.get_by_label("Amount each month").fill("120")
    look(page)
    button(page, "Set the fee").click()
    expect(page.get_by_role("heading", name="120.00 € each month")).to_be_visible()

    stack.tick(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:00Z}")
    invoices = f"/api/clients/{guardian.me['clients'][0]['client_id']}/invoices"
    (issued,) = until("The invoice's PDF", lambda: written(guardian.get(invoices)["invoices"]))
    page.goto("/money")
    row = page.get_by_role("listitem").filter(has_text="Kit Small")
    expect(row).to_contain_text("120.00")
    row.get_by_role("button", name="Note payment").click()
    page.get_by_label("Note").fill("bank transfer")
    look(page)
    button(page, "It was paid").click()
    expect(row.get_by_text("Paid on")).to_be_visible()
    (paid,) = guardian.get(invoices)["invoices"]
    assert (paid["number"], paid["state"]) == (issued["number"], "paid")


def test_the_practice_promises_another_time_and_what_was_done_is_written_down(visit: Visits, house: House) -> None:
    page = visit(house.owner_email, "/practice", DESK)
    page.get_by_label("Answers within").fill("72")
    button(page, "Save the settings").click()
    until("The setting", lambda: house.owner.get("/api/practice")["practice"]["answer_within_hours"] == 72)
    link(page, "Who did what").click()
    expect(page.get_by_role("listitem").filter(has_text="Olga Owner").first).to_be_visible()


def test_an_owner_who_treats_nobody_reads_no_clinical_record(visit: Visits, house: House, tilda: Browser) -> None:
    visit.watch.expect("status of 403")
    assert tilda
    client = house.client("Priv Ate", "Tilda Therapist")
    page = visit(house.owner_email, f"/clients/{client.client_id}", DESK)
    expect(page.get_by_text("Priv Ate").first).to_be_visible()
    expect(link(page, "Progress")).to_have_count(0)


def written(invoices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [invoice for invoice in invoices if invoice["pdf_ready"]]
