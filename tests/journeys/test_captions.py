"""Captions the whole way: a therapist gives a video of the library what is said in it, a client has it in a lesson."""

from pathlib import Path

from playwright.sync_api import Locator, Page, Request, expect

from demo.clips import Clips
from demo.steps import add_resource, write_program
from tests.journeys.conftest import DESK, PHONE, Visits
from tests.journeys.looking import look
from tests.journeys.pages import becomes, button
from tests.journeys.people import House

SAID = "1\n00:00:00,000 --> 00:00:30,000 line:0\n<v Ruth>Both <b>arms</b> up.\n"
TITLES = ("Arms, with words", "Arms, without")
SHOWN = "(video) => [...(video.textTracks[0]?.activeCues ?? [])].map((cue) => cue.text)"


def test_a_client_has_the_captions_that_a_therapist_gave_a_video_which_was_published_without(
    visit: Visits, house: House, clips: Clips, screens: Path, tmp_path: Path
) -> None:
    carla = house.therapist("Carla Caption")
    films = [add_resource(carla, "video", title, clips.phone, "video/mp4") for title in TITLES]
    blocks = [
        {"kind": "video", "block_id": "said", "resource_id": films[0], "title": "With words"},
        {"kind": "exercise", "block_id": "move", "title": "Arms up", "resource_id": films[1]},
    ]
    program = write_program(carla, "Captioned", "For the journeys", [("Watch", 5, blocks)])
    client = house.enrolled(house.client("Cleo Caption", "Carla Caption"), carla, program)

    page = visit(house.email("Carla Caption"), "/library", DESK)
    button(page, "Play at “Arms, with words”").click()
    visit.watch.expect("status of 422")
    part = page.get_by_role("dialog").get_by_role("region", name="Captions")
    expect(part.get_by_text("There are none yet.")).to_be_visible()
    page.screenshot(path=screens / "captions-none-1280.png")
    choose(part, tmp_path / "wrong.vtt", "WEBVTT\n\n00:01 to 00:02\nUp.\n")
    expect(part.get_by_role("alert")).to_contain_text("Line 3 of this file could not be read")
    look(page)
    choose(part, tmp_path / "said.srt", SAID)
    expect(part.get_by_text("The captions were added.")).to_be_visible()
    expect(part.get_by_role("alert")).to_be_hidden()
    look(page)
    page.screenshot(path=screens / "captions-given-1280.png")
    page.set_viewport_size(PHONE)
    look(page)
    page.screenshot(path=screens / "captions-given-390.png")

    page = visit(client.email, client.page(1), PHONE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if captions(request) else None)
    one = video(page, "With words")
    expect(one).to_be_visible()
    assert asked == []  # nobody plays it yet
    button(page, "Play").first.click()
    page.wait_for_function("(video) => video.textTracks.length === 1", arg=one.element_handle())
    # What the browser's own button for captions does.
    one.evaluate("(video) => { video.loop = true; video.textTracks[0].mode = 'showing' }")
    becomes(lambda: one.evaluate(SHOWN), ["Ruth: Both arms up."])
    page.screenshot(path=screens / "captions-lesson-390.png")
    look(page)
    assert len(asked) == 1

    page = visit(house.email("Carla Caption"), "/library", DESK)
    button(page, "Play at “Arms, with words”").click()
    button(page, "Take the captions out").click()
    expect(page.get_by_text("The captions were taken out.")).to_be_visible()
    lesson = client.person.get(client.lesson(1))
    assert [one["captions_url"] for one in lesson["media"].values()] == [None, None]


def choose(part: Locator, file: Path, text: str) -> None:
    file.write_text(text)
    part.locator("input[type=file]").set_input_files(file)


def video(page: Page, label: str) -> Locator:
    return page.locator(f"video[aria-label='{label}']")


def captions(request: Request) -> bool:
    return "captions.vtt" in request.url
