"""The player: previews on the line, steps from picture to picture, speeds, a part repeated, a voice's shape."""

import itertools
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Request, Route, expect

from chalicelib.media.processing import find_ffmpeg
from demo.clips import Clips
from demo.steps import in_queue, submit, write_program
from tests.journeys.conftest import DESK, PHONE, Visits
from tests.journeys.looking import look
from tests.journeys.pages import becomes, button
from tests.journeys.people import Client, House

COLOURS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
"""One a second, so that a picture says by itself when it is from."""
RATE = 30
SHOWN = [n for n in range(4 * RATE) if n not in range(7, 12) and n not in range(40, 55) and n % 11 != 3]
"""The pictures that this film keeps of its 30 a second, as a phone in the dark leaves some out."""

STEPS = 45
FOLLOW = """
(video) => {
  video.shown = [video.currentTime]
  const tell = (_, { mediaTime }) => {
    // The picture that is there already may be told of, too, or again.
    if (mediaTime !== video.shown.at(-1)) video.shown.push(mediaTime)
    video.requestVideoFrameCallback(tell)
  }
  video.requestVideoFrameCallback(tell)
}
"""

SAID = "WEBVTT\n\n00:00.000 --> 00:04.000\nBoth arms.\n"
ROUNDS = """
(video) => {
  video.rounds = []
  video.addEventListener('seeked', () => video.rounds.push(video.currentTime))
}
"""
"""Notes the places that the video goes back to."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of H.264 with pictures left out; without B-frames, as phones write it.

    With them Chromium cannot seek to the last picture before a keyframe that follows a gap (seen with 156).
    """
    target = tmp_path_factory.mktemp("film") / "film.mp4"
    sources = [f"color=c={colour}:s=640x360:r={RATE}:d=1" for colour in COLOURS]
    kept = "+".join(f"eq(n,{n})" for n in SHOWN)
    words = [
        *("-hide_banner", "-nostdin", "-loglevel", "error"),
        *(word for source in sources for word in ("-f", "lavfi", "-i", source)),
        *("-f", "lavfi", "-i", "sine=frequency=440:duration=4"),
        *("-filter_complex", f"concat=n={len(sources)},select='{kept}'[v]", "-map", "[v]", "-map", "4:a"),
        *(
            "-fps_mode",
            "vfr",
            "-c:v",
            "libx264",
            "-bf",
            "0",
            "-g",
            "15",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            str(target),
        ),
    ]
    subprocess.run([str(find_ffmpeg()), *words], check=True, stdin=subprocess.DEVNULL)
    return target


@dataclass(frozen=True)
class Sent:
    """What a client sent: a film and a voice; and where it is reviewed and looked at."""

    client: Client
    therapist: str
    review: str
    submission: str


@pytest.fixture(scope="module")
def sent(house: House, film: Path, clips: Clips) -> Sent:
    fred = house.therapist("Fred Frames")
    program = write_program(fred, "Frames", "For the player", [("Show and say", 5, [_asks("video"), _asks("audio")])])
    client = house.enrolled(house.client("Finn Film", "Fred Frames"), fred, program)
    lesson = client.lesson(1)
    client.person.send_recording(client.client_id, lesson, "video", film, "video/mp4")
    client.person.send_recording(client.client_id, lesson, "audio", clips.voice, "audio/webm")
    submission = str(submit(client.person, lesson, "")["submission_id"])
    in_queue(fred, submission)
    return Sent(client, house.email("Fred Frames"), f"/reviews/{client.client_id}/{submission}", submission)


def _asks(media: str) -> dict[str, Any]:
    return {
        "kind": "recording",
        "block_id": media,
        "prompt": f"The {media}",
        "show": "",
        "media": media,
        "longest_s": 60,
    }


def test_what_is_to_be_seen_at_a_place_on_the_line_is_shown_there_and_fetched_only_then(
    visit: Visits, sent: Sent, screens: Path
) -> None:
    page = visit(sent.therapist, size=DESK)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if beside(request) else None)
    reviewed(page, sent)
    page.wait_for_load_state("networkidle")
    assert asked == []
    box = slider(page).bounding_box()
    assert box
    for second, colour in enumerate(COLOURS.values()):
        # The browser keeps half a knob free at both ends of the line.
        page.mouse.move(box["x"] + 8 + (box["width"] - 16) * (second + 0.9) / 4, box["y"] + box["height"] / 2)
        tile = page.locator(".preview .tile")
        expect(tile).to_be_visible()
        expect(page.locator(".preview")).to_have_text(f"0:0{second}")
        has_colour(tile, colour)
    assert len(asked) == 2  # the times and the sprite, once
    page.screenshot(path=screens / "player-preview-1280.png")
    page.mouse.move(0, 0)
    expect(page.locator(".preview")).to_have_count(0)
    slider(page).focus()
    page.keyboard.press("Home")
    expect(page.locator(".preview")).to_have_text("0:00")  # for the keyboard too
    look(page)


def test_a_step_shows_exactly_the_next_picture_however_far_it_is(visit: Visits, sent: Sent) -> None:
    page = visit(sent.therapist, size=DESK)
    reviewed(page, sent)
    video(page).evaluate(FOLLOW)
    for step in range(1, STEPS + 1):
        page.keyboard.press(".")
        has_shown(page, step)
    for step in range(1, 6):
        button(page, "One frame back").click()
        has_shown(page, STEPS + step)
    forth, back = SHOWN[: STEPS + 1], SHOWN[STEPS - 5 : STEPS][::-1]
    assert max(after - before for before, after in itertools.pairwise(forth)) > 15  # half a second without a picture
    shown = video(page).evaluate("(video) => video.shown")
    assert shown == pytest.approx([n / RATE for n in forth + back], abs=0.002)


def test_a_part_is_played_again_and_again_until_it_is_not(visit: Visits, sent: Sent, screens: Path) -> None:
    page = visit(sent.therapist, size=DESK)
    reviewed(page, sent)
    to(page, 1.0)
    page.keyboard.press("i")
    expect(button(page, "Repeat to here")).to_be_visible()
    to(page, 1.5)
    page.keyboard.press("o")
    expect(page.get_by_text("It repeats from 1.0 seconds to 1.5 seconds.")).to_be_attached()
    page.screenshot(path=screens / "player-repeat-1280.png")
    video(page).evaluate(ROUNDS)
    video(page).evaluate(FOLLOW)
    page.keyboard.press("Space")
    page.wait_for_function("(video) => video.rounds.length >= 4", arg=video(page).element_handle())
    shown = video(page).evaluate("(video) => video.shown")
    # A browser that gets no time goes back too late, or shows only some of the pictures; not in every round.
    ends = [before for before, after in itertools.pairwise(shown[1:]) if after < before - 0.1]
    assert max(ends) > 1.2, shown
    assert min(ends) < 1.6, shown
    look(page)
    button(page, "Stop repeating").click()
    page.wait_for_function("(video) => video.currentTime > 2", arg=video(page).element_handle())
    expect(button(page, "Repeat from here")).to_be_visible()


def test_a_part_at_the_very_end_is_repeated_too(visit: Visits, sent: Sent) -> None:
    page = visit(sent.therapist, size=DESK)
    reviewed(page, sent)
    to(page, 3.5)
    button(page, "Repeat from here").click()
    slider(page).focus()
    page.keyboard.press("End")
    button(page, "Repeat to here").click()
    video(page).evaluate(ROUNDS)
    button(page, "Play").click()
    page.wait_for_function("(video) => video.rounds.length >= 2 && !video.paused", arg=video(page).element_handle())
    assert time_of(page) > 3.4


def test_the_keys_do_what_their_help_says_and_never_while_somebody_types(
    visit: Visits, sent: Sent, screens: Path
) -> None:
    page = visit(sent.therapist, size=DESK)
    reviewed(page, sent)
    for key, speed in ((">", 1.25), (">", 1.5), (">", 2), (">", 2), ("<", 1.5)):
        page.keyboard.press(key)
        expect(page.get_by_role("radio", name=f"{speed:g} times")).to_be_checked()
        becomes(lambda: video(page).evaluate("(video) => [video.playbackRate, video.preservesPitch]"), [speed, True])
    page.get_by_role("radio", name="0.25 times").check(force=True)
    has_rate(page, 0.25)
    button(page, "One frame on").focus()
    page.keyboard.press("End")
    becomes(lambda: time_of(page), pytest.approx(4, abs=0.1))
    page.keyboard.press("Home")
    becomes(lambda: time_of(page), 0)
    to(page, 1.0)
    box = page.get_by_role("textbox", name="Comment at")
    box.click()
    page.keyboard.type(" i.o,l<>[]")
    expect(box).to_have_value(" i.o,l<>[]")
    assert time_of(page) == pytest.approx(1, abs=0.05)
    expect(button(page, "Repeat from here")).to_be_visible()
    box.fill("")
    button(page, "Keys").click()
    expect(page.get_by_text("one frame back, one frame on")).to_be_visible()
    page.screenshot(path=screens / "player-keys-1280.png", full_page=True)
    look(page)
    page.get_by_label("Keys work on the whole page").uncheck()
    page.locator("h1").click()
    page.keyboard.press(">")
    expect(page.get_by_role("radio", name="0.25 times")).to_be_checked()  # whoever speaks to the computer is left alone
    button(page, "Play").focus()
    page.keyboard.press(">")
    expect(page.get_by_role("radio", name="0.5 times")).to_be_checked()
    page.reload()
    button(page, "Keys").click()
    expect(page.get_by_label("Keys work on the whole page")).not_to_be_checked()
    page.get_by_label("Keys work on the whole page").check()


def test_a_voice_is_shown_by_its_shape_and_has_its_moments(visit: Visits, sent: Sent, screens: Path) -> None:
    for size in (DESK, PHONE):
        page = visit(sent.therapist, size=size)
        reviewed(page, sent)
        page.get_by_role("radio", name="The audio").check(force=True)
        expect(page.locator(".waveform")).to_be_visible()
        line = page.get_by_role("slider", name="Place in the recording")
        line.focus()
        page.keyboard.press("ArrowRight")
        expect(line).to_have_attribute("aria-valuetext", "5 seconds of 6 seconds")
        expect(button(page, "One frame on")).to_have_count(0)
        page.keyboard.press("Home")  # from there it plays longer than anybody needs to look
        expect(line).to_have_attribute("aria-valuetext", "0 seconds of 6 seconds")
        button(page, "Play").click()
        expect(button(page, "Pause")).to_be_visible()
        page.screenshot(path=screens / f"player-voice-{size['width']}.png", full_page=True)
        look(page)


def test_on_a_phone_a_finger_on_the_line_sees_where_it_is(visit: Visits, sent: Sent, screens: Path) -> None:
    page = visit(sent.therapist, size=PHONE)
    reviewed(page, sent)
    slider(page).scroll_into_view_if_needed()
    box = slider(page).bounding_box()
    assert box
    touch = page.context.new_cdp_session(page)
    y = box["y"] + box["height"] / 2

    def finger(kind: str, share: float) -> None:
        points = [{"x": box["x"] + 8 + (box["width"] - 16) * share, "y": y}] if kind != "touchEnd" else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", 0.1)
    finger("touchMove", 0.4)
    finger("touchMove", 0.7)
    expect(page.locator(".preview .tile")).to_be_visible()
    expect(page.locator(".preview")).to_have_text("0:02")
    has_colour(page.locator(".preview .tile"), COLOURS["blue"])
    page.screenshot(path=screens / "player-touch-390.png")
    finger("touchEnd", 0.7)
    expect(page.locator(".preview")).to_have_count(0)
    becomes(lambda: time_of(page), pytest.approx(2.8, abs=0.15))
    look(page)


def test_who_practises_along_has_it_slower_and_a_part_again_behind_one_button(
    visit: Visits, sent: Sent, screens: Path
) -> None:
    for size in (PHONE, DESK):
        page = visit(sent.client.email, f"/submissions/{sent.submission}", size)
        one = page.get_by_role("group", name="The video")
        expect(one.get_by_role("button", name="Speed and repeat")).to_have_count(0)
        one.get_by_role("button", name="Play", exact=True).click()
        one.get_by_role("button", name="Speed and repeat").click()
        one.get_by_role("radio", name="0.5 times").check(force=True)
        has_rate(page, 0.5)
        video(page).evaluate("(video) => { video.pause(); video.currentTime = 1 }")
        button(page, "Repeat from here").first.click()
        video(page).evaluate("(video) => { video.currentTime = 1.4 }")
        button(page, "Repeat to here").click()
        page.screenshot(path=screens / f"player-along-{size['width']}.png")
        look(page)
        video(page).evaluate(ROUNDS)
        video(page).evaluate("(video) => video.play()")
        page.wait_for_function("(video) => video.rounds.length >= 2", arg=video(page).element_handle())
        rounds = video(page).evaluate("(video) => video.rounds")
        assert all(0.9 < at < 1.6 for at in rounds), rounds


def test_captions_are_shown_when_they_are_wanted_and_what_is_wrong_with_a_recording_is_said(
    visit: Visits, sent: Sent, screens: Path
) -> None:
    page = visit(sent.therapist, size=DESK)

    def add(route: Route) -> None:
        answer = route.fetch()
        review = answer.json()
        for recording in review["recordings"].values():
            recording |= {"captions_url": "/said.vtt", "damaged": True, "loudness_lufs": -52.0}
        route.fulfill(response=answer, json=review)

    page.route("**/review", add)
    page.route("**/said.vtt", lambda route: route.fulfill(body=SAID, content_type="text/vtt"))
    reviewed(page, sent)
    expect(page.get_by_text("Parts of this recording could not be read.")).to_be_visible()
    expect(page.get_by_text("There is almost nothing to hear in this recording.")).to_be_visible()
    assert video(page).evaluate("(video) => video.textTracks.length") == 0  # nobody asked for them
    button(page, "Captions").click()
    page.keyboard.press(".")  # over a poster nothing is said
    page.wait_for_function("(video) => video.textTracks[0]?.activeCues?.length", arg=video(page).element_handle())
    cue = "(video) => [video.textTracks[0].mode, video.textTracks[0].activeCues[0].text]"
    becomes(lambda: video(page).evaluate(cue), ["showing", "Both arms."])
    page.screenshot(path=screens / "player-captions-1280.png")
    look(page)
    button(page, "Captions").click()
    becomes(lambda: video(page).evaluate("(video) => video.textTracks[0].mode"), "hidden")


def reviewed(page: Page, sent: Sent) -> None:
    """Open the review, and wait until its film can be moved through."""
    page.goto(sent.review)
    expect(button(page, "One frame on")).to_be_visible()
    expect(video(page)).not_to_have_js_property("videoWidth", 0)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def beside(request: Request) -> bool:
    return "sprite.jpg" in request.url or "timeline.json" in request.url


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Place in the video")


def video(page: Page) -> Locator:
    return page.locator("video").first


def has_shown(page: Page, pictures: int) -> None:
    """Wait until the browser has put so many pictures on the screen since it is followed."""
    page.wait_for_function(
        "([video, pictures]) => video.shown.length > pictures", arg=[video(page).element_handle(), pictures]
    )


def time_of(page: Page) -> float:
    return float(video(page).evaluate("(video) => video.currentTime"))


def to(page: Page, seconds: float) -> None:
    """Move the knob of the line, as a hand does."""
    slider(page).evaluate(
        "(line, at) => { line.value = at; line.dispatchEvent(new Event('input', { bubbles: true })) }", seconds
    )
    becomes(lambda: time_of(page), pytest.approx(seconds, abs=0.01))


def has_rate(page: Page, rate: float) -> None:
    becomes(lambda: video(page).evaluate("(video) => video.playbackRate"), rate)


def has_colour(place: Locator, colour: tuple[int, ...]) -> None:
    """Wait until the middle of a place on the page has a colour: its picture may come some frames later."""
    becomes(lambda: colour_of(place), pytest.approx(colour, abs=40))


def colour_of(place: Locator) -> tuple[int, ...]:
    """The colour of the middle of a place on the page, as red, green and blue."""
    words = ("-loglevel", "error", "-f", "png_pipe", "-i", "pipe:0", "-vf", "crop=8:8,scale=1:1", "-frames:v", "1")
    raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1")
    made = subprocess.run([str(find_ffmpeg()), *words, *raw], input=place.screenshot(), capture_output=True, check=True)
    return tuple(made.stdout)
