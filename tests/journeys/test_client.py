"""A client's lesson on a phone: two presses to it, step by step, answers kept, the video sent, handed over."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from demo.browser import Browser
from demo.clips import Clips
from demo.steps import answer, in_queue
from tests.journeys.conftest import Visits
from tests.journeys.looking import look
from tests.journeys.pages import (
    becomes,
    button,
    choose_file,
    expect_step,
    heading,
    kept,
    link,
    next_step,
    press,
    sign_in,
    use_video,
)
from tests.journeys.people import Client, House, Program
from tests.journeys.watch import Held


@pytest.fixture
def kim(house: House, tilda: Browser, arms: Program) -> Client:
    """A client with a first lesson before them."""
    return house.enrolled(house.client("Kim Client", "Tilda Therapist"), tilda, arms)


def test_from_the_address_to_todays_exercise_it_takes_two_presses(visit: Visits, kim: Client) -> None:
    page = visit(path="/")
    expect(heading(page, "Sign in")).to_be_visible()
    sign_in(page, kim.email)
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    link(page, "Start lesson 1").click()
    expect(page.get_by_text("How much of it did you do?")).to_be_visible()
    expect(page.get_by_text("Arms up", exact=True).first).to_be_visible()
    assert visit.presses.pressed == ["Sign in", "Start lesson 1"]


def test_answers_are_kept_over_a_reload_and_on_a_second_device(visit: Visits, kim: Client) -> None:
    page = visit(kim.email, kim.page(1))
    page.get_by_role("radio", name="All of it").check()
    page.get_by_role("radio", name="3", exact=True).check()
    expect(kept(page)).to_be_visible()
    next_step(page, 2)
    page.get_by_role("radio", name="right").check()
    expect(kept(page)).to_be_visible()
    page.reload()
    expect_step(page, 2)
    expect(page.get_by_role("radio", name="right")).to_be_checked()
    other = visit(kim.email, f"{kim.page(1)}?step=1")
    expect(other.get_by_role("radio", name="3", exact=True)).to_be_checked()
    expect(other.get_by_role("radio", name="All of it")).to_be_checked()
    other.goto(kim.page(1))
    expect_step(other, 3)  # where the other one left off


def test_a_lesson_goes_by_keyboard_alone(visit: Visits, kim: Client) -> None:
    page = visit(kim.email, "/today")
    press(page, "link", "Start lesson 1")
    expect_step(page, 1)
    press(page, "radio", "All of it", "Space")
    expect(page.get_by_role("radio", name="All of it")).to_be_checked()
    press(page, "radio", "0, none", "Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="2", exact=True)).to_be_checked()
    press(page, "button", "Next")
    expect_step(page, 2)
    press(page, "radio", "left", "Space")
    expect(kept(page)).to_be_visible()
    press(page, "button", "Back")
    expect_step(page, 1)


def test_offline_answers_stay_on_the_phone_and_go_out_by_themselves(visit: Visits, kim: Client) -> None:
    visit.watch.expect("ERR_INTERNET_DISCONNECTED", "status of 409")
    page = visit(kim.email, f"{kim.page(1)}?step=2")
    expect(page.get_by_role("radio", name="left")).to_be_visible()
    page.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.get_by_role("radio", name="left").check()
    expect(page.get_by_text("Kept on this phone at")).to_be_visible()
    button(page, "Next").click()
    page.get_by_label("What did you notice?").fill("It is easier sitting.")
    page.context.set_offline(False)
    expect(page.get_by_text("You are offline.")).to_be_hidden()
    expect(kept(page)).to_be_visible()
    answers = kim.person.get(kim.lesson(1))["answers"]
    assert (answers["best"]["value"], answers["noticed"]["value"]) == (0, "It is easier sitting.")


def test_signing_out_without_a_line_asks_for_what_waits_clears_the_phone_and_ends_the_session_later(
    visit: Visits, kim: Client
) -> None:
    visit.watch.expect("ERR_INTERNET_DISCONNECTED")
    before = len(kim.person.get("/api/session")["sessions"])
    page = visit(kim.email, "/account")
    assert len(kim.person.get("/api/session")["sessions"]) == before + 1
    link(page, "Today").first.click()
    link(page, "Start lesson 1").click()
    expect_step(page, 1)
    page.context.set_offline(True)
    page.get_by_role("radio", name="All of it").check()
    expect(page.get_by_text("Kept on this phone at")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("/today$"))
    page.go_back()
    button(page, "Sign out here").click()
    asked = page.get_by_role("dialog")
    expect(asked.get_by_role("heading", name="Something has not been sent yet")).to_be_visible()
    look(page)
    asked.get_by_role("button", name="Stay signed in").click()
    button(page, "Sign out here").click()
    asked.get_by_role("button", name="Sign out and lose it").click()
    expect(page.get_by_text("You are signed out, and nothing of yours is left in this browser.")).to_be_visible()
    look(page)
    assert page.evaluate("Object.entries(localStorage)") == [["meanwhile.owed", "here"]]
    becomes(lambda: page.evaluate("indexedDB.databases().then((all) => all.length)"), 0)
    assert len(kim.person.get("/api/session")["sessions"]) == before + 1
    page.context.set_offline(False)
    expect(page.get_by_text("You are signed out, and nothing of yours")).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0
    assert len(kim.person.get("/api/session")["sessions"]) == before
    page.goto("/today")
    expect(heading(page, "Sign in")).to_be_visible()
    assert kim.person.get(kim.lesson(1))["answers"] == {}


def test_an_answer_given_on_two_devices_waits_for_a_choice_with_both_kept(visit: Visits, kim: Client) -> None:
    visit.watch.expect("ERR_INTERNET_DISCONNECTED", "status of 409")
    page = visit(kim.email, f"{kim.page(1)}?step=2")
    expect(page.get_by_role("radio", name="left")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("radio", name="left").check()
    answer(kim.person, kim.lesson(1), {"best": 1})
    page.context.set_offline(False)
    expect(heading(page, "This was answered twice")).to_be_visible()
    look(page)
    button(page, "from this phone").click()
    expect(heading(page, "This was answered twice")).to_be_hidden()
    expect(kept(page)).to_be_visible()
    assert kim.person.get(kim.lesson(1))["answers"]["best"]["value"] == 0


def test_a_video_is_recorded_in_the_page_and_the_lesson_submitted_before_it_has_arrived(
    visit: Visits, kim: Client, tilda: Browser
) -> None:
    answer(kim.person, kim.lesson(1), {"move": {"sets": 2, "reps": 5, "pain": 3, "note": ""}, "best": 1})
    page = visit(kim.email, f"{kim.page(1)}?step=4")
    held = Held()
    page.route(is_part, held.hold)
    button(page, "Record it here").click()
    button(page, "Start recording").click()
    expect(page.get_by_text("0:01 of")).to_be_visible()
    button(page, "Stop").click()
    use_video(page)
    expect(arrived(page, "0 of")).to_be_visible()
    expect(button(page, "Submit lesson 1")).to_be_visible()
    page.get_by_label("Anything Tilda should know?").fill("Filmed in the kitchen.")
    button(page, "Submit lesson 1").click()
    expect(heading(page, "Sent to Tilda")).to_be_visible()
    expect(page.get_by_text("gets it once the whole video has arrived")).to_be_visible()
    look(page)
    held.let_go()
    expect(arrived(page, "All")).to_be_visible()
    link(page, "Back to today").click()
    expect(heading(page, "Nothing for today")).to_be_visible()
    (waiting,) = kim.person.get(f"{kim.api}/today")["waiting"]
    in_queue(tilda, waiting["submission_id"])
    page.reload()
    expect(page.get_by_text("You sent lesson 1.")).to_be_visible()


def test_a_file_is_paused_goes_on_and_survives_a_reload_without_sending_twice(
    visit: Visits, kim: Client, clips: Clips, tmp_path: Path
) -> None:
    page = visit(kim.email, f"{kim.page(1)}?step=4")
    held, sent = Held(), list[str]()
    page.on("requestfinished", lambda request: sent.append(number_of(request.url)) if is_part(request.url) else None)
    page.route(is_later_part, held.hold)
    choose_file(page, padded(clips.phone, tmp_path / "kitchen.mp4"))
    use_video(page)
    expect(arrived(page, "8.4 of 18 MB")).to_be_visible()
    button(page, "Pause sending").click()
    expect(page.get_by_text("Paused;").first).to_be_visible()
    button(page, "Go on sending").click()
    expect(button(page, "Pause sending")).to_be_visible()
    page.reload()
    expect(arrived(page, "8.4 of 18 MB")).to_be_visible()
    page.unroute(is_later_part)
    held.let_go()
    expect(arrived(page, "All 18 MB")).to_be_visible()
    assert sent.count("1") == 1


def test_a_file_that_is_no_video_is_told_before_and_after_it_is_sent(visit: Visits, kim: Client, clips: Clips) -> None:
    page = visit(kim.email, f"{kim.page(1)}?step=4")
    choose_file(page, Path(__file__))
    expect(page.get_by_text("This file is not a video.")).to_be_visible()
    choose_file(page, clips.text)
    use_video(page)
    expect(heading(page, "The video would not open")).to_be_visible(timeout=30_000)
    choose_file(page, clips.browser, "Choose another file")
    use_video(page)
    expect(arrived(page, "All")).to_be_visible()


def test_submitting_with_steps_open_names_them_and_leads_there(visit: Visits, kim: Client) -> None:
    page = visit(kim.email, f"{kim.page(1)}?step=4")
    button(page, "Submit lesson 1").click()
    expect(heading(page, "Some steps are still open")).to_be_visible()
    page.get_by_role("group", name="Some steps are still open").get_by_role("link", name="Arms up").click()
    expect_step(page, 1)


def arrived(page: Page, how_much: str) -> Locator:
    return page.get_by_text(re.compile(rf"^{re.escape(how_much)}.* has arrived")).first


def is_part(url: str) -> bool:
    return "partNumber=" in url


def is_later_part(url: str) -> bool:
    return is_part(url) and number_of(url) != "1"


def number_of(url: str) -> str:
    return url.partition("partNumber=")[2].partition("&")[0]


def padded(clip: Path, target: Path) -> Path:
    """The same film with a box of nothing behind it, so that it takes three parts to send."""
    wanted = 18_200_000
    content = clip.read_bytes()
    size = wanted - len(content)
    target.write_bytes(content + size.to_bytes(4, "big") + b"free" + bytes(size - 8))
    return target
