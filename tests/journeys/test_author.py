"""Writing a program at the desk: every kind of block, files, preview, publishing, correcting, one client's own copy."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from demo.browser import Browser
from demo.clips import Clips
from demo.mailbox import until
from demo.pictures import mouth_picture, word_sheet
from tests.journeys.conftest import DESK, Visits
from tests.journeys.looking import look
from tests.journeys.pages import button, heading, link, press, reach
from tests.journeys.people import House


@pytest.fixture(scope="module")
def wanda(house: House) -> Browser:
    """A therapist who writes."""
    return house.therapist("Wanda Writer")


def test_a_lesson_of_every_block_is_written_previewed_published_and_corrected(
    visit: Visits, house: House, wanda: Browser, clips: Clips, tmp_path: Path
) -> None:
    page = visit(house.email("Wanda Writer"), "/programs", DESK)
    button(page, "New program").first.click()
    page.get_by_label("Title").fill("Strong wrist")
    look(page)
    button(page, "Begin the program").click()
    expect(heading(page, "Strong wrist")).to_be_visible()
    button(page, "Add a lesson").first.click()
    expect(page.get_by_text("Nothing is in this lesson yet.")).to_be_visible()

    add(page, "Text")
    page.get_by_label("Heading", exact=True).fill("Befor you start")
    page.get_by_label("Words", exact=True).fill("Lay the arm on **the table**.")
    add(page, "Exercise")
    fill(page, {"Exercise": "Wrist up", "Sets": "3", "Times each": "10", "What may hurt": "your wrist"})
    for kind, prompt in (
        ("One answer of several", "Which hand?"),
        ("Several answers", "Where did you feel it?"),
        ("Scale from 0 to 10", "How easy was it?"),
        ("A line of text", "Where did you do it?"),
        ("A longer text", "What did you notice?"),
        ("A number", "How often today?"),
    ):
        add(page, "Answer", kind)
        page.get_by_label("Question", exact=True).fill(prompt)
        if kind in {"One answer of several", "Several answers"}:
            fill(page, {"Answer 1": "left", "Answer 2": "right"})
    add(page, "Recording")
    page.get_by_label("Name", exact=True).fill("One set, from the side")
    add(page, "More", "Link")
    fill(page, {"Where it leads": "A map", "Address": "https://www.openstreetmap.org/"})
    add(page, "Video")
    new_file(page, "video", clips.phone, "The movement")
    add(page, "More", "Image")
    new_file(page, "image", mouth_picture(tmp_path), "A mouth")
    add(page, "More", "Document")
    new_file(page, "document", word_sheet(tmp_path), "Five words")
    expect(page.get_by_role("status").filter(has_text=re.compile("^Saved "))).to_be_visible()

    link(page, "Preview").click()
    expect(page.get_by_text("Nothing that you press here is kept or sent.")).to_be_visible()
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_text("Lay the arm on")).to_be_visible()
    page.go_back()
    link(page, "To the program").click()

    until("The library", lambda: playable(wanda))
    publish(page, 1)
    page.get_by_role("button", name="Text Befor you start").click()
    page.get_by_label("Heading", exact=True).fill("Before you start")
    publish(page, 2)
    page.get_by_text("Published versions").click()
    expect(link(page, "Version 1")).to_be_visible()


def test_a_client_begins_a_program_and_their_copy_alone_is_changed(visit: Visits, house: House, wanda: Browser) -> None:
    program = house.program(wanda, "Two lessons")
    client = house.client("Cora Copy", "Wanda Writer")
    page = visit(house.email("Wanda Writer"), f"/clients/{client.client_id}/program", DESK)
    page.get_by_role("radio", name="Two lessons").check()
    button(page, "Begin Two lessons with Cora").click()
    link(page, "Change lesson 2").click()
    expect(heading(page, "Lesson 2, for Cora Copy")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Scale from 0 to 10")).click()
    page.get_by_label("Question", exact=True).fill("How easy, Cora?")
    button(page, "Save for Cora").click()
    expect(page.get_by_text("Not saved yet.")).to_be_hidden()
    (enrolment,) = wanda.get(f"{client.api}/program")["enrolments"]
    copy = wanda.get(f"{client.api}/enrolments/{enrolment['enrolment_id']}/lessons/2")
    assert copy["lesson"]["blocks"][0]["prompt"] == "How easy, Cora?"
    (first, second) = wanda.get(f"/api/programs/{program['program_id']}")["lessons"]
    assert (len(first["blocks"]), second["blocks"][0]["prompt"]) == (5, "How easy was it?")


def test_a_file_goes_into_the_library_and_can_be_looked_at(
    visit: Visits, house: House, wanda: Browser, clips: Clips
) -> None:
    assert wanda
    page = visit(house.email("Wanda Writer"), "/library", DESK)
    button(page, "Add a file").first.click()
    page.get_by_label("Choose a file").set_input_files(clips.browser)
    page.get_by_label("Title", exact=True).fill("Arms, from the front")
    button(page, "Add to the library").click()
    expect(heading(page, "Arms, from the front")).to_be_visible()
    play = button(page, "Play at “Arms, from the front”")
    expect(play).to_be_visible(timeout=30_000)
    play.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    look(page)


def test_a_program_is_written_published_and_begun_with_a_client_by_keyboard_alone(
    visit: Visits, house: House, wanda: Browser
) -> None:
    assert wanda
    client = house.client("Kara Keys", "Wanda Writer")
    page = visit(house.email("Wanda Writer"), "/programs", DESK)
    press(page, "button", "New program")
    reach(page, "textbox", "Title")
    page.keyboard.type("By keys")
    page.keyboard.press("Enter")
    expect(heading(page, "By keys")).to_be_visible()
    press(page, "button", "Add a lesson")
    expect(page.get_by_text("Nothing is in this lesson yet.")).to_be_visible()
    press(page, "button", "Text")
    reach(page, "textbox", "Words")
    page.keyboard.type("Sit well.")
    asked = page.get_by_role("dialog", name="Publish version 1?")
    press(page, "button", "Publish version 1")
    expect(asked).to_be_visible()
    page.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    press(page, "button", "Publish version 1")
    expect(asked).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Version 1 is published. Nothing has changed since.")).to_be_visible()
    page.goto(f"/clients/{client.client_id}/program")
    chosen = page.get_by_role("radio", name="By keys")
    press(page, "radio", "", "Space")  # the first; from there on by arrows
    for _ in page.get_by_role("radio").all():
        if not chosen.is_checked():
            page.keyboard.press("ArrowDown")
    expect(chosen).to_be_checked()
    press(page, "button", "Begin By keys with Kara")
    expect(link(page, "Change lesson 1")).to_be_visible()


def add(page: Page, *names: str) -> None:
    """Add a block by the bar under the lesson."""
    for name in names:
        page.get_by_role("group", name=re.compile("^Add ")).get_by_role("button", name=name, exact=True).click()


def fill(page: Page, words: dict[str, str]) -> None:
    for label, text in words.items():
        page.get_by_role("textbox", name=label, exact=True).fill(text)


def new_file(page: Page, kind: str, file: Path, title: str) -> None:
    """Choose a file that is not in the library yet."""
    dialog = page.get_by_role("dialog", name=re.compile("^Choose "))
    dialog.get_by_role("radio", name="A new file").check(force=True)
    dialog.get_by_label("Choose a file").set_input_files(file)
    dialog.get_by_label("Title", exact=True).fill(title)
    if kind == "image":
        dialog.get_by_label("What is to be seen").fill("Rounded lips")
    look(page)
    dialog.get_by_role("button", name="Add and use it").click()
    expect(dialog).to_be_hidden()


def playable(therapist: Browser) -> bool:
    """Whether everything in the library can be shown by now."""
    return all(resource["state"] == "ready" for resource in therapist.get("/api/resources")["resources"])


def publish(page: Page, version: int) -> None:
    button(page, f"Publish version {version}").click()
    yes = page.get_by_role("dialog").get_by_role("button", name=f"Publish version {version}")
    expect(yes).to_be_visible()
    look(page)
    yes.click()
    expect(page.get_by_text(f"Version {version} is published. Nothing has changed since.")).to_be_visible()
