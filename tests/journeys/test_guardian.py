"""A guardian: feedback at its moments, progress, reminders, invoices, and an end to reminders on a press."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from demo.browser import Browser
from demo.clips import Clips
from demo.mailbox import Mailbox, until
from demo.steps import answer, in_queue, submit
from infra.stack import Stack
from tests.journeys.conftest import Visits
from tests.journeys.pages import becomes, button, heading, link
from tests.journeys.people import Client, House, Program, send_lesson


@pytest.fixture(scope="module")
def theo(house: House, tilda: Browser, arms: Program, clips: Clips) -> Client:
    """A child whose first lesson was answered with two comments and its second is sent."""
    client = house.enrolled(house.client("Theo Child", "Tilda Therapist", guardian="Dora Guardian"), tilda, arms)
    sent = send_lesson(client, tilda, clips)["submission_id"]
    review = tilda.get(f"{client.api}/submissions/{sent}/review")
    recording_id = review["recordings"]["show"]["recording_id"]
    comments = [
        {"comment_id": word, "recording_id": recording_id, "at_s": at, "text": f"This is the {word} thing."}
        for word, at in (("first", 1.0), ("second", 4.0))
    ]
    given = {"comments": comments, "text": "Well done, both of you.", "decision": "again"}
    tilda.post(f"{client.api}/submissions/{sent}/review/feedback", given)
    return client


def test_feedback_is_read_at_its_moments_and_is_new_only_once(visit: Visits, theo: Client) -> None:
    page = visit(theo.email, "/today")
    expect(heading(page, "Today, with Theo")).to_be_visible()
    link(page, "New feedback").click()
    expect(heading(page, "What Tilda saw")).to_be_visible()
    expect(page.get_by_text("Well done, both of you.")).to_be_visible()
    page.get_by_role("button", name=re.compile("This is the second thing")).click()
    becomes(lambda: time_of(page), pytest.approx(4, abs=0.1))
    page.get_by_role("button", name="Comment 1, at 1 second").click()
    becomes(lambda: time_of(page), pytest.approx(1, abs=0.1))
    until("The mark that it was seen", lambda: not theo.person.get(f"{theo.api}/today")["feedback"])
    link(page, "Do lesson 1 again").click()
    expect(page.get_by_text("How much of it did you do?")).to_be_visible()
    page.goto("/today")
    expect(link(page, "Do lesson 1 again")).to_be_visible()
    expect(link(page, "New feedback")).to_have_count(0)


def test_progress_is_a_chart_and_the_same_as_a_table(visit: Visits, theo: Client, tilda: Browser, clips: Clips) -> None:
    answer(theo.person, theo.lesson(1), {"move": {"sets": 2, "reps": 5, "pain": 1, "note": ""}, "best": 1})
    theo.person.send_recording(theo.client_id, theo.lesson(1), "show", clips.browser, "video/webm")
    in_queue(tilda, submit(theo.person, theo.lesson(1))["submission_id"])
    page = visit(theo.email, "/progress")
    expect(page.get_by_role("img", name=re.compile("Pain")).first).to_be_visible()
    page.get_by_role("radio", name="Table").first.check(force=True)
    table = page.get_by_role("table").filter(has_text="3").first
    expect(table).to_be_visible()
    expect(table.get_by_role("row")).to_have_count(3)


def test_reminders_are_chosen_and_their_log_says_what_went_out_and_what_did_not(
    visit: Visits, house: House, theo: Client, stack: Stack, mailbox: Mailbox
) -> None:
    page = visit(theo.email, "/reminders")
    page.get_by_role("checkbox", name="Remind me of practice").check()
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        page.get_by_role("checkbox", name=day).check(force=True)
    page.get_by_label("Time", exact=True).fill("17:30")
    button(page, "Keep").click()
    expect(page.get_by_text(re.compile("next one comes"))).to_be_visible()
    # By the clock on the wall: a day on which clocks change has not 24 hours.
    chosen = datetime.fromisoformat(theo.person.get(f"{theo.api}/reminders")["next_at"])
    due = chosen.astimezone(ZoneInfo(house.zone)) + timedelta(days=1)
    stack.tick(f"{due.astimezone(UTC):%Y-%m-%dT%H:%M:00Z}")
    _, address = mailbox.take(theo.email, "/stop#")
    page.reload()
    expect(page.get_by_text("Reminder", exact=True).first).to_be_visible()

    scanner = visit(path=address)
    expect(heading(scanner, "Stop the reminders?")).to_be_visible()
    assert theo.person.get(f"{theo.api}/reminders")["on"] is True
    button(scanner, "Stop the reminders").click()
    expect(heading(scanner, "Reminders are off")).to_be_visible()
    page.reload()
    expect(page.get_by_role("checkbox", name="Remind me of practice")).not_to_be_checked()


def test_an_invoice_is_shown_and_opens_as_a_pdf(visit: Visits, house: House, theo: Client, stack: Stack) -> None:
    today = datetime.now(UTC)
    house.owner.post(f"{theo.api}/fees", {"minor": 14_800, "from_on": f"{today:%Y-%m-%d}"})
    stack.tick(f"{today:%Y-%m-%dT%H:%M:00Z}")
    until("The invoice's PDF", lambda: written(theo.person.get(f"{theo.api}/invoices")["invoices"]))
    page = visit(theo.email, "/invoices")
    expect(page.get_by_text(re.compile("148")).first).to_be_visible()
    visit.watch.expect("favicon.ico")  # of storage, which has none
    with page.context.expect_event("response", lambda response: ".pdf" in response.url) as opened:
        button(page, "Look at the invoice").first.click()
    assert opened.value.ok
    assert opened.value.header_value("content-type") == "application/pdf"


def time_of(page: Page) -> float:
    return float(page.locator("video").evaluate("(video) => video.currentTime"))


def written(invoices: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [invoice for invoice in invoices if invoice["pdf_ready"]]
